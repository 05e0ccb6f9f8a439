"""Characters that print nothing: control characters, zero-width and direction marks."""

from __future__ import annotations

import re
import unicodedata

from cleanpress.edited import Change

# Cc without tab and line feed; soft hyphen; zero-width space, (non-)joiner and direction marks; word
# joiner and invisible operators; direction isolates and deprecated controls; byte order mark;
# interlinear annotation. Source: general categories Cc and Cf, Unicode Character Database.
_JOINERS = "\u200c\u200d"
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)


def invisible_character(text: str) -> list[Change]:
    """Drop characters without ink; joiners stay where they shape a script or an emoji sequence."""
    found = []
    for match in _INVISIBLE.finditer(text):
        start, end = match.span()
        kept = ""
        if start and end < len(text) and _is_joined(text[start - 1]) and _is_joined(text[end]):
            kept = "".join(c for c in match[0] if c in _JOINERS)
        found.append(Change(start, end, kept, "invisible-character"))
    return found


def is_seen(text: str) -> bool:
    """Whether any of a text prints, once ``invisible_character`` has been there."""
    return any(
        not (character.isspace() or unicodedata.category(character) in {"Cc", "Cf"})
        for character in _INVISIBLE.sub("", text)
    )


def _is_joined(neighbour: str) -> bool:
    """Whether a joiner can have work beside that character: emoji, and the scripts of Asia but CJK."""
    return not neighbour.isspace() and (
        "\u0590" <= neighbour <= "\u1fff"
        or "\u2190" <= neighbour <= "\u2bff"
        or "\ufe00" <= neighbour <= "\ufe0f"
        or "\U0001f000" <= neighbour <= "\U0001faff"
    )
