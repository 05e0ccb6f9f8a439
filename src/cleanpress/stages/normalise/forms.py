"""Characters that are another character in a different dress: one table lookup each.

Only what is listed changes. NFKC would also take ㈠, ㎡, ①, Ⅳ and … apart, which are printed so.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from cleanpress.edited import Change

# ．and ％ only in a number that is full-width itself: 41.6％ is the house style of some papers.
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ]+(?:(?<=[０-９])．[０-９]+)*(?:(?<=[０-９])％)?")
_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def full_width_alphanumeric(text: str) -> list[Change]:
    """Full-width letters and digits, with the ．and ％ of such a number, become ASCII."""
    return [
        Change(m.start(), m.end(), m[0].translate(_TO_ASCII), "full-width-alphanumeric")
        for m in _FULL_WIDTH.finditer(text)
    ]


def radical(text: str) -> list[Change]:
    """Kangxi and CJK radicals become the unified ideographs they stand for."""
    return _looked_up(text, "radical", "radicals.tsv")


def presentation_form(text: str) -> list[Change]:
    """Vertical, small and half-width forms of CJK marks become the ordinary ones."""
    return _looked_up(text, "presentation-form", "presentation_forms.tsv")


def compatibility_ideograph(text: str) -> list[Change]:
    """CJK compatibility ideographs become the unified ideographs they duplicate.

    Source: canonical decompositions of the Unicode Character Database, as ``unicodedata`` has them.
    """
    found = []
    for match in re.finditer("[\uf900-\ufaff\U0002f800-\U0002fa1f]", text):
        after = unicodedata.normalize("NFC", match[0])
        # A variation selector chooses the very glyph; the pair is one character and stays.
        selected = match.end() < len(text) and _is_selector(text[match.end()])
        if after != match[0] and not selected:
            found.append(Change(match.start(), match.end(), after, "compatibility-ideograph"))
    return found


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _looked_up(text: str, rule: str, table: str) -> list[Change]:
    rows, pattern = _table(table)
    return [Change(m.start(), m.end(), rows[m[0]], rule) for m in pattern.finditer(text)]


@cache
def _table(name: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """The rows of a table of two columns, and a pattern for the characters of the first."""
    table = files("cleanpress").joinpath(f"data/normalise/{name}").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    rows = {line[0]: line[1] for line in lines}
    return rows, re.compile(f"[{re.escape(''.join(rows))}]")
