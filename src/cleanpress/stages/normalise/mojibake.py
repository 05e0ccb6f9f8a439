"""UTF-8 that was read as a Western encoding on its way here: ä¸­å›½ for 中国. ftfy undoes it.

Only ftfy's decoding fixes are on. Its width and quote fixes damage Chinese (they halve ，and “), its
ligature, line-break, control-character and HTML fixes have rules of their own here or are not wanted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleanpress.edited import Change

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# A lead byte of UTF-8 and a continuation byte, as Latin-1 or Windows-1252 show them: without such a
# pair there is no such mojibake, and ftfy (slow to import) is not asked.
_PAIR = re.compile("[\u00c2-\u00f4][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")

_RUN = re.compile("[^\r\n\u2e80-\U0010ffff]+")


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
        if _PAIR.search(run) is None:
            continue
        fixed = fix_encoding(run, settings)
        if fixed == run or "\n" in fixed or "\ufffd" in fixed:
            continue
        head = _common_prefix(run, fixed)
        tail = _common_prefix(run[head:][::-1], fixed[head:][::-1])
        start, end = match.start() + head, match.end() - tail
        found.append(Change(start, end, fixed[head : len(fixed) - tail], "mojibake"))
    return found


def _common_prefix(one: str, other: str) -> int:
    """Number of characters both begin with."""
    length = min(len(one), len(other))
    return next((i for i in range(length) if one[i] != other[i]), length)
