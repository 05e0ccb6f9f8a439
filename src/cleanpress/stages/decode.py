"""Bytes to a page: which encoding they are in, told by strict decoding.

UTF-8 is recognised by its own structure. GB18030 and Big5 accept much of each other's bytes, so what
decodes strictly in both is judged by how much it looks like Chinese; charset-normalizer is asked only
where that judgement is close. Nothing is ever decoded with replacement characters.

A few NUL or other control characters in otherwise valid text stay in the page: the normalise stage
removes them as edits, so that they can be traced. Many of them make a binary file, which is refused.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from cleanpress.errors import InputError, UsageError
from cleanpress.model import Page

BYTE_ORDER_MARKS = (
    # UTF-32 first: its little-endian mark begins with the one of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    ("\ufeff".encode("gb18030"), "gb18030"),
)

# What a file that is no text begins with, what it is, and the way to text.
# Source of the signatures: the format specifications, as collected in file(1)'s magic database.
MAGIC = (
    (b"%PDF-", "a PDF document", "extract its text first, for example with pdftotext"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", "run OCR on it first"),
    (b"\xff\xd8\xff", "a JPEG image", "run OCR on it first"),
    (b"GIF87a", "a GIF image", "run OCR on it first"),
    (b"GIF89a", "a GIF image", "run OCR on it first"),
    (b"II*\x00", "a TIFF image", "run OCR on it first"),
    (b"MM\x00*", "a TIFF image", "run OCR on it first"),
    (b"AT&TFORM", "a DjVu document", "extract its text first, for example with djvutxt"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image", "run OCR on it first"),
    (b"PK\x03\x04", "a ZIP archive (or a .docx, .xlsx or .epub)", "unpack it, or save it as plain text"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xfd7zXZ\x00", "an xz archive", "unpack it first"),
    (b"(\xb5/\xfd", "a Zstandard archive", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", "save it as plain text"),
    (b"{\\rtf", "an RTF document", "save it as plain text"),
    (b"SQLite format 3\x00", "an SQLite database", "export its text first"),
    (b"\x7fELF", "a program", "give the page's text instead"),
    (b"MZ\x90\x00", "a program", "give the page's text instead"),
)

CONTROLS = bytes([*range(0x09), *range(0x0E, 0x20), 0x7F])
_SURROGATE = re.compile("[\ud800-\udfff]")
CJK_MARKS = frozenset("，。、；：？！“”‘’（）《》〈〉【】「」『』〔〕—…·\u3000")
SAMPLE = 1 << 16
"""Bytes from which a legacy encoding is judged; strictness is always checked on the whole file."""
PLAUSIBLE = 0.3
"""Least likeness of a legacy decoding; right ones score over 0.6 even on names, wrong ones under 0.2."""
CLEAR = 0.15
"""A lead in likeness below this is too close to decide without the adviser."""


def decode(data: bytes, *, encoding: str | None = None, source: str) -> Page:
    """The page that the bytes hold; ``source`` is what the user calls them.

    ``encoding`` names a codec and overrides the recognition. Only a leading byte order mark is left
    out of the text. Raises ``InputError`` for an empty file, a binary one or bytes in no known
    encoding (or not in ``encoding``), ``UsageError`` for a codec that does not exist.
    """
    if not data:
        raise InputError(f"{source}: the file is empty; there is no page to read")
    for magic, what, way in MAGIC:
        if data.startswith(magic):
            raise InputError(f"{source}: this is {what}, not text; {way}")
    name = _recognise(data, source) if encoding is None else _codec(encoding, data)
    text = _strictly(data, name, source, chosen=encoding is not None)
    if not text:
        raise InputError(f"{source}: the file holds only a byte order mark; there is no page to read")
    controls = _controls(text)
    if controls > max(4, len(text) // 100) or controls == len(text):
        # Looked for in the text: an encoding need not keep control characters where ASCII has them.
        at = next(
            i for i, character in enumerate(text) if ord(character) < 0x80 and ord(character) in CONTROLS
        )
        raise InputError(
            f"{source}: this looks like a binary file ({controls} control characters, the first"
            f" character {at}); give the page's text instead"
        )
    if half := _SURROGATE.search(text):
        raise InputError(
            f"{source}: read as {name}, character {half.start()} is half of a surrogate pair, which is no"
            " character; name another encoding with --encoding"
        )
    return Page(text, source, name, hashlib.sha256(data).hexdigest())


def decode_as(data: bytes, encoding: str) -> str:
    """The text of a page again, from its bytes and ``Page.encoding``; raises ``UnicodeError``."""
    for mark, name in BYTE_ORDER_MARKS:
        if name == encoding and data.startswith(mark):
            data = data[len(mark) :]
            break
    if encoding == "unicode-escape":
        with warnings.catch_warnings():
            # Of an escape it does not know; the text keeps it as it stands.
            warnings.simplefilter("ignore", DeprecationWarning)
            return data.decode(encoding)
    return data.decode(encoding)


def _strictly(data: bytes, name: str, source: str, *, chosen: bool) -> str:
    try:
        return decode_as(data, name)
    except UnicodeDecodeError as error:
        mark = next((len(m) for m, n in BYTE_ORDER_MARKS if n == name and data.startswith(m)), 0)
        at = error.start + mark
        if cut := _cut_off(data[mark:], [name]):
            raise InputError(f"{source}: {cut}") from None
        found = f"{source}: byte {at} (0x{data[at]:02x}) is not valid {name}"
        way = (
            "without --encoding the encoding is looked for" if chosen else "name the encoding with --encoding"
        )
        raise InputError(f"{found}; {way}") from None
    except UnicodeError as error:
        # Some codecs quote the character they stumbled over, which may be a line feed.
        reason = " ".join(str(error).split())
        raise InputError(f"{source}: cannot be read as {name}: {reason}") from None


def _codec(encoding: str, data: bytes) -> str:
    """The name Python knows a codec by; codecs that look at a byte order mark are told which it is."""
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError):
        raise UsageError(f"unknown encoding {encoding!r}; {_nearest(encoding)}") from None
    # The attribute is what bytes.decode itself asks, to refuse codecs such as rot13 and hex.
    if not getattr(info, "_is_text_encoding", True):
        raise UsageError(f"{encoding!r} is no text encoding; {_nearest(encoding)}")
    name = {"utf-8-sig": "utf-8", "utf_8_sig": "utf-8"}.get(info.name, info.name)
    if name in {"utf-16", "utf-32"}:
        marked = (n for mark, n in BYTE_ORDER_MARKS if n.startswith(name) and data.startswith(mark))
        name = next(marked, f"{name}-le")
    return name


def _nearest(encoding: str) -> str:
    from difflib import get_close_matches
    from encodings.aliases import aliases

    usual = ["utf-8", "gb18030", "gbk", "big5", "big5hkscs", "utf-16"]
    known = [*usual, *sorted({name.replace("_", "-") for name in (*aliases, *aliases.values())})]
    near = get_close_matches(encoding.lower().replace("_", "-"), known, n=1)
    return f"did you mean {near[0]}?" if near else f"usual ones are {', '.join(usual)}"


def _recognise(data: bytes, source: str) -> str:
    """The encoding of the bytes; raises ``InputError`` when no known one fits."""
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name
    first_bad, text = _try(data, "utf-8")
    if text is not None and "\0" not in text:
        # A character of GB18030 text is valid UTF-8 in one case of eight: of eight together, never.
        wide = sum(not c.isascii() for c in text[:SAMPLE])
        if wide == 0 or wide >= 8 or _looks_encoded(text):
            return "utf-8"
    candidates = {}
    for name in ("utf-16-le", "utf-16-be", "gb18030", "big5", "cp950", "big5hkscs"):
        at, other = _try(data, name)
        if other is None and not name.startswith("utf-16"):
            # The codec that got furthest tells best where the file is broken.
            first_bad = max(first_bad, at)
        elif other is not None and not (name == "big5hkscs" and "big5" in candidates):
            candidates[name] = likeness(other[: SAMPLE // 2])
    # Python's big5 lacks the seven characters that cp950 adds, and both lack Hong Kong's.
    for smaller, larger in (("big5", "cp950"), ("cp950", "big5hkscs")):
        if smaller in candidates:
            candidates.pop(larger, None)
    best = sorted(candidates, key=lambda name: -candidates[name])
    floor = PLAUSIBLE if text is None else max(PLAUSIBLE, 0.5 + likeness(text[: SAMPLE // 2]))
    if best and candidates[best[0]] >= floor:
        if len(best) > 1 and candidates[best[0]] - candidates[best[1]] < CLEAR:
            return _advised(data, best[0], best[1])
        return best[0]
    if text is not None:
        return "utf-8"
    if _controls(data.decode("latin-1")) > max(4, len(data) // 100):
        raise InputError(f"{source}: this looks like a binary file; give the page's text instead")
    legacy = [name for name in best if not name.startswith("utf-16")]
    if legacy:
        raise InputError(
            f"{source}: byte {_try(data, 'utf-8')[0]} is not UTF-8, and read as {legacy[0]} the file is no"
            " Chinese text; name the encoding with --encoding"
        )
    if cut := _cut_off(data, ["utf-8", "gb18030", "big5"]):
        raise InputError(f"{source}: {cut}")
    raise InputError(
        f"{source}: byte {first_bad} (0x{data[first_bad]:02x}) fits none of UTF-8, UTF-16, GB18030 and Big5;"
        " name the encoding with --encoding"
    )


def _cut_off(data: bytes, names: Sequence[str]) -> str | None:
    """What to say of bytes that end in the middle of a character of one of the encodings, the first in which
    they are a page but for that; ``None`` where they are so in none."""
    for name in names:
        try:
            decoder = codecs.getincrementaldecoder(name)()
            text = decoder.decode(data)
            left = len(decoder.getstate()[0])
        except (LookupError, UnicodeError):
            continue
        if left and not text.isascii() and likeness(text[:SAMPLE]) >= PLAUSIBLE:
            last = "byte" if left == 1 else f"{left} bytes"
            return (
                f"ends in the middle of a character of {name}, as if it had been cut off; "
                f"get the whole file, or take away its last {last}"
            )
    return None


def _try(data: bytes, name: str) -> tuple[int, str | None]:
    """The offset of the first bad byte, and the text when there is none."""
    try:
        return 0, data.decode(name)
    except UnicodeDecodeError as error:
        return error.start, None


def _looks_encoded(text: str) -> bool:
    """Whether valid UTF-8 is not an accident, as a few GB18030 characters can be.

    Two-byte sequences of UTF-8 are also GB18030 characters, three-byte ones are so together with
    their neighbours only: a text with Chinese, or one that is mostly ASCII letters, is certain.
    """
    sample = text[:SAMPLE]
    if any("\u2e80" <= c <= "\uffef" for c in sample):
        return True
    return 2 * sum(not c.isascii() for c in sample) <= sum(c.isascii() and c.isalpha() for c in sample)


def likeness(text: str) -> float:
    """How much a decoding looks like Chinese, about -1..1: the mean worth of its characters.

    Frequent characters and Chinese marks count 1, the other characters of the first levels of GB 2312
    and Big5 count 0.5, other ideographs 0; what no page holds (private use, unassigned, surrogates,
    C1 controls) counts -1, other scripts -0.5. ASCII counts 1 in UTF-16 only, where it shows the byte
    order; elsewhere all encodings share it, so that letters and digits are left out.
    """
    frequent = frequent_characters()
    worth = number = 0.0
    for character in text:
        if character.isascii():
            continue
        number += 1
        if character in frequent or character in CJK_MARKS or "\uff01" <= character <= "\uff5e":
            worth += 1
        elif "\u4e00" <= character <= "\u9fff":
            worth += 0.5 * _is_first_level(character)
        elif not character.isprintable():
            worth -= 1
        elif not "\u2010" <= character <= "\u33ff":
            worth -= 0.5
    if number:
        return worth / number
    return 1.0 if text and _controls(text) == 0 else -1.0


@cache
def frequent_characters() -> frozenset[str]:
    """The 1,000 most frequent characters of news, in both scripts."""
    table = files("cleanpress").joinpath("data/decode/frequent_characters.txt").read_text(encoding="utf-8")
    return frozenset(c for line in table.splitlines() if not line.startswith("#") for c in line)


@cache
def _is_first_level(character: str) -> bool:
    """Whether a standard puts the character on its level of common ones (rows 16-55; A440-C67E)."""
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            if first <= character.encode(encoding)[0] <= last:
                return True
        except UnicodeEncodeError:
            continue
    return False


def _advised(data: bytes, best: str, second: str) -> str:
    """The better of two candidates that are close, as charset-normalizer sees it."""
    from charset_normalizer import from_bytes

    families = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030"}
    families |= dict.fromkeys(("big5", "cp950", "big5hkscs"), "big5")
    advice = from_bytes(data[: SAMPLE // 8], cp_isolation=[best, second], enable_fallback=False).best()
    if advice is not None and families.get(advice.encoding) == families.get(second, second):
        return second
    return best


def _controls(text: str) -> int:
    """Number of control characters; counted in UTF-8 bytes, which is much faster than in characters."""
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded) - len(encoded.translate(None, CONTROLS))
