"""Digits that were read as letters, and marks inside numbers: l949年1O月, 2O25, 3，000, 3。5%.

A letter is read as the digit it looks like only where nothing but a number can stand: in a date, before a
unit, inside a year. O2O, CO2, 5G, 3D, C919 and Latin words stay.
"""

from __future__ import annotations

import re

from cleanpress.edited import Change

_LOOKS_LIKE = str.maketrans("OoIl|ZSB", "00111258")
# Without one of these there is nothing to do, and most pages have none.
_CONFUSED = re.compile(r"[0-9][OoIl|ZSB]|[OoIl|ZSB](?:[0-9月日]|\.[0-9])")
_TOKEN = re.compile(r"[0-9A-Za-z|]+(?:\.[0-9A-Za-z]+)*")
_DIGITS = re.compile("[0-9OoIl|]+")
_YEAR = re.compile("[12lI|Z][0-9OoIl|ZSB]{3}")
_BARE_YEAR = re.compile("[12lI][0-9Oo][0-9OoIl]{2}")
_QUANTITY = re.compile(r"(?:[1-9l][0-9OoIl]*|[0Oo])(?:\.[0-9OoIl]+)?")
_UNIT = re.compile("[万亿千百元人名个户亩岁年倍次家项件套辆架艘位座条部册吨米公千平立分小%％]")
_DAY_BEHIND = re.compile(r"月\s?[0-9OoIl|]{1,2}\s?[日号]")

_THOUSANDS = re.compile(
    "[0-9](?<![0-9，,.].)[0-9]{0,2}(?:，[0-9]{3})+(?![0-9，,])"
    # A unit behind it makes it one number; 找110，110说 is two.
    "(?=(?:\\.[0-9]{1,4})?[万亿千百元股份人名个户亩年倍次家项件套辆架艘位座条部册吨米公平立张头箱台斤只余多美港欧%％])"
)
# What stands behind the digit must end the figure. Before anything that can be counted the digit counts it,
# and a mark was lost (增长5%6家企业), as at the end of a line, where that may stand on the next; and a
# mark can itself be a number's (6、 1） 6：30 6，000). The remainder 7%3 and %20 in an address stay as well.
_PERCENT = re.compile(
    r"(?<=[0-9][%％])([0-9Oo])(?=[^\S\n]*(?:[。；！？”」』》;!?]|[，,](?![0-9]{3}(?![0-9]))|[：:](?!\s?[0-9])"
    r"|[）)][，。；！？]|、[0-9]+(?:\.[0-9]+)?[%％]|[.．](?:[”」』“\"]|\s*\Z)|的|左右|以[上下内]))"
)
_RANGE = re.compile("一(?:(?<=[0-9].)|(?<=[0-9][年月日时点%％].))(?=[0-9])")
_POINT = re.compile("[．。](?<=[0-9].)(?:(?<=．)(?=[0-9])|(?<=。)(?=[0-9]{1,4}[%％]))")


def misread_digit(text: str) -> list[Change]:
    """O, o, I, l and | in a number become the digits they look like, in dates, years and before units."""
    if _CONFUSED.search(text) is None:
        return []
    found = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if _CONFUSED.search(text, match.start(), match.end() + 1) is None:
            continue
        if token.isdecimal() or not _is_number(text, match.start(), match.end()):
            continue
        after = token.translate(_LOOKS_LIKE)
        found.append(Change(match.start(), match.end(), after, "misread-digit", 0.98))
    return found


def misread_percent(text: str) -> list[Change]:
    """A digit or O behind a percent sign, where nothing can be counted, is the sign's own second ring, read
    once more."""
    return [
        Change(match.start(1), match.end(1), "", "misread-percent", 0.97) for match in _PERCENT.finditer(text)
    ]


def misread_range(text: str) -> list[Change]:
    """一 between two figures or dates is the dash between them."""
    return [Change(match.start(), match.end(), "—", "misread-range", 0.97) for match in _RANGE.finditer(text)]


def _is_number(text: str, start: int, end: int) -> bool:
    """Whether a token of digits and letters can only be a number where it stands."""
    token = text[start:end]
    digits = sum(map(str.isdecimal, token))
    before = text[max(0, start - 2) : start].rstrip()[-1:]
    behind = text[end : end + 2].lstrip()[:1]
    if behind == "年" and digits >= 2 and _YEAR.fullmatch(token):
        return 1000 <= int(token.translate(_LOOKS_LIKE)) < 2100
    if behind in {"月", "日", "号"} and len(token) <= 2 and _DIGITS.fullmatch(token):
        return _is_part_of_date(text, end, token, before, behind)
    if digits == 3 and _BARE_YEAR.fullmatch(token):
        return 1900 <= int(token.translate(_LOOKS_LIKE)) < 2100 and before not in {"-", "/", "."}
    return digits >= 1 and _QUANTITY.fullmatch(token) is not None and _UNIT.match(text, end) is not None


def _is_part_of_date(text: str, end: int, token: str, before: str, behind: str) -> bool:
    value = int(token.translate(_LOOKS_LIKE))
    has_digit = any(map(str.isdecimal, token))
    if behind == "月":
        dated = before == "年" or _DAY_BEHIND.match(text[end : end + 6].lstrip()) is not None
        return 1 <= value <= 12 and (has_digit or dated)
    return 1 <= value <= 31 and (before == "月" or (has_digit and behind == "日"))


def number_mark(text: str) -> list[Change]:
    """A full-width comma between thousands becomes ``,``; a full-width point in a decimal becomes ``.``."""
    found = [Change(m.start(), m.end(), ".", "number-mark") for m in _POINT.finditer(text)]
    for match in _THOUSANDS.finditer(text):
        start = match.start()
        found += [
            Change(start + k, start + k + 1, ",", "number-mark") for k, c in enumerate(match[0]) if c == "，"
        ]
    return sorted(found, key=lambda change: change.start)
