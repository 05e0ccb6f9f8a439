"""Text that was decoded wrongly on its way here.

``mojibake``: UTF-8 read as a Western encoding, ä¸­å›½ for 中国; ftfy undoes it. ``mojibake-gbk``: UTF-8
read as GBK, 鍖椾含 for 北京. ``mojibake-latin``: GBK or Big5 read as a Western encoding, ÖÐ¹ú for 中国. ftfy
leaves these two alone by design; here they are undone where every byte of a run comes out as common
Chinese. Of ftfy only the decoding fixes are on. Its width and quote fixes damage Chinese (they halve ，and
“), its ligature, line-break, control-character and HTML fixes have rules of their own here or are not
wanted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from cleanpress.edited import Change
from cleanpress.stages.decode import frequent_characters, likeness
from cleanpress.stages.normalise.invisible import is_seen

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# A lead byte of UTF-8 and a continuation byte, as Latin-1 or Windows-1252 show them: without such a
# pair there is no such mojibake, and ftfy (slow to import) is not asked.
_PAIR = re.compile("[\u00c2-\u00f4][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")

_RUN = re.compile("[^\r\n\v\f\u2e80-\U0010ffff]+")

WHOLE = 0.65
"""Share of the Latin letters of a run, of those beside another sign that is not ASCII, that must lead a
character of UTF-8. In 605 paragraphs of news, shown as Windows-1252 or Latin-1, all do; of 247, without the
bytes that Windows-1252 cannot show, 0.65 and more. As GBK 0.08 to 0.71, in half of them under 0.32: what
pairs there does so by chance, and lines would be decoded by halves."""

_LINE_ENDS = frozenset("\n\r\v\f\x85\u2028\u2029")
"""What ends a line. No edit may hold one among letters: the two lines may be two articles."""


def config() -> TextFixerConfig:
    """The ftfy configuration in use: decoding fixes that lose nothing, everything else off."""
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_encoding=True,
        restore_byte_a0=True,
        replace_lossy_sequences=False,
        decode_inconsistent_utf8=True,
        fix_c1_controls=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )


def mojibake(text: str) -> list[Change]:
    """Decode mojibake that ftfy is sure about, a run of other characters than Chinese at a time."""
    if _PAIR.search(text) is None:
        return []
    from ftfy import fix_encoding

    settings = config()
    found = []
    for match in _RUN.finditer(text):
        run = match[0]
        if _PAIR.search(run) is None or not _leads_utf8(run):
            continue
        fixed = fix_encoding(run, settings)
        if fixed == run or "\ufffd" in fixed:
            continue
        head = _common_prefix(run, fixed)
        tail = _common_prefix(run[head:][::-1], fixed[head:][::-1])
        start, end = match.start() + head, match.end() - tail
        after = fixed[head : len(fixed) - tail]
        if not _LINE_ENDS.isdisjoint(after):
            continue
        if not is_seen(after):
            # A byte order mark (ï»¿), spaces: what nobody sees is taken away next, and letters with it.
            continue
        found.append(Change(start, end, after, "mojibake"))
    return found


def _leads_utf8(run: str) -> bool:
    """Whether so many Latin letters of a run lead a character of UTF-8 that they can be its bytes.

    A letter among ASCII is a word's own (Müller); a byte A0 may have become a space.
    """
    data = bytes(_BYTES.get(character, ord(character) if character.isascii() else 0) for character in run)
    letters: int = sum(byte >= 0xC2 for high in _HIGH.findall(data) for byte in high)
    return len(_UTF8_CHARACTER.findall(data)) >= WHOLE * letters


def _common_prefix(one: str, other: str) -> int:
    """Number of characters both begin with."""
    length = min(len(one), len(other))
    return next((i for i in range(length) if one[i] != other[i]), length)


_GBK_LEADS = (0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEF)
"""Lead bytes of UTF-8 for Chinese characters (E4 to E9), their marks and full-width forms."""
_UTF8 = re.compile(
    rb"(?:[\xe4-\xe9][\x80-\xbf]{2}|\xe2\x80[\x90-\xbf]|\xe3\x80[\x80-\x9f]|\xef\xbc[\x80-\xbf])+"
)
_PARTS_OF_UTF8 = re.compile(
    rb"[\x80-\xbf]{0,2}%b(?:[\xe4-\xe9][\x80-\xbf]?|\xe2\x80?|\xe3\x80?|\xef\xbc?)?" % _UTF8.pattern
)
_DOUBLE_BYTES = re.compile("[\u00a4\u00a7\u00b0\u00b1\u00b7\u00d7\u00e0-\u0451\u2010-\uffe5]+")
LEAST = 2
"""Characters that a run must decode to; a single one may be chance."""
COMMON = 0.6
"""Share of the decoded Chinese characters that must be among the 1,000 most frequent ones; of the characters
that stand there it may not. Guessed; in the 8.4 million characters of the news corpus nothing changes."""


@cache
def _gbk_trigger() -> re.Pattern[str]:
    """A character whose GBK bytes begin a character of UTF-8, and one behind it that may go on."""
    heads = []
    for lead in _GBK_LEADS:
        for trail in range(0x80, 0xC0):
            try:
                heads.append(bytes((lead, trail)).decode("gb18030"))
            except UnicodeDecodeError:
                continue
    return re.compile(f"[{re.escape(''.join(heads))}][\u2010-\uffe5]")


def mojibake_gbk(text: str) -> list[Change]:
    """UTF-8 that was read as GBK, decoded where a whole run comes out as common Chinese."""
    found = []
    for offset, data in _as_gbk(text):
        for utf8 in _UTF8.finditer(data):
            start, end = utf8.span()
            # A run starts and ends at whole characters both as GBK and as UTF-8.
            start += (start % 2) * 3
            end -= ((end - start) % 6) if (end - start) % 2 else 0
            if end - start < 3 * LEAST or (end - start) % 2:
                continue
            decoded = data[start:end].decode("utf-8")
            low, high = offset + start // 2, offset + end // 2
            if _is_common(decoded) and not _is_common(text[low:high]):
                found.append(Change(low, high, decoded, "mojibake-gbk", 0.98))
    return found


def gbk_runs(text: str) -> Iterator[tuple[int, int]]:
    """Runs, as ``(start, end)`` in the text, of two characters and more that GBK makes of UTF-8: of one
    character of it at least, and what is left of those beside it. Clean Chinese has such runs by chance."""
    for offset, data in _as_gbk(text):
        for utf8 in _PARTS_OF_UTF8.finditer(data):
            # From the first whole character of GBK in it to the last.
            start, end = (utf8.start() + 1) // 2, utf8.end() // 2
            if end - start >= LEAST:
                yield offset + start, offset + end


def _as_gbk(text: str) -> Iterator[tuple[int, bytes]]:
    """Where a run begins that may be UTF-8 read as GBK, and its bytes, two a character of the text.

    A character that GBK does not know, or not with two bytes, parts what is UTF-8 in it.
    """
    trigger = _gbk_trigger()
    if trigger.search(text) is None:
        return
    for match in _DOUBLE_BYTES.finditer(text):
        if trigger.search(match[0]) is not None:
            yield match.start(), b"".join(map(_two_bytes, match[0]))


def _two_bytes(character: str) -> bytes:
    data = character.encode("gb18030", "replace")
    return data if len(data) == 2 else b"\xff\xff"


WESTERN = {chr(byte): byte for byte in range(0x80, 0x100) if byte != 0x85} | {
    bytes([byte]).decode("cp1252"): byte
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
"""The byte that a character was, as Latin-1 or Windows-1252 shows it. U+0085 ends a line."""
_BYTES = WESTERN | {"\x85": 0x85}
_HIGH = re.compile(rb"[\x80-\xff]{2,}")
_UTF8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf ]|[\xe0-\xef][\x80-\xbf ]{2}|[\xf0-\xf4][\x80-\xbf ]{3}"
)
_LATIN_TRIGGER = re.compile("[\u00a1-\u00fe]{2}|[\u00a4-\u00f9][@-~]")
_LATIN_RUN = re.compile(f"[{re.escape(''.join(WESTERN))}][!-~{re.escape(''.join(WESTERN))}]+")
_PLAIN_RUN = re.compile("[\u00a1-\u00fe][!-~\u00a1-\u00fe]+")
"""Where Chinese characters stand beside it: quotes and dashes between those are printed, and no bytes."""
_CHINESE = re.compile("[\u3400-\u9fff]")
_LINE = re.compile("[^\r\n\v\f\x85\u2028\u2029]+")
_ANY_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
MOSTLY = 0.8
"""Share of the high bytes of a line that make UTF-8 where it is that: on the lines of the samples all do, and
in GBK and Big5 at most 0.62."""
MANY, LIKELY = 6, 0.65
"""With so many Chinese characters a line is Chinese where its ``likeness`` is at least this: on the lines of
the samples it is 0.71 and more in the right encoding, 0.56 and less in the wrong one."""
AHEAD = 0.3
"""By how much fewer must be likelier in one of the encodings than in the other: without it, of 1,500 pieces
of two characters 2 of GBK and 5 of Big5 came out as others, with it none."""
PAGE, PLAUSIBLE = 30, 0.5
"""Characters in lines of one encoding that tell which one a page is in, and the ``likeness`` from which a
line that does not speak for itself goes with them: first-level characters have it. Guessed."""


@dataclass(frozen=True)
class _Line:
    """A line that may be wrong: its runs, and what they say in GBK and in Big5, a character at a time.

    A reading is ``None`` where the bytes of a run are none of that encoding. ``alone``: nothing but ASCII
    stands beside the runs.
    """

    starts: tuple[int, ...]
    readings: Mapping[str, Sequence[list[str] | None]]
    alone: bool

    def codec(self) -> str | None:
        """The encoding that the line speaks for by itself: valid in it, and Chinese beyond chance."""
        worth = {codec: _worth(readings) for codec, readings in self.readings.items()}
        best, other = sorted(worth, key=worth.__getitem__, reverse=True)
        return best if _is_chinese(self.readings[best], worth[best], worth[other]) else None

    def may_be(self, codec: str) -> bool:
        """Whether the line is of an encoding that its page is in: nothing but common characters of it."""
        joined = "".join("".join(pieces) for pieces in self.readings[codec] if pieces)
        return (
            self.alone
            and None not in self.readings[codec]
            and _worth(self.readings[codec]) >= PLAUSIBLE
            and all(c.isascii() or _in_first_levels(c, codec) for c in joined)
        )


def mojibake_latin(text: str) -> list[Change]:
    """GBK or Big5 that was read as Latin-1 or Windows-1252, decoded where it comes out as common Chinese.

    A line is one encoding: that in which its runs are valid throughout and read more like Chinese. A line too
    short to say so goes with the page, where all others that are wrong are of one. What is UTF-8 is left to
    ``mojibake``.
    """
    if _LATIN_TRIGGER.search(text) is None:
        return []
    lines = [*_wrong_lines(text)]
    codecs = [line.codec() for line in lines]
    letters: Counter[str] = Counter()
    for line, codec in zip(lines, codecs, strict=True):
        if codec is not None:
            letters[codec] += sum(len(pieces) for pieces in line.readings[codec] if pieces)
    of_page = next(iter(letters)) if len(letters) == 1 and letters.total() >= PAGE else None
    found: list[Change] = []
    for line, codec in zip(lines, codecs, strict=True):
        chosen = of_page if codec is None and of_page and line.may_be(of_page) else codec
        if chosen is not None:
            for start, pieces in zip(line.starts, line.readings[chosen], strict=True):
                found += _changes(start, pieces or ())
    return found


def _wrong_lines(text: str) -> Iterator[_Line]:
    """The lines that hold what may be bytes of GBK or Big5, and no UTF-8."""
    for line in _LINE.finditer(text):
        if _LATIN_TRIGGER.search(line[0]) is None:
            continue
        pattern = _PLAIN_RUN if _CHINESE.search(line[0]) else _LATIN_RUN
        runs = [*pattern.finditer(line[0])]
        bytes_of_runs = [bytes(WESTERN.get(c) or ord(c) for c in run[0]) for run in runs]
        if not runs or _is_utf8(b"\n".join(bytes_of_runs)):
            continue
        readings = {codec: [_pairs(data, codec) for data in bytes_of_runs] for codec in ("gbk", "cp950")}
        starts = tuple(line.start() + run.start() for run in runs)
        yield _Line(starts, readings, alone=pattern.sub("", line[0]).isascii())


def _in_first_levels(character: str, codec: str) -> bool:
    """Whether a character is of those that a page is printed with: GB 2312, or the first level of Big5."""
    high, low = character.encode(codec)
    return (high <= 0xF7 and low >= 0xA1) if codec == "gbk" else high <= 0xC6


def _is_utf8(data: bytes) -> bool:
    """Whether most of the high bytes are those of characters in UTF-8."""
    high = sum(byte >= 0x80 for byte in data)
    return sum(map(len, _ANY_UTF8.findall(data))) >= MOSTLY * high


def _pairs(data: bytes, codec: str) -> list[str] | None:
    """Bytes as characters, ASCII of one byte and others of two; ``None`` where one is none."""
    pieces = []
    at = 0
    while at < len(data):
        width = 1 if data[at] < 0x80 else 2
        try:
            pieces.append(data[at : at + width].decode(codec))
        except UnicodeDecodeError:
            return None
        at += width
    return pieces


def _worth(readings: Sequence[list[str] | None]) -> float:
    """How much the runs of a line read like Chinese; one that cannot be read tells against it."""
    joined = "".join("\ufffd" if pieces is None else "".join(pieces) for pieces in readings)
    return likeness(joined)


def _is_chinese(readings: Sequence[list[str] | None], worth: float, other: float) -> bool:
    """Whether what the runs of a line decode to is Chinese beyond chance; ``other`` is the worth of what they
    decode to in the other encoding."""
    joined = "".join("".join(pieces) for pieces in readings if pieces)
    chinese = [c for c in joined if not c.isascii() and c.isalpha()]
    if len(set(chinese)) < LEAST:
        return False
    if len(chinese) >= MANY:
        return worth >= LIKELY
    return None not in readings and worth - other >= AHEAD and _is_common(joined)


def _changes(start: int, pieces: Sequence[str]) -> Iterator[Change]:
    """The characters that two others make, as changes of the text; ``start`` is where the run begins."""
    at = start
    for is_ascii, group in groupby(pieces, str.isascii):
        after = "".join(group)
        end = at + (1 if is_ascii else 2) * len(after)
        if not is_ascii:
            yield Change(at, end, after, "mojibake-latin", 0.98)
        at = end


def _is_common(text: str) -> bool:
    return len(text) >= LEAST and _commonness(text) >= COMMON


def _commonness(text: str) -> float:
    """Share of common characters among the letters of a text; 0 where one is not Chinese or there is none."""
    letters = [c for c in text if c.isalnum()]
    if not letters or any(not "\u3400" <= c <= "\u9fff" and not c.isascii() for c in letters):
        return 0.0
    return sum(c in frequent_characters() for c in letters) / len(letters)
