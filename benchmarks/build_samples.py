"""Pour the clean articles of ``samples/articles/*.json`` into torn pages, with exact gold beside them.

    python benchmarks/build_samples.py            # write samples/NAME.txt and samples/NAME.gold.json
    python benchmarks/build_samples.py --check    # say which files would change; exit code 1 if any

The articles were written for this project. A recipe says where columns tear and what is printed where,
so a page can be rebuilt to the byte and its gold is derived, not typed in:

``articles``  id -> blocks ``[role, text]`` in reading order, with proper punctuation.
``tears``     id -> block -> where the block is torn: on a page with a paragraph a line the words before
              the tear, on a page of hard-wrapped columns the number of lines before it.
``layout``    groups of entries in printed order. ``"=text"`` is page furniture. ``"id:4"`` prints a block,
              ``"id:4.1"`` its second torn piece, ``"id:4-7"`` a run of blocks; what follows after a space
              are misreadings, ``right>wrong`` (``_`` prints a space). A piece may be printed twice, or
              never: then it is lost, and the gold has a gap there.
``style``     how the page is printed, see ``Style``.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parents[1] / "samples"

HANGING = "，。、；：！？”’」』）》,;:!?)"
"""Marks that may not begin a line: they hang over the end of the line before."""

INDENT = "　　"


@dataclass(frozen=True)
class Style:
    """How a page is printed.

    ``width`` is the line length in full-width characters; 0 prints a paragraph a line. ``indent`` begins
    a paragraph with two full-width spaces, ``blank_lines`` parts paragraphs by a blank line (always so
    without ``width``). ``half_width`` lists the marks printed half-width, ``full_width`` prints ASCII
    letters and digits full-width. Of the marks that hang over a line's end every ``drop_every``-th is
    lost (0: none), as an OCR engine loses what stands outside the column.
    """

    width: int = 0
    indent: bool = False
    blank_lines: bool = False
    half_width: str = ""
    full_width: bool = False
    drop_every: int = 0

    def printed(self, text: str) -> str:
        """The text in the widths of this page; every character stays one character."""
        widths = {ord(mark): ord(mark) - 0xFEE0 for mark in self.half_width}
        if self.full_width:
            widths |= {c: c + 0xFEE0 for c in range(0x21, 0x7F) if chr(c).isalnum() or chr(c) in "%."}
        return text.translate(widths)


@dataclass(frozen=True)
class Piece:
    """A printed piece: block ``block`` of article ``article``, its ``part``-th torn part."""

    article: str
    block: int
    part: int


def build(recipe: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The page's text and its gold, from a recipe as the module's docstring describes it."""
    style = Style(**recipe["style"])
    texts = dict(_pieces(recipe, style))
    page = _Printer(recipe, style, texts).page()
    furniture = [entry[1:] for group in recipe["layout"] for entry in group if entry.startswith("=")]
    printed = {p for group in recipe["layout"] for entry in group for p in _named(entry, texts)}
    gold = {
        "page": recipe["page"],
        "articles": [_gold(recipe, name, texts, printed) for name in recipe["articles"]],
        "furniture": furniture,
    }
    return page, gold


def _pieces(recipe: dict[str, Any], style: Style) -> Iterator[tuple[Piece, str]]:
    """Every piece with its clean text, in reading order."""
    for name, blocks in recipe["articles"].items():
        tears = recipe["tears"].get(name, {})
        for index, (role, text) in enumerate(blocks):
            cuts = [_cut(text, tear, role, style) for tear in tears.get(str(index), [])]
            for part, (low, high) in enumerate(zip([0, *cuts], [*cuts, len(text)], strict=True)):
                yield Piece(name, index, part), text[low:high]


def _cut(text: str, tear: str | int, role: str, style: Style) -> int:
    """The offset of a tear: behind the words quoted, or behind so many printed lines."""
    if isinstance(tear, int):
        lines = wrap(text, style, begins=role == "paragraph")
        return sum(len(line.lstrip("　")) for line in lines[:tear])
    if text.count(tear) != 1:
        raise ValueError(f"{tear!r} stands {text.count(tear)} times in {text[:12]!r}…")
    return text.index(tear) + len(tear)


def _named(entry: str, texts: dict[Piece, str]) -> list[Piece]:
    """The pieces that a layout entry prints."""
    if entry.startswith("="):
        return []
    name, _, place = entry.split(maxsplit=1)[0].partition(":")
    if "." in place:
        block, part = map(int, place.split("."))
        found = [Piece(name, block, part)]
    else:
        low, _, high = place.partition("-")
        blocks = range(int(low), int(high or low) + 1)
        found = [piece for piece in texts if piece.article == name and piece.block in blocks]
    if not found or any(piece not in texts for piece in found):
        raise ValueError(f"{entry!r} names nothing")
    return found


def wrap(text: str, style: Style, *, begins: bool) -> list[str]:
    """The printed lines of a paragraph, or of the rest of one when it does not begin here."""
    lines = [INDENT if begins and style.indent else ""]
    for char in style.printed(text):
        if _columns(lines[-1] + char) > 2 * style.width and char not in HANGING:
            lines.append("")
        lines[-1] += char
    return lines


def _columns(line: str) -> int:
    """The length of a line in half-width columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)


class _Printer:
    """Prints a page; counts the hanging marks over the whole page, so that the loss is spread."""

    def __init__(self, recipe: dict[str, Any], style: Style, texts: dict[Piece, str]) -> None:
        self.recipe, self.style, self.texts = recipe, style, texts
        self.hung = 0

    def page(self) -> str:
        groups = [self._group(group) for group in self.recipe["layout"]]
        return "\n\n".join(groups) + "\n"

    def _group(self, entries: list[str]) -> str:
        parted = self.style.blank_lines or not self.style.width
        return ("\n\n" if parted else "\n").join(text for entry in entries for text in self._entry(entry))

    def _entry(self, entry: str) -> list[str]:
        if entry.startswith("="):
            return [self.style.printed(entry[1:])]
        pieces = _named(entry, self.texts)
        texts = [self.texts[piece] for piece in pieces]
        for misread in entry.split()[1:]:
            right, wrong = misread.split(">")
            if sum(text.count(right) for text in texts) != 1:
                raise ValueError(f"{right!r} does not stand exactly once in {entry!r}")
            texts = [text.replace(right, wrong.replace("_", " ")) for text in texts]
        return [self._printed(piece, text) for piece, text in zip(pieces, texts, strict=True)]

    def _printed(self, piece: Piece, text: str) -> str:
        role = self.recipe["articles"][piece.article][piece.block][0]
        if role != "paragraph" or not self.style.width:
            return self.style.printed(text)
        lines = wrap(text, self.style, begins=piece.part == 0)
        return "\n".join([self._worn(line) for line in lines[:-1]] + lines[-1:])

    def _worn(self, line: str) -> str:
        """A full line, without its last mark where that hung over the end and was lost."""
        if _columns(line) <= 2 * self.style.width or not self.style.drop_every:
            return line
        self.hung += 1
        return line[:-1] if self.hung % self.style.drop_every == 0 else line


def _gold(recipe: dict[str, Any], name: str, texts: dict[Piece, str], printed: set[Piece]) -> dict[str, Any]:
    """An article in the scorer's format: what is printed of it, in reading order, gaps marked."""
    blocks: list[str] = []
    gaps: list[bool] = []
    tears: list[list[int]] = []
    open_block, lost = -1, False
    for piece, text in texts.items():
        if piece.article != name:
            continue
        if piece not in printed:
            lost = True
        elif piece.block == open_block and not lost:
            tears.append([len(blocks) - 1, len(blocks[-1])])
            blocks[-1] += text
        else:
            blocks.append(text)
            gaps.append(lost)
            open_block, lost = piece.block, False
    title = next(text for role, text in recipe["articles"][name] if role == "headline")
    return {
        "id": f"{recipe['page']}-{name}",
        "title": title,
        "blocks": blocks,
        "gap_before": gaps,
        "tears": tears,
    }


def files(samples: Path = SAMPLES) -> Iterator[tuple[Path, bytes]]:
    """Every sample file and the bytes it must hold."""
    for path in sorted(samples.glob("articles/*.json")):
        page, gold = build(json.loads(path.read_text(encoding="utf-8")))
        yield samples / f"{path.stem}.txt", page.encode()
        shown = json.dumps(gold, ensure_ascii=False, indent=1) + "\n"
        yield samples / f"{path.stem}.gold.json", shown.encode()


def main(arguments: list[str]) -> int:
    stale = [(path, data) for path, data in files() if not path.exists() or path.read_bytes() != data]
    for path, data in stale:
        if "--check" in arguments:
            print(f"{path.name} is not what its recipe makes; run benchmarks/build_samples.py")
        else:
            path.write_bytes(data)
            print(f"wrote {path.name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
