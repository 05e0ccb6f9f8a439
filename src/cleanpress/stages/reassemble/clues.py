"""Clues that stand in the text itself: open quotes, enumerations, connectives, datelines, sign-offs.

Each function answers for one fragment; ``features`` sets the answers of two fragments side by side.
"""

from __future__ import annotations

import re

_OPENERS = "“‘（(《「『【〈"
_CLOSERS = "”’）)》」』】〉"
_PAIR = dict(zip(_CLOSERS, _OPENERS, strict=True))

_DIGITS = {c: i + 1 for i, c in enumerate("一二三四五六七八九十")}
_ORDINAL_HEAD = re.compile(
    r"^(?:第([一二三四五六七八九十])|([一二三四五六七八九十])是|([一二三四五六七八九十])、"
    r"|[（(]([一二三四五六七八九十])[）)]|(\d{1,2})[.．、](?!\d)|(首先)|(其次)|(再次)|(最后))"
)
_ORDINAL_ANY = re.compile(r"第([一二三四五六七八九十])[,，、]|([一二三四五六七八九十])是|(首先)|(其次)")
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "最后": 4}

_CONNECTIVE = re.compile(
    r"^(?:此外|另外|同时|與此同時|与此同时|不仅如此|除此之外|其中|不过|但|然而|因此|所以|于是|而|并|而且|对此"
    r"|随后|之后|接着|接下来|后来|当天|当日|当时|会后|会上|会前|会谈后|会见后|期间|近年来|目前|截至|据介绍|据了解|据悉"
    r"|据统计|据说|为此|为了|如今|现在|下一步|未来|今后|接下来|最后|另据|另一方面|一方面)"
)
_ANAPHORA = re.compile(r"^(?:他|她|它|该|该|这|此|其|双方|两国|两人|上述|以上|各方|大家|我们|记者)")
_LEAD = re.compile(
    r"^(?:本报讯|本報訊|本报\S{2,8}\d{1,2}月|本报\S{2,6}电|新华社\S{2,8}电|新華社|新华社|中新社|中新网|据新华社|据\S{2,6}报道"
    r"|(?:昨日|昨天|今日|今天|近日|日前|近期)|\d{1,2}月\d{1,2}日|\d{1,2}日)"
)
_DATELINE = re.compile(r"^(?:本报讯|本報訊|本报\S{2,8}电|新华社\S{2,10}电|新華社\S{2,10}電|中新社|中新网)")
_SIGN_OFF = re.compile(r"[（(][\w·\s、，]{2,14}[）)]$|(?:完|全剧终|未完待续)[）)]?$")


def ordinal_at_head(text: str) -> int:
    """The number a fragment's first words count (``二是`` → 2, ``第三`` → 3); 0 without any."""
    found = _ORDINAL_HEAD.match(text)
    return _value(found) if found else 0


def last_ordinal(text: str) -> int:
    """The last number counted anywhere in the fragment; 0 without any."""
    value = ordinal_at_head(text)
    for found in _ORDINAL_ANY.finditer(text):
        value = _value(found)
    return value


def _value(found: re.Match[str]) -> int:
    word = next(group for group in found.groups() if group)
    if word in _WORDS:
        return _WORDS[word]
    return int(word) if word.isdigit() else _DIGITS[word]


def unclosed(text: str) -> str:
    """Opening quotes and brackets that the fragment does not close, outermost first."""
    stack: list[str] = []
    for c in text:
        if c in _OPENERS:
            stack.append(c)
        elif c in _PAIR and stack and stack[-1] == _PAIR[c]:
            stack.pop()
    return "".join(stack)


def unopened(text: str) -> str:
    """Opening marks that the fragment's own closing marks lack, in the order they are closed."""
    stack: list[str] = []
    lacking: list[str] = []
    for c in text:
        if c in _OPENERS:
            stack.append(c)
        elif c in _PAIR:
            if stack and stack[-1] == _PAIR[c]:
                stack.pop()
            else:
                lacking.append(_PAIR[c])
    return "".join(lacking)


def starts_with_connective(text: str) -> bool:
    """Whether the fragment starts with a word that goes on from something said before."""
    return _CONNECTIVE.match(text) is not None


def starts_with_anaphora(text: str) -> bool:
    """Whether the fragment starts with a word that stands for someone or something named before."""
    return _ANAPHORA.match(text) is not None


def starts_as_lead(text: str) -> bool:
    """Whether the fragment starts as first paragraphs do: a dateline, a day."""
    return _LEAD.match(text) is not None


def has_dateline(text: str) -> bool:
    """Whether the fragment starts with a dateline, which only first paragraphs carry."""
    return _DATELINE.match(text) is not None


def signs_off(text: str) -> bool:
    """Whether the fragment ends with a name or a mark that closes an article."""
    return _SIGN_OFF.search(text) is not None
