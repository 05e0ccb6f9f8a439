"""One page from its source to its part of the output."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanpress.batch.state import State, key_of
from cleanpress.config import Config
from cleanpress.decisions.entries import Entry
from cleanpress.decisions.entries import digest as digest_of
from cleanpress.errors import CleanpressError, InputError, UsageError
from cleanpress.formats.decisions import DecisionFiles
from cleanpress.formats.sources import Source, content_of, page_of

if TYPE_CHECKING:
    from cleanpress.adjudicate import Adviser
    from cleanpress.formats.parts import Part
    from cleanpress.model import Result


@dataclass(frozen=True, slots=True)
class Asking:
    """Who answers open questions, and where the answers are kept (``--ask`` and its companions)."""

    url: str
    model: str
    cache: str
    timeout: float

    def adviser(self) -> Adviser:
        """The one who answers. Raises ``UsageError`` for an address that is none."""
        from cleanpress.adjudicate.endpoint import Endpoint
        from cleanpress.adjudicate.memory import Memory

        key = os.environ.get("CLEANPRESS_ASK_KEY") or None
        return Memory(Endpoint(self.url, self.model, key, self.timeout), self.model, Path(self.cache))


class Worker:
    """Cleans one page after the other; what all pages need is loaded when the first one is there."""

    def __init__(
        self, config: Config, settings: dict[str, Any], state: State, asking: Asking | None = None
    ) -> None:
        self.config = config
        self.settings = settings
        self.state = state
        self.decisions = DecisionFiles(config.decisions)
        self.adviser = asking.adviser() if asking is not None else None
        self._ready = False

    def clean(self, source: Source) -> str:
        """Clean a page and keep its part; answers with the key. Raises ``InputError`` for a page that cannot
        be cleaned, ``UsageError`` and ``OSError`` for what concerns all of them."""
        entries = self.decisions.about(source.name, source.file)
        decided = digest_of(entries)
        result, digest = self._result(source, entries)
        try:
            part = part_of(result, source, decided)
        except CleanpressError:
            raise
        except Exception as error:
            raise failure(source.name, error) from error
        key = key_of(self.settings, source.name, digest, decided)
        self.state.keep(key, part)
        return key

    def _result(self, source: Source, entries: Sequence[Entry]) -> tuple[Result, str]:
        from cleanpress import pipeline

        try:
            data = content_of(source, max_bytes=self.config.max_bytes)
            page = page_of(source, data, self.config.encoding)
        except CleanpressError:
            raise
        except Exception as error:
            raise failure(source.name, error) from error
        if not self._ready:
            require_stages(self.config)
            self._ready = True
        try:
            result = pipeline.clean_page(page, self.config, self.adviser, entries)
        except CleanpressError:
            raise
        except Exception as error:
            raise failure(source.name, error) from error
        return result, hashlib.sha256(data).hexdigest()


def part_of(result: Result, source: Source, decided: str) -> Part:
    """As ``parts.part_of``, imported when the first page is there."""
    from cleanpress.formats import parts

    return parts.part_of(result, source, decided)


def require_stages(config: Config) -> None:
    """Load what every page needs before the first one: a fault of the installation, a file that is no
    language model or a rule that does not exist is one ``UsageError``, not a failure of each page."""
    from cleanpress.language.encoder import FragmentEncoder
    from cleanpress.language.ngram import LanguageModel
    from cleanpress.stages.normalise import normalise
    from cleanpress.stages.reassemble.score import Scorer
    from cleanpress.stages.restore.scan import Tables
    from cleanpress.stages.restore.trees import Judges

    try:
        Tables.load()
        Judges.load()
        normalise("", script=config.script, rules_off=frozenset(config.rules_off))
        LanguageModel.load(Path(config.model) if config.model is not None else None)
        FragmentEncoder.load()
        Scorer.load()
    except CleanpressError:
        raise
    except Exception as error:
        raise UsageError(
            f"the data files of cleanpress are damaged or missing ({described(error)}); install it again"
        ) from error


def failure(name: str, error: Exception) -> InputError:
    """A page must never stop the others, not even by an error of ours or for want of memory."""
    return InputError(f"{name}: cleanpress failed ({described(error)}); please report it with the page")


def described(error: Exception) -> str:
    """An error that was not foreseen, in one line."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
