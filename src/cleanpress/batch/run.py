"""A batch from its arguments to the finished folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanpress.batch.earlier import Earlier
from cleanpress.batch.pool import Done, Orders, clean_all, reason_of
from cleanpress.batch.settings import MEMORY
from cleanpress.batch.state import State, key_of
from cleanpress.batch.work import Asking, Worker, failure
from cleanpress.config import Config
from cleanpress.decisions.entries import Entry as Decided
from cleanpress.decisions.entries import digest as digest_of
from cleanpress.errors import CleanpressError, OutputError
from cleanpress.formats.decisions import DecisionFiles
from cleanpress.formats.folder import StagedFolder
from cleanpress.formats.overview import Overview
from cleanpress.formats.parts import Entry, Part, failed_record
from cleanpress.formats.read import require_file
from cleanpress.formats.sources import Source, content_of
from cleanpress.formats.summary import Summary
from cleanpress.formats.write import OutputFolder, configuration

if TYPE_CHECKING:
    from cleanpress.corpus.engine import OnRay

OF_THE_FOLDER = frozenset(
    {
        "decisions", "fail_on", "formats", "pictures", "repeats_index", "repeats_index_texts",
        "repeats_scope", "report", "reprints",
    }
)  # fmt: skip
"""Settings that say which files the folder holds, or where decisions are read from (what they say of a page
is known by its digest); not what is made of a page."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be done: ``sources`` in the order of their names, into the folder ``out``."""

    sources: Sequence[Source]
    out: str
    config: Config
    jobs: int = 1
    memory: int = MEMORY
    asking: Asking | None = None
    overwrite: bool = False
    engine: AbstractContextManager[OnRay] | None = None
    """A cluster on which pages are cleaned; ``None`` for ``jobs`` processes of this machine."""


@dataclass(slots=True)
class Plan:
    """What of a batch is done already, by the page's name. A page is in one of the four."""

    earlier: Earlier | None
    reused: set[str] = field(default_factory=set)
    """Pages that stand in the folder that an earlier run wrote."""
    kept: dict[str, str] = field(default_factory=dict)
    """Pages that a run which was killed had finished, each with its key."""
    failed: dict[str, str] = field(default_factory=dict)
    """Pages that cannot be read, each with the reason."""
    todo: list[Source] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a batch: ``entries`` are the pages of the manifest, ``written`` whether the folder was
    (it is not where nothing changed, and not where no page could be cleaned)."""

    entries: Sequence[Entry]
    summary: Summary
    written: bool
    unchanged: bool = False
    moved_aside: Path | None = None
    overview: dict[str, Any] = field(default_factory=dict)
    """What ``summary.json`` says."""

    @property
    def broken(self) -> list[dict[str, Any]]:
        """The gates that did not hold."""
        return [gate for gate in self.overview.get("gates", ()) if gate["failed"]]


class Listener:
    """Hears how a batch goes on; this one has nothing to say."""

    def planned(self, batch: Batch, plan: Plan) -> None:
        """What is to be done is known."""

    def failed(self, name: str, reason: str) -> None:
        """A page could not be cleaned."""

    def done(self, name: str) -> None:
        """A page was cleaned."""

    def assembling(self) -> None:
        """All pages are cleaned; the folder is put together."""

    def unfollowed(self, entry: Decided) -> None:
        """A decision that is about no page in particular was followed on none."""


def page_settings(config: Config) -> dict[str, Any]:
    """The settings that a page's part of the output depends on, as the manifest says them."""
    return {key: value for key, value in configuration(config).items() if key not in OF_THE_FOLDER}


def plan(batch: Batch, state: State, earlier: Earlier | None) -> Plan:
    """Read every page, and see what of it is done."""
    settings = page_settings(batch.config)
    decisions = DecisionFiles(batch.config.decisions)
    found = Plan(earlier)
    for source in batch.sources:
        # A file of decisions that is not as it should be stops the run before anything is done.
        decided = digest_of(decisions.about(source.name, source.file))
        try:
            require_file(source.file)
            data = content_of(source, max_bytes=batch.config.max_bytes)
        except CleanpressError as error:
            found.failed[source.name] = reason_of(source, str(error))
            continue
        digest = hashlib.sha256(data).hexdigest()
        key = key_of(settings, source.name, digest, decided)
        if (
            earlier is not None
            and earlier.has(source.name, digest, settings, decided)
            and _settled(batch, earlier, source)
        ):
            found.reused.add(source.name)
        elif state.has(key):
            found.kept[source.name] = key
        else:
            found.todo.append(source)
    return found


def run(batch: Batch, listener: Listener, *, verbose: bool = False) -> Outcome:
    """Clean what is not done, and put the folder together. Raises ``OutputError`` and ``UsageError``; pages
    that are finished by then are kept beside the folder, for the next run."""
    state = State.beside(batch.out)
    with OutputFolder(batch.out, batch.sources, batch.config, overwrite=batch.overwrite) as folder:
        try:
            earlier = Earlier.load(Path(batch.out)) if folder.replaces_ours else None
            found = plan(batch, state, earlier)
            for name, reason in found.failed.items():
                listener.failed(name, reason)
            listener.planned(batch, found)
            _clean(batch, state, found, listener)
            outcome = _unchanged(batch, found, folder)
            if outcome is None:
                outcome = _assemble(batch, state, found, folder, listener, verbose=verbose)
            if outcome.written or outcome.unchanged:
                # Also what a run left that was killed when its folder was in place.
                state.clear()
            overview = Overview(folder.configuration)
            for entry in outcome.entries:
                overview.note(entry)
            return replace(outcome, overview=overview.figures())
        finally:
            state.clear_if_empty()


def rehearse(batch: Batch) -> Plan:
    """What a run would do; nothing is written, and what another run is doing meanwhile is not looked at.

    Raises ``OutputError`` for a place that a run refuses, ``UsageError`` as a run does.
    """
    place = StagedFolder(batch.out, overwrite=batch.overwrite)
    place.check()
    return plan(batch, State.beside(batch.out), Earlier.load(Path(batch.out)) if place.ours else None)


def _settled(batch: Batch, earlier: Earlier, source: Source) -> bool:
    """Whether nothing is left to be asked about a page; what was left open is asked again."""
    return batch.asking is None or earlier.entries[source.name]["counts"]["questions"] == 0


def _clean(batch: Batch, state: State, found: Plan, listener: Listener) -> None:
    orders = Orders(batch.config, page_settings(batch.config), state, batch.asking, batch.memory)
    if batch.engine is None or not found.todo:
        for done in clean_all(found.todo, orders, batch.jobs):
            _take(done, found, listener)
        return
    from cleanpress.batch.cluster import clean_on

    with batch.engine as cluster:
        for done in clean_on(cluster, found.todo, orders):
            _take(done, found, listener)


def _take(done: Done, found: Plan, listener: Listener) -> None:
    if done.key is None:
        found.failed[done.source.name] = done.reason or "cannot be cleaned"
        listener.failed(done.source.name, found.failed[done.source.name])
    else:
        found.kept[done.source.name] = done.key
        listener.done(done.source.name)


def _unchanged(batch: Batch, found: Plan, folder: OutputFolder) -> Outcome | None:
    """The outcome where the folder that stands there is what this run would write."""
    if found.earlier is None or found.kept or found.earlier.manifest["configuration"] != folder.configuration:
        return None
    summary = Summary(batch.out)
    entries: list[Entry] = []
    for source in batch.sources:
        if source.name in found.reused:
            entries.append({**found.earlier.entries[source.name], **source.record()})
            summary.note(entries[-1])
        else:
            entries.append(failed_record(source, found.failed[source.name]))
            summary.fail(source.name, found.failed[source.name])
    if entries != found.earlier.manifest["inputs"] or not summary.pages:
        return None
    return Outcome(entries, summary, written=False, unchanged=True)


def _assemble(
    batch: Batch, state: State, found: Plan, folder: OutputFolder, listener: Listener, *, verbose: bool
) -> Outcome:
    listener.assembling()
    summary = Summary(batch.out, verbose=verbose)
    decisions, followed = DecisionFiles(batch.config.decisions), set[str]()
    for source in batch.sources:
        if source.name not in found.failed:
            try:
                part = _part(batch, state, found, source)
                folder.put(part)
                summary.note(part.entry, part.looks)
                decisions.about(source.name, source.file)
                followed.update(part.decided())
                continue
            except (OutputError, OSError):
                raise
            except Exception as error:
                known = error if isinstance(error, CleanpressError) else failure(source.name, error)
                found.failed[source.name] = reason_of(source, str(known))
                listener.failed(source.name, found.failed[source.name])
        folder.fail(source.name, found.failed[source.name])
        summary.fail(source.name, found.failed[source.name])
    if not summary.pages:
        return Outcome(folder.inputs, summary, written=False)
    folder.commit()
    for entry in decisions.general():
        if entry.key not in followed:
            listener.unfollowed(entry)
    return Outcome(folder.inputs, summary, written=True, moved_aside=folder.moved_aside)


def _part(batch: Batch, state: State, found: Plan, source: Source) -> Part:
    """A page's part, from where it is kept; cleaned once more where what is kept has been damaged."""
    if source.name in found.reused:
        assert found.earlier is not None
        part = found.earlier.part(source.name)
    else:
        key = found.kept[source.name]
        try:
            part = state.load(key)
        except (ValueError, FileNotFoundError):
            state.forget(key)
            worker = Worker(batch.config, page_settings(batch.config), state, batch.asking)
            part = state.load(worker.clean(source))
    # The place in the tree depends on how the page was named, and that is no reason to clean it again.
    known = {key: value for key, value in part.entry.items() if key not in {"path", "file", "line", "under"}}
    return Part({**source.record(), **known}, part.lines, part.looks)
