"""Marks of titles and the dot in foreign names: << >> to 《 》, < > to 〈 〉, ・ and • to ·."""

from __future__ import annotations

import re

from cleanpress.edited import Change
from cleanpress.stages.normalise.letters import HAN
from cleanpress.stages.script import TRADITIONAL, script_of

_LONGEST = 60
"""Characters of the longest title; the longest law cited in a year of news has 41."""
_PAIR = re.compile(
    f"(?P<open>《|<<|＜＜|«|≪)(?P<title>[^<>＜＞«»≪≫《》\n]{{1,{_LONGEST}}})(?P<close>》|>>|＞＞|»|≫)"
)
_SINGLE = re.compile(
    f"(?<![<＜A-Za-z0-9])[<＜](?P<title>[{HAN}，、：！？“”·—0-9]{{2,{_LONGEST}}})[>＞](?![>＞A-Za-z0-9])"
)
_ODD = re.compile("[<＜«≪>＞»≫]")
_HAN = re.compile(f"[{HAN}]")
_DOT = re.compile(f"[・･•∙⋅‧](?<=[{HAN}A-Za-z].)(?=[{HAN}A-Za-z])")
_BOTH_LATIN = re.compile("[A-Za-z].[A-Za-z]")


def title_mark(text: str) -> list[Change]:
    """<< >> and « » around Chinese become 《 》, < > around nothing else 〈 〉; both of a pair or none."""
    if _ODD.search(text) is None:
        return []
    found = []
    for match in _PAIR.finditer(text):
        if _HAN.search(match["title"]):
            for side, mark in (("open", "《"), ("close", "》")):
                if match[side] != mark:
                    found.append(Change(*match.span(side), mark, "title-mark"))
    for match in _SINGLE.finditer(text):
        if _HAN.search(match["title"]):
            found.append(Change(match.start(), match.start() + 1, "〈", "title-mark"))
            found.append(Change(match.end() - 1, match.end(), "〉", "title-mark"))
    return sorted(found, key=lambda change: change.start)


def middle_dot(text: str) -> list[Change]:
    """The dot between the parts of a foreign name is ·; kana keeps ・, a traditional page ‧."""
    found = []
    keeps: bool | None = None
    for match in _DOT.finditer(text):
        if match[0] == "‧":
            if keeps is None:
                keeps = script_of(text) == TRADITIONAL
            if keeps:
                continue
        if not _BOTH_LATIN.match(text, match.start() - 1):
            found.append(Change(match.start(), match.end(), "·", "middle-dot"))
    return found
