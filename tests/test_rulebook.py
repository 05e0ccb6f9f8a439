"""The rulebook: every name in the record is described, and what is described is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cleanpress
from cleanpress.edited import EditedText
from cleanpress.errors import UsageError
from cleanpress.model import Page, Role
from cleanpress.rulebook import STAGES, Rule, require_optional, rulebook, rules_of
from cleanpress.stages.segment import segment

SOURCES = Path(cleanpress.__file__).parent


def test_every_rule_says_what_it_is_for() -> None:
    for rule in rulebook().values():
        assert re.fullmatch("[a-z]+(-[a-z0-9]+)*", rule.name)
        assert rule.version >= 1
        assert rule.reason.endswith(".")
        assert 20 < len(rule.reason) < 160


def test_no_name_stands_in_two_tables() -> None:
    names = [rule.name for stage in STAGES for rule in rules_of(stage)]
    assert len(names) == len(set(names))


def test_every_rule_of_a_cleaned_page_is_in_the_rulebook() -> None:
    samples = Path(__file__).resolve().parents[1] / "samples"
    for sample in sorted(samples.glob("*.txt")):
        result = cleanpress.clean(sample.read_text(encoding="utf-8"))
        named = {name for edit in result.edits for name in edit.rule.split("+")}
        named |= {repeat.rule for repeat in result.repeats} | {suspect.rule for suspect in result.suspects}
        assert named <= set(rulebook())


@pytest.mark.parametrize("rule", rules_of("segment"), ids=lambda rule: rule.name)
def test_a_rule_of_the_segment_stage_does_what_its_examples_say(rule: Rule) -> None:
    for page, fragments in rule.examples:
        found = segment(EditedText(page))
        assert "\n".join(fragment.text for fragment in found.fragments) == fragments
        used = {name for edit in found.edited.edits for name in edit.rule.split("+")}
        used |= {"furniture" for fragment in found.fragments if fragment.role is Role.FURNITURE}
        assert rule.name in used


@pytest.mark.parametrize("rule", rules_of("repeats"), ids=lambda rule: rule.name)
def test_a_rule_of_the_repeats_stage_does_what_its_examples_say(rule: Rule) -> None:
    for page, articles in rule.examples:
        found = cleanpress.clean(page)
        assert isinstance(found.page, Page)
        assert "\n".join(article.text for article in found.articles) == articles
        assert [repeat.rule for repeat in found.repeats] == [rule.name]


def test_a_rule_that_does_not_exist_or_is_always_on_cannot_be_switched_off() -> None:
    require_optional(["dash"])
    with pytest.raises(UsageError, match=r"unknown rule .none.; the rules are script, .*dash"):
        require_optional(["none"])
    with pytest.raises(UsageError, match="'line-break' cannot be switched off: A line of a column"):
        require_optional(["line-break"])
