"""OCR noise and character-level slips, taken out by rules as edits that can be traced and undone.

A rule looks at the current text and proposes changes; its name stands in every edit it makes. What the
rules are for, with examples and counter-examples, is data (``data/normalise/rules.toml``); the order
in which they run is the order there. Clean text comes back untouched, and a second pass changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from cleanpress.config import SCRIPTS
from cleanpress.edited import Change, EditedText
from cleanpress.errors import UsageError
from cleanpress.rulebook import require_optional
from cleanpress.stages.normalise.dots import dash, ellipsis, full_stop
from cleanpress.stages.normalise.doubled import doubled_mark, doubled_unit
from cleanpress.stages.normalise.forms import (
    compatibility_ideograph,
    full_width_alphanumeric,
    presentation_form,
    radical,
)
from cleanpress.stages.normalise.invisible import invisible_character
from cleanpress.stages.normalise.lines import carriage_return, line_separator
from cleanpress.stages.normalise.marks import bracket, half_width_mark
from cleanpress.stages.normalise.mojibake import mojibake, mojibake_gbk, mojibake_latin
from cleanpress.stages.normalise.numbers import (
    misread_digit,
    misread_percent,
    misread_range,
    number_mark,
)
from cleanpress.stages.normalise.quotes import straight_quote, straight_single_quote
from cleanpress.stages.normalise.spacing import letter_spacing, space_at_mark, stray_space
from cleanpress.stages.normalise.titles import middle_dot, title_mark
from cleanpress.stages.script import AUTO, KEEP, stray_script, whole_script

__all__ = ["normalise"]

Finder = Callable[[str], Sequence[Change]]

FINDERS: dict[str, Finder] = {
    # Mojibake first: control characters and line separators may be bytes of it. GBK in Latin letters before
    # UTF-8, as two bytes of it may be one character of UTF-8.
    "mojibake-latin": mojibake_latin,
    "mojibake": mojibake,
    "mojibake-gbk": mojibake_gbk,
    "carriage-return": carriage_return,
    "line-separator": line_separator,
    "invisible-character": invisible_character,
    "radical": radical,
    "compatibility-ideograph": compatibility_ideograph,
    "presentation-form": presentation_form,
    "full-width-alphanumeric": full_width_alphanumeric,
    "misread-digit": misread_digit,
    "misread-percent": misread_percent,
    "misread-range": misread_range,
    "number-mark": number_mark,
    "stray-script": stray_script,
    "letter-spacing": letter_spacing,
    "doubled-unit": doubled_unit,
    # Marks last, as they look at the letters around them.
    "title-mark": title_mark,
    "middle-dot": middle_dot,
    "straight-quote": straight_quote,
    "straight-single-quote": straight_single_quote,
    "bracket": bracket,
    "half-width-mark": half_width_mark,
    "ellipsis": ellipsis,
    "dash": dash,
    "full-stop": full_stop,
    "doubled-mark": doubled_mark,
    "space-at-mark": space_at_mark,
    "stray-space": stray_space,
}
"""The rules by name, in the order they run. ``script`` runs before ``stray-script`` when asked for."""


def normalise(text: str, *, script: str = AUTO, rules_off: frozenset[str] = frozenset()) -> EditedText:
    """The text as the rules read it; ``.edits`` says what changed, by rule.

    ``script``: ``"auto"`` reads stray characters of the other script as the page's own,
    ``"simplified"`` and ``"traditional"`` convert the page, ``"keep"`` leaves characters as printed.
    ``rules_off`` names rules that do not run (those of other stages do not matter here). Raises
    ``UsageError`` for a script or rule that does not exist. Linear in the text; a second pass over the
    result changes nothing.
    """
    if script not in SCRIPTS:
        raise UsageError(f"unknown script {script!r}; there are {', '.join(SCRIPTS)}")
    finders = dict(FINDERS)
    if script == KEEP:
        del finders["stray-script"]
    elif script != AUTO:
        finders = {"script": partial(whole_script, script=script), **finders}
    require_optional(rules_off)
    active = [find for name, find in finders.items() if name not in rules_off]
    edited = EditedText(text)
    while True:
        before = edited.text
        for find in active:
            if changes := find(edited.text):
                edited = edited.apply(changes)
        # Every rule takes characters of a noisy kind away and none makes any, so this ends; a second
        # round is needed only where one rule uncovered work for an earlier one.
        if edited.text == before:
            return edited
