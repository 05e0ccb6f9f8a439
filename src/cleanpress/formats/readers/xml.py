"""XML from strangers: a small tree by the standard library's expat, with everything dangerous refused.

Documents that declare entities are refused as a whole (no expansion, no file or network is ever asked for),
and depth and number of elements are bounded. That leaves nothing that a package of its own would add:
defusedxml wraps the same parser by the same means, and lxml would bring a C library for a tree of five kinds
of elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from cleanpress.errors import InputError

DEEPEST = 100
"""Elements inside each other; ALTO, PAGE-XML and hOCR use a dozen."""
MOST_ELEMENTS = 2_000_000


@dataclass(slots=True)
class Element:
    """An element: its name without namespace, attributes (likewise), children and the text before them."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""
    namespace: str = ""

    def get(self, name: str, default: str = "") -> str:
        """An attribute, in any namespace."""
        return self.attributes.get(name, default)

    def all(self, *names: str) -> Iterator[Element]:
        """This element's descendants of these names, in the order of the document."""
        stack = list(reversed(self.children))
        while stack:
            element = stack.pop()
            if element.name in names:
                yield element
            stack.extend(reversed(element.children))

    def first(self, name: str) -> Element | None:
        """The first descendant of that name."""
        return next(self.all(name), None)


class _RefusedError(Exception):
    """Raised inside handlers; ``str`` says what was refused."""


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= DEEPEST:
            raise _RefusedError(f"its elements stand more than {DEEPEST} deep in each other")
        if self.count > MOST_ELEMENTS:
            raise _RefusedError(f"it has more than {MOST_ELEMENTS:,} elements")
        namespace, _, local = name.rpartition(" ")
        if any(" " in key for key in attributes):
            attributes = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        element = Element(local, attributes, namespace=namespace)
        if self.open:
            self.open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self.open.append(element)

    def end(self, name: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text


def parse(data: bytes, source: str, what: str) -> Element:
    """The root of a document. Raises ``InputError``, which calls it ``what``, if it is damaged or hostile."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data

    def refuse_entities(*_: object) -> None:
        raise _RefusedError("it declares entities")

    parser.EntityDeclHandler = refuse_entities
    parser.UnparsedEntityDeclHandler = refuse_entities
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(data, True)
    except _RefusedError as refused:
        raise InputError(f"{source}: this {what} is refused: {refused}") from None
    except expat.ExpatError as error:
        where = f"line {error.lineno}, column {error.offset + 1}"
        reason = expat.ErrorString(error.code) or "damaged"
        raise InputError(f"{source}: this {what} is damaged at {where} ({reason})") from None
    except (ValueError, LookupError) as error:
        # An encoding that is declared and unknown, or bytes that are none of it.
        raise InputError(f"{source}: this {what} is damaged ({error})") from None
    if builder.root is None:
        raise InputError(f"{source}: this {what} is empty")
    return builder.root


def number(element: Element, name: str) -> float | None:
    """An attribute as a number; ``None`` where there is none, or no finite one."""
    return finite(element.get(name))


def finite(text: str) -> float | None:
    """A number that a coordinate can be."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < LONGEST_SIDE else None


LONGEST_SIDE = 10_000_000.0
"""No image is larger on a side; not-a-number and infinity are none either."""
