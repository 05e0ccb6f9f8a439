"""Views as HTML, by templates that escape everything, and a policy that lets nothing run but our script.

Each file of the report stands alone: style and script are in it, nothing is fetched. The same view gives the
same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from cleanpress.model import Result
from cleanpress.report.across import Across
from cleanpress.report.index import IndexRow, Links
from cleanpress.report.marks import Run, folds
from cleanpress.report.pieces import Piece
from cleanpress.report.reasons import reason_in_both
from cleanpress.report.view import PageView

_SHOWN_CONTROLS = "\t\u200d"
"""Control and format characters that are shown as they are: tabs, and the joiner inside emoji."""

# What could end a script element, or a line of JavaScript, never stands in a data block.
_JSON_ESCAPES = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def page_html(view: PageView, links: Links | None = None) -> bytes:
    """A page of the report; without ``links`` one that stands alone."""
    return _html("page.html.j2", view=view, data=_data(view), links=links or Links())


def failed_html(source: str, reason: str, links: Links | None = None) -> bytes:
    """What stands for a page that could not be cleaned."""
    return _html("failed.html.j2", source=source, reason=reason, links=links or Links(), data=_script_words())


def index_html(rows: Sequence[IndexRow], totals: dict[str, int], across: Across | None = None) -> bytes:
    """The page that lists all pages."""
    across = across or Across((), {})
    return _html(
        "index.html.j2", rows=rows, totals=totals, across=across, links=Links(), data=_script_words()
    )


def _html(template: str, **values: Any) -> bytes:
    text = _environment().get_template(template).render(**values)
    # A name of a file that is not UTF-8 holds lone surrogates, which no HTML has.
    return text.encode("utf-8", "replace")


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """The words of the report: by table and key, English and Chinese."""
    return tomllib.loads(_asset("words.toml"))


@cache
def _asset(name: str) -> str:
    return files("cleanpress").joinpath("report", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cleanpress.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style, script = _asset("static/report.css"), _asset("static/report.js")
    environment.globals.update(
        style=Markup(style),
        script=Markup(script),
        policy=(
            "default-src 'none'; "
            f"style-src '{_source_hash(style)}'; script-src '{_source_hash(script)}'; "
            "img-src 'self' data:; base-uri 'none'; form-action 'none'"
        ),
        words=words(),
    )
    environment.filters.update(visible=visible, percent=percent, run=_run, reason=_reason)
    return environment


def _source_hash(content: str) -> str:
    """The content as a policy names it (CSP level 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def percent(value: float) -> str:
    """A probability as a whole number of per cent, rounded like the record: never 100 % for less than 1."""
    rounded = round(value, 4)
    return f"{min(99, round(rounded * 100)) if rounded < 1 else 100}%"


def visible(text: str) -> Markup:
    """Text as HTML that shows it, characters included that have no picture: ``<i data-c="U+200B">``."""
    pieces: list[str] = []
    for plain, hidden in _HIDDEN.findall(text):
        if plain:
            pieces.append(escape(plain))
        if hidden:
            pieces.append(f'<i class="ctl" data-c="U+{ord(hidden):04X}"></i>')
    return Markup("".join(pieces))


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


_HIDDEN = re.compile(
    "([^{0}]*)([{0}]|$)".format(
        "".join(
            re.escape(chr(point))
            for point in (*range(0x2100), *range(0xD800, 0xE000), 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB)
            if _is_hidden(chr(point)) and chr(point) not in _SHOWN_CONTROLS
        )
    )
)


def _run(run: Run, rules: Sequence[str]) -> Markup:
    """A run with its marks: ``<b class="e">`` for an edit, ``<b class="s">`` for a suspect.

    ``text`` is escaped here, all else is numbers.
    """
    text = visible(run.text)
    if run.suspect is not None:
        text = Markup(f'<b class="s" data-s="{run.suspect}">{text}</b>')
    if run.edit is None:
        return text
    kind = "e brk" if folds(rules[run.edit]) else "e"
    return Markup(f'<b class="{kind}" data-e="{run.edit}">{text}</b>')


def _data(view: PageView) -> Markup:
    """What the script needs to know of the page, by the numbers that the marks carry."""
    result = view.result
    return _embedded(
        {
            "words": words()["script"],
            "roles": words()["role"],
            "relations": words()["relation"],
            "reasons": {reason: reason_in_both(reason, words()) for reason in sorted(_reasons(result))},
            "page": view.entries.page,
            "pieces": [_piece(view, piece) for piece in view.pieces],
            "repeats": [
                {
                    "kept": [piece.number for piece in view.pieces_in(repeat.kept)],
                    "line": view.places.of(repeat.kept.start)[0],
                    "relation": repeat.relation.value,
                    "alike": percent(repeat.similarity),
                    "reason": repeat.reason,
                }
                for repeat in result.repeats
            ],
            "edits": [
                {
                    "rule": edit.rule,
                    "before": edit.before,
                    "after": edit.after,
                    "sure": percent(edit.confidence),
                    "reason": edit.reason,
                }
                for edit in result.edits
            ],
            "suspects": [
                {
                    "text": suspect.text,
                    "instead": list(suspect.alternatives),
                    "rule": suspect.rule,
                    "sure": percent(suspect.confidence),
                    "reason": suspect.reason,
                }
                for suspect in result.suspects
            ],
        }
    )


def _reasons(result: Result) -> set[str]:
    """The reasons that the script says."""
    found = [repeat.reason for repeat in result.repeats]
    found += [edit.reason for edit in result.edits]
    found += [suspect.reason for suspect in result.suspects]
    return {reason for reason in found if reason}


def _reason(reason: str) -> list[str]:
    if any(_is_hidden(c) and c not in _SHOWN_CONTROLS for c in reason):
        # Only the words of the record are shown with a picture for every character.
        return [reason, reason]
    return reason_in_both(reason, words())


def _script_words() -> Markup:
    return _embedded({"words": words()["script"]})


def _piece(view: PageView, piece: Piece) -> list[Any]:
    """Kind, owner, role, line and column of a piece, and how an entry quotes it (null: it cannot)."""
    result = view.result
    match piece.kind:
        case "article":
            role = result.articles[piece.owner].blocks[piece.block].role.value
        case "leftover":
            role = result.leftovers[piece.owner].role.value
        case _:
            role = ""
    quote = view.entries.quotation(piece.span) if piece.kind == "article" else None
    return [piece.kind, piece.owner, role, piece.line, piece.column, quote]


def _embedded(value: Any) -> Markup:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_JSON_ESCAPES))
