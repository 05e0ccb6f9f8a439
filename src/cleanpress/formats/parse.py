"""Records of the output folder back to the values they were written from; trusts nothing it reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from cleanpress.model import (
    Article,
    Block,
    Decision,
    Edit,
    Gap,
    Join,
    Leftover,
    Question,
    Relation,
    Repeat,
    Role,
    Ruling,
    Span,
    Suspect,
)

E = TypeVar("E", Role, Relation, Ruling)


class RecordError(ValueError):
    """A line is not a record of its file. ``str(error)`` says why."""


def record_of(line: bytes) -> dict[str, Any]:
    """A line of JSONL as a record that names its page."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"is not JSON ({error})") from None
    if not isinstance(record, dict):
        raise RecordError("is not a JSON object")
    _text(record, "page")
    return record


def article(record: dict[str, Any]) -> Article:
    """An article of ``articles.jsonl``."""
    return Article(
        tuple(
            Block(_member(Role, block, "role"), _text(block, "text"), _spans(block, "spans"))
            for block in _objects(record, "blocks")
        ),
        tuple(
            Join(
                integer(join, "block"),
                integer(join, "offset"),
                _span(join, "left"),
                _span(join, "right"),
                _number(join, "confidence"),
            )
            for join in _objects(record, "joins")
        ),
        tuple(
            Gap(integer(gap, "block"), _text(gap, "side"), _text(gap, "reason"))
            for gap in _objects(record, "gaps")
        ),
        _number(record, "confidence"),
    )


def repeat(record: dict[str, Any]) -> Repeat:
    """A copy of ``repeats.jsonl``."""
    return Repeat(
        _span(record, "span"),
        _span(record, "kept"),
        _member(Relation, record, "relation"),
        _number(record, "similarity"),
        _text(record, "rule"),
        _text(record, "reason"),
    )


def edit(record: dict[str, Any]) -> Edit:
    """An edit of ``edits.jsonl``."""
    return Edit(
        _span(record, "span"),
        _text(record, "before"),
        _text(record, "after"),
        _text(record, "rule"),
        _number(record, "confidence"),
        _text(record, "reason"),
    )


def leftover(record: dict[str, Any]) -> Leftover:
    """A leftover of ``leftovers.jsonl``."""
    return Leftover(
        _span(record, "span"),
        _member(Role, record, "role"),
        _text(record, "reason"),
        _number(record, "confidence"),
    )


def question(record: dict[str, Any]) -> Question:
    """A question of ``questions.jsonl``."""
    return Question(
        _text(record, "kind"),
        _span(record, "span"),
        _text(record, "text"),
        tuple(_span(candidate, "span") for candidate in _objects(record, "candidates")),
        _number(record, "confidence"),
    )


def decision(record: dict[str, Any]) -> Decision:
    """A decision of ``decisions.jsonl``."""
    return Decision(
        _member(Ruling, record, "ruling"),
        _span(record, "span"),
        None if record.get("other") is None else _span(record, "other"),
        _text(record, "source"),
        _text(record, "by"),
        _text(record, "question"),
        _text(record, "key"),
        _text(record, "text"),
    )


def suspect(record: dict[str, Any]) -> Suspect:
    """A suspect of ``suspects.jsonl``."""
    return Suspect(
        _span(record, "span"),
        _text(record, "text"),
        _texts(record, "alternatives"),
        _text(record, "rule"),
        _number(record, "confidence"),
        _text(record, "reason"),
    )


PARSERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "articles": article,
    "repeats": repeat,
    "edits": edit,
    "leftovers": leftover,
    "questions": question,
    "decisions": decision,
    "suspects": suspect,
}
"""What reads a record of each file; the names are those of ``records.FILES``."""


def _value(record: dict[str, Any], key: str) -> Any:
    if key not in record:
        raise RecordError(f"has no {key!r}")
    return record[key]


def _text(record: dict[str, Any], key: str) -> str:
    value = _value(record, key)
    if not isinstance(value, str):
        raise RecordError(f"{key!r} is not a text")
    return value


def _texts(record: dict[str, Any], key: str) -> tuple[str, ...]:
    value = _value(record, key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise RecordError(f"{key!r} is not a list of texts")
    return tuple(value)


def integer(record: dict[str, Any], key: str) -> int:
    """The whole number that a record has at ``key``; ``RecordError`` where there is none."""
    value = _value(record, key)
    if type(value) is not int:
        raise RecordError(f"{key!r} is not a whole number")
    return value


def _number(record: dict[str, Any], key: str) -> float:
    value = _value(record, key)
    if type(value) not in (int, float):
        raise RecordError(f"{key!r} is not a number")
    return float(value)


def _objects(record: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = _value(record, key)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise RecordError(f"{key!r} is not a list of objects")
    return value


def _member(kind: type[E], record: dict[str, Any], key: str) -> E:
    value = _text(record, key)
    try:
        return kind(value)
    except ValueError:
        raise RecordError(f"{key!r} is {value!r}, which is not a {kind.__name__.lower()}") from None


def _span(record: dict[str, Any], key: str) -> Span:
    return _as_span(_value(record, key), key)


def _spans(record: dict[str, Any], key: str) -> tuple[Span, ...]:
    value = _value(record, key)
    if not isinstance(value, list):
        raise RecordError(f"{key!r} is not a list of spans")
    return tuple(_as_span(item, key) for item in value)


def _as_span(value: Any, key: str) -> Span:
    match value:
        case [int() as start, int() as end] if not isinstance(start, bool) and not isinstance(end, bool):
            return Span(start, end)
    raise RecordError(f"{key!r} does not hold a span [start, end]")
