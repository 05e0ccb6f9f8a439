"""Everything a run can be told. The same configuration and the same input give the same bytes."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Any

from cleanpress.errors import UsageError
from cleanpress.gates import gates_of

SCRIPTS = ("auto", "simplified", "traditional", "keep")
"""``auto`` brings stray characters of the other script to the page's own; ``keep`` touches no script."""

REPEATS_SCOPES = ("page", "run")
"""Copies are set aside within a page; with ``run`` those on other pages are told, and nothing more."""

REPRINTS = ("report", "set-aside")
"""What becomes of copies on other pages: they are told, or the articles are given once more without them."""

MAX_BYTES = 4 * 1024 * 1024
"""The largest input that is read as one page, in bytes: forty times the fullest page in print. What is
larger is a volume, and the comparison of all its paragraphs with each other would take minutes or hours."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a run. Raises ``UsageError`` for a value that does not exist.

    ``script`` is one of ``SCRIPTS``; ``encoding`` a codec's name, or ``None`` to find out;
    ``rules_off`` the names of normalisation rules that must not run; ``max_bytes`` the size in bytes
    from which an input is refused; ``model`` the path of a language model that ``cleanpress train`` made,
    or ``None`` for the packaged one; ``ask_model`` the name of a chat model that is asked the open
    questions, or ``None`` to ask nobody; ``report`` whether the folder holds a report for a browser,
    and ``pictures`` whether that shows the scans;
    ``decisions`` the path of a file of decisions about all pages, or ``None`` for those beside the pages;
    ``formats`` what it holds beside the record (``formats.outputs.FORMATS``); ``fail_on`` its gates;
    ``repeats_scope`` where copies are looked for (``REPEATS_SCOPES``); ``repeats_index`` the path of an index
    of earlier texts in which they are looked for as well, or ``None``; ``reprints`` what becomes of copies on
    other pages (``REPRINTS``). Both need the scope ``run``.
    """

    script: str = "auto"
    encoding: str | None = None
    rules_off: tuple[str, ...] = ()
    max_bytes: int = MAX_BYTES
    model: str | None = None
    ask_model: str | None = None
    report: bool = False
    pictures: bool = True
    decisions: str | None = None
    formats: tuple[str, ...] = ("jsonl", "markdown")
    fail_on: tuple[str, ...] = ()
    repeats_scope: str = "page"
    repeats_index: str | None = None
    reprints: str = "report"

    def __post_init__(self) -> None:
        if self.script not in SCRIPTS:
            raise UsageError(f"there is no script {self.script!r}; choose one of {', '.join(SCRIPTS)}")
        if self.repeats_scope not in REPEATS_SCOPES:
            known = " or ".join(REPEATS_SCOPES)
            raise UsageError(f"repeats are looked for in a {known}, not in {self.repeats_scope!r}")
        if self.reprints not in REPRINTS:
            raise UsageError(f"reprints are for {' or '.join(REPRINTS)}, not for {self.reprints!r}")
        if self.repeats_scope != "run" and (self.repeats_index is not None or self.reprints != "report"):
            raise UsageError(
                "reprints are looked for only with --repeats-scope run: "
                "--repeats-index and --reprints set-aside need it"
            )
        if self.encoding is not None and not _is_text_encoding(self.encoding):
            raise UsageError(
                f"there is no text encoding {self.encoding!r}; try utf-8, gb18030, big5 or utf-16"
            )
        if self.max_bytes < 1:
            raise UsageError(f"the size limit must be at least 1 byte, not {self.max_bytes}")
        gates_of(self.fail_on)

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON knows them, for the manifest."""
        return {
            "ask_model": self.ask_model,
            "decisions": self.decisions,
            "encoding": self.encoding,
            "fail_on": list(self.fail_on),
            "formats": sorted(self.formats),
            "max_bytes": self.max_bytes,
            "model": self.model,
            "pictures": self.pictures,
            "repeats_index": self.repeats_index,
            "repeats_scope": self.repeats_scope,
            "report": self.report,
            "reprints": self.reprints,
            "rules_off": sorted(self.rules_off),
            "script": self.script,
        }


def _is_text_encoding(name: str) -> bool:
    """Whether Python can decode bytes to text with it (``rot13`` and ``base64`` are codecs, too)."""
    try:
        # Four bytes are whole in every encoding; none at all would not even be looked at.
        bytes(4).decode(name)
        return codecs.lookup(name).name not in {"idna", "punycode"}
    except (LookupError, ValueError):
        return False
