"""The normalise stage: what each rule says it does, and what all of them promise together."""

from __future__ import annotations

import pytest

from cleanpress.errors import UsageError
from cleanpress.stages.normalise import FINDERS, Rule, normalise, rules

EXAMPLES = [(rule, before, after) for rule in rules() for before, after in rule.examples]
UNCHANGED = [(rule, text) for rule in rules() for text in rule.unchanged]


def test_the_table_lists_the_rules_in_the_order_they_run() -> None:
    assert [rule.name for rule in rules()] == ["script", *FINDERS]


@pytest.mark.parametrize(
    ("rule", "before", "after"), EXAMPLES, ids=lambda value: getattr(value, "name", None)
)
def test_a_rule_does_what_its_examples_say(rule: Rule, before: str, after: str) -> None:
    edited = normalise(before)
    assert edited.text == after
    assert any(rule.name in edit.rule.split("+") for edit in edited.edits)
    assert all(
        rule.name not in e.rule.split("+") for e in normalise(before, rules_off=frozenset({rule.name})).edits
    )


@pytest.mark.parametrize(("rule", "text"), UNCHANGED, ids=lambda value: getattr(value, "name", None))
def test_counter_examples_stay(rule: Rule, text: str) -> None:
    edited = normalise(text)
    assert (rule.name, edited.text, edited.edits) == (rule.name, text, ())


def test_an_unknown_script_or_rule_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match="keep"):
        normalise("文", script="cantonese")
    with pytest.raises(UsageError, match="bracket"):
        normalise("文", rules_off=frozenset({"no-such-rule"}))
