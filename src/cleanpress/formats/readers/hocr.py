"""hOCR, as Tesseract and others write it: http://kba.github.io/hocr-spec/1.2/

It is HTML, often XHTML; the standard library's tolerant parser reads either and knows no entities but
characters, no files and no network. Lines are elements of a class that the specification gives to lines;
words ``ocrx_word``. A line without words is one word.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from cleanpress.errors import InputError
from cleanpress.formats.readers.xml import DEEPEST, MOST_ELEMENTS, finite
from cleanpress.layout.found import FoundLine, FoundPage, FoundWord, around
from cleanpress.model import Box

_LINES = frozenset({"ocr_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat", "ocrx_line"})
_REGIONS = frozenset({"ocr_carea", "ocr_par", "ocrx_block"})
_WORDS = frozenset({"ocrx_word", "ocr_word"})
_BBOX = re.compile(r"\bbbox\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)")
_CONFIDENCE = re.compile(r"\bx_wconf\s+([\d.]+)")
_IMAGE = re.compile(r'\bimage\s+(?:"([^"]*)"|(\S+?))\s*(?:;|$)')
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"})


def is_hocr(head: str) -> bool:
    """Whether the beginning of a document is that of hOCR."""
    return re.search(r"class\s*=\s*[\"'][^\"']*\bocr_page\b", head) is not None


def read(text: str, source: str) -> list[FoundPage]:
    """The pages of an hOCR document. Raises ``InputError`` where it is hostile or cut off."""
    parser = _Parser(source)
    parser.feed(text)
    parser.close()
    if parser.open:
        raise InputError(f"{source}: this hOCR is cut off: <{parser.open[-1][0]}> is never closed")
    return parser.pages


class _Parser(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source
        self.pages: list[FoundPage] = []
        self.open: list[tuple[str, str]] = []
        self.count = self.region = 0
        self.lines: list[FoundLine] = []
        self.words: list[FoundWord] = []
        self.page_box = Box(0, 0, 0, 0)
        self.name = ""
        self.line_box: Box | None = None
        self.word_box: Box | None = None
        self.confidence: float | None = None
        self.loose: list[str] = []
        self.word: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        self.count += 1
        if len(self.open) >= DEEPEST or self.count > MOST_ELEMENTS:
            raise InputError(
                f"{self.source}: this hOCR is refused: too many elements, or too deep in each other"
            )
        given = {key: value or "" for key, value in attrs}
        classes = set(given.get("class", "").split())
        title = given.get("title", "")
        kind = ""
        if "ocr_page" in classes:
            kind = "page"
            self._start_page(title)
        elif classes & _REGIONS:
            kind = "region"
            self.region += 1
        elif classes & _LINES:
            kind = "line"
            self.line_box, self.words, self.loose = _box(title), [], []
        elif classes & _WORDS:
            kind = "word"
            self.word_box, self.word = _box(title), []
            found = _CONFIDENCE.search(title)
            value = finite(found[1]) if found else None
            self.confidence = min(1.0, value / 100) if value is not None else None
        self.open.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _ in self.open):
            return
        while self.open:
            name, kind = self.open.pop()
            self._end(kind)
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        kinds = {kind for _, kind in self.open}
        if "word" in kinds:
            self.word.append(data)
        elif "line" in kinds:
            self.loose.append(data)

    def _start_page(self, title: str) -> None:
        self.lines = []
        self.page_box = _box(title) or Box(0, 0, 0, 0)
        found = _IMAGE.search(title)
        self.name = (found[1] or found[2] or "") if found else ""

    def _end(self, kind: str) -> None:
        if kind == "word":
            text = "".join(self.word)
            box = self.word_box or self.line_box
            if text.strip() and box is not None:
                self.words.append(FoundWord(text, box, self.confidence))
        elif kind == "line":
            self._end_line()
        elif kind == "page":
            self.pages.append(
                FoundPage(
                    tuple(self.lines),
                    self.page_box.x1,
                    self.page_box.y1,
                    self.name,
                )
            )

    def _end_line(self) -> None:
        text = "".join(self.loose)
        if not self.words and text.strip() and self.line_box is not None:
            self.words.append(FoundWord(text, self.line_box))
        if self.words:
            box = self.line_box or around(word.box for word in self.words)
            self.lines.append(FoundLine(tuple(self.words), box, self.region))


def _box(title: str) -> Box | None:
    found = _BBOX.search(title)
    if not found:
        return None
    values = [finite(text) for text in found.groups()]
    if any(value is None for value in values):
        return None
    x0, y0, x1, y1 = (round(value) for value in values if value is not None)
    return Box(x0, y0, x1, y1) if x1 >= x0 and y1 >= y0 else None
