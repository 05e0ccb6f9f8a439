"""Lines with boxes as JSON: what RapidOCR and PaddleOCR write, and plain JSON Lines.

Known shapes, each for one image or, as a list of them, for several:

- RapidOCR (``to_json``): ``[{"box": polygon, "txt": text, "score": number}, …]``
- PaddleOCR 3: ``{"rec_texts": […], "rec_polys" or "rec_boxes": […], "rec_scores": […]}``, also under ``res``
- PaddleOCR 2: ``[[polygon, [text, number]], …]``
- JSON Lines, a line of print a line: ``{"text": …, "box": …}``, with ``score`` or ``confidence``, ``page``
  (from 1), ``width`` and ``height`` of the image where they are known

A box is ``[x0, y0, x1, y1]`` or a polygon of points ``[x, y]``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from cleanpress.errors import InputError
from cleanpress.formats.readers.xml import LONGEST_SIDE
from cleanpress.layout.found import FoundLine, FoundPage, FoundWord
from cleanpress.model import Box

_TEXT = ("text", "txt", "transcription", "rec_text")
_BOX = ("box", "bbox", "points", "poly", "dt_poly")
_SCORE = ("score", "confidence", "rec_score")


def starts_like_lines(head: str) -> bool:
    """Whether the beginning of a file is that of JSON with texts and boxes."""
    if not head.startswith(("{", "[")):
        return False
    beginning = head[:_LOOKED_AT]
    if any(f'"{key}"' in beginning for key in ("rec_texts", "rec_polys", "dt_polys")):
        return True
    named = any(f'"{key}"' in beginning for key in _TEXT) and any(f'"{key}"' in beginning for key in _BOX)
    # PaddleOCR 2 gives lists alone: brackets, then a coordinate.
    return named or (head.startswith("[") and _is_nested_number(head))


_LOOKED_AT = 1 << 14


def _is_nested_number(head: str) -> bool:
    bare = "".join(head[:64].split())
    depth = len(bare) - len(bare.lstrip("["))
    return depth >= 4 and bare[depth : depth + 1].lstrip("-").isdigit()


def read(text: str, source: str) -> list[FoundPage]:
    """The images of such a file. Raises ``InputError`` where it is damaged or of another shape."""
    try:
        value = json.loads(text)
    except ValueError as error:
        lines = _json_lines(text, source, error)
        return _pages_of_lines(lines, source)
    except RecursionError:
        raise InputError(f"{source}: this JSON is refused: it is too deep in itself") from None
    pages = list(_images(value, source))
    if not pages:
        raise InputError(f"{source}: this JSON holds no texts with boxes in a shape that is known")
    return pages


def _json_lines(text: str, source: str, error: ValueError) -> list[Mapping[str, Any]]:
    records: list[Mapping[str, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            if number == 1:
                raise InputError(f"{source}: this JSON is damaged ({error})") from None
            raise InputError(f"{source}: line {number} is no JSON object")
        records.append(record)
    return records


def _images(value: Any, source: str) -> Iterator[FoundPage]:
    """The images of a parsed file, by the shapes that are known."""
    if isinstance(value, dict):
        inner = value.get("res", value)
        if isinstance(inner, dict) and isinstance(inner.get("rec_texts"), list):
            yield _page(_paddle_3(inner))
        elif (line := _line(value)) is not None:
            yield _page([line])
        elif isinstance(value.get("lines"), list):
            yield _page(filter(None, map(_line, value["lines"])), value)
        return
    if not isinstance(value, list) or not value:
        return
    lines = [line for item in value if (line := _line(item)) is not None]
    if lines:
        if all(isinstance(item, dict) for item in value):
            yield from _pages_of_lines(value, source)
        else:
            yield _page(lines)
        return
    for item in value:
        yield from _images(item, source)


def _pages_of_lines(records: list[Mapping[str, Any]], source: str) -> list[FoundPage]:
    """Lines that may say of which image they are; those that are no lines are refused."""
    pages: dict[int, list[FoundLine]] = {}
    sizes: dict[int, Mapping[str, Any]] = {}
    for number, record in enumerate(records, start=1):
        line = _line(record)
        if line is None:
            if any(key in record for key in _TEXT) and any(key in record for key in _BOX):
                continue
            raise InputError(f"{source}: record {number} has no text with a box")
        page = record.get("page", 1)
        page = page if type(page) is int else 1
        pages.setdefault(page, []).append(line)
        sizes.setdefault(page, record)
    return [_page(pages[page], sizes[page]) for page in sorted(pages)]


def _page(lines: Any, given: Mapping[str, Any] | None = None) -> FoundPage:
    size = [(given or {}).get(key) for key in ("width", "height")]
    width, height = (value if type(value) is int and 0 < value < LONGEST_SIDE else 0 for value in size)
    return FoundPage(tuple(lines), width, height)


def _paddle_3(value: Mapping[str, Any]) -> list[FoundLine]:
    texts = value["rec_texts"]
    boxes = value.get("rec_polys") or value.get("rec_boxes") or value.get("dt_polys") or []
    scores = value.get("rec_scores") or []
    lines = []
    for k, text in enumerate(texts):
        box = _box(boxes[k]) if k < len(boxes) else None
        if isinstance(text, str) and box is not None:
            lines.append(_found(text, box, scores[k] if k < len(scores) else None))
    return lines


def _line(item: Any) -> FoundLine | None:
    """A line in any of the shapes of one line; ``None`` for anything else, or a line without a text."""
    if isinstance(item, dict):
        text = next((item[key] for key in _TEXT if isinstance(item.get(key), str)), None)
        box = next((found for key in _BOX if (found := _box(item.get(key))) is not None), None)
        score = next((item[key] for key in _SCORE if key in item), None)
        return _found(text, box, score) if text is not None and box is not None else None
    match item:
        case [polygon, [str() as text, int() | float() as score]]:
            box = _box(polygon)
            return _found(text, box, score) if box is not None else None
    return None


def _found(text: str, box: Box, score: Any) -> FoundLine:
    sure = float(score) if isinstance(score, int | float) and 0 <= score <= 1 else None
    return FoundLine((FoundWord(text, box, sure),), box)


def _box(value: Any) -> Box | None:
    """A box from four numbers, or from the points of a polygon."""
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(point, list) and len(point) == 2 for point in value):
        xs, ys = [point[0] for point in value], [point[1] for point in value]
    elif len(value) == 4:
        xs, ys = [value[0], value[2]], [value[1], value[3]]
    else:
        return None
    if not all(type(n) in (int, float) and math.isfinite(n) and abs(n) < LONGEST_SIDE for n in xs + ys):
        return None
    return Box(round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys)))
