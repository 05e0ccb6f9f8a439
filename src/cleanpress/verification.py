"""The proof of a finished folder, from its files and the input alone.

Nothing is believed because it is written down: the input is read and decoded again, the record is read
back into the values it was written from, the law of the ledger is checked on those, and then every file
is derived from them once more and compared with what lies there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import cleanpress
from cleanpress.decisions.bind import SOURCE as HUMAN
from cleanpress.decisions.entries import digest as digest_of
from cleanpress.errors import InputError, UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.formats import records
from cleanpress.formats.again import page_again
from cleanpress.formats.decisions import DecisionFiles
from cleanpress.formats.names import page_folders
from cleanpress.formats.outputs import Opened, Output, Piece, outputs_of, report_for
from cleanpress.formats.parts import Part, failed_record, input_record
from cleanpress.formats.places import Places
from cleanpress.formats.record_lines import RecordLine, RecordReader
from cleanpress.formats.sources import Source
from cleanpress.ledger import Problem, check, quote
from cleanpress.model import Page, Result
from cleanpress.rulebook import STAGES, rules_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: in which file and line of the folder, and where on which page."""

    file: str
    message: str
    line: int | None = None
    page: str | None = None
    place: tuple[int, int] | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        if self.page and self.place:
            return f"{where}: {self.page}:{self.place[0]}:{self.place[1]}: {self.message}"
        return f"{where}: {self.page}: {self.message}" if self.page else f"{where}: {self.message}"


@dataclass(slots=True)
class Report:
    """Everything that is wrong with a folder (nothing, if it is good), and what it holds."""

    findings: list[Finding] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)


def verify(
    out: Path,
    *,
    input_root: Path | None = None,
    report_to: Callable[[str, bytes], None] | None = None,
    pictures: bool | None = None,
) -> Report:
    """Prove a folder that ``cleanpress run`` or ``cleanpress dedup`` wrote.

    Inputs are looked for at the path they were given by, from the current folder or ``input_root``. With
    ``report_to`` the files of the report are made on the way, each with its path in the folder, and with the
    scans if ``pictures`` says so (``None``: if the folder's settings do).
    Raises ``UsageError`` where ``out`` is no folder or has a layout that this version does not know.
    """
    if not out.is_dir():
        raise UsageError(f"{out}: there is no such folder")
    manifest = manifests.load(out)
    if manifest is None:
        wrong = "is not a manifest of cleanpress" if (out / manifests.NAME).exists() else "is missing"
        return Report([Finding(manifests.NAME, f"{wrong}; without it nothing can be proved")])
    if manifest.get("format") != manifests.FORMAT:
        raise UsageError(
            f"{out}: is a folder of format {manifest.get('format')!r}; this version of cleanpress "
            f"proves format {manifests.FORMAT}"
        )
    try:
        if is_corpus(manifest):
            from cleanpress.corpus.write import problems

            found = [Finding(file, what) for file, what in problems(out, manifest, input_root or Path())]
            return Report(found, dict(manifest["totals"]))
        return _Verification(out, manifest, input_root or Path(), report_to, pictures).run()
    except OSError as error:
        raise UsageError(
            f"{out}: cannot be read: {error.filename or ''}: {error.strerror or error}"
        ) from error


def is_corpus(manifest: manifests.Manifest) -> bool:
    """Whether a manifest is that of a folder that ``cleanpress dedup`` wrote."""
    configuration = manifest.get("configuration")
    return isinstance(configuration, dict) and configuration.get("command") == "dedup"


class _Verification:
    def __init__(
        self,
        out: Path,
        manifest: manifests.Manifest,
        root: Path,
        report_to: Callable[[str, bytes], None] | None = None,
        pictures: bool | None = None,
    ) -> None:
        self.out = out
        self.manifest = manifest
        self.root = root
        self.report_to = report_to
        self.pictures = pictures
        self.findings: list[Finding] = []
        self.derived: set[str] = {f"{name}.jsonl" for name in records.FILES}
        self.complete = True
        self._decision_files: DecisionFiles | None = None
        self._streams: dict[str, tuple[Any, str]] = {}

    def run(self) -> Report:
        for path, wrong in manifests.differences(self.out, self.manifest):
            self._found(path, wrong)
        inputs = self._inputs()
        if inputs is None:
            return Report(self.findings)
        with ExitStack() as stack:
            readers = {
                name: stack.enter_context(closing(RecordReader(self.out, name))) for name in records.FILES
            }
            derived = self._pages(inputs, readers)
        self._manifest(inputs, derived)
        return Report(self.findings, manifests.totals(derived) if self.complete else {})

    def _pages(self, inputs: list[dict[str, Any]], readers: dict[str, RecordReader]) -> list[dict[str, Any]]:
        """Every page, one after the other; what the manifest should say of each."""
        folders = page_folders(Source.from_record(entry) for entry in inputs)
        due = {entry["path"] for entry in inputs if "error" not in entry}
        derived: list[dict[str, Any]] = []
        sources = [Source.from_record(entry) for entry in inputs]
        outputs = self._outputs(sources)
        report = self._report(sources, outputs) if self.report_to is not None else None
        for output in outputs:
            self._compare_all(output, output.begin())
        for entry, source in zip(inputs, sources, strict=True):
            if "error" in entry:
                derived.append(failed_record(source, entry["error"]))
                for output in outputs:
                    self._compare_all(output, output.failed(derived[-1]))
                self._hand_out(report, report.failed(derived[-1]) if report else ())
                continue
            due.discard(entry["path"])
            opened, again = self._page(entry, readers, due, folders[entry["path"]])
            self.complete = self.complete and opened is not None
            derived.append(again)
            # What is made of all pages cannot be compared where one of them is not known.
            if opened is not None:
                for output in outputs:
                    self._compare_all(output, output.page(opened))
                self._hand_out(report, report.page(opened) if report else ())
        if self.complete:
            for output in outputs:
                self._compare_all(output, output.finish())
            self._compare_streams()
            for output in outputs:
                for path, wrong in output.problems_of(self.out):
                    self.derived.add(path)
                    if wrong:
                        self._found(path, wrong)
            self._hand_out(report, report.finish() if report else ())
        if not derived or all("error" in entry for entry in derived):
            self._found(manifests.NAME, "no page was cleaned")
        return derived

    def _found(self, file: str, message: str, line: int | None = None, page: str | None = None) -> None:
        self.findings.append(Finding(file, message, line, page))

    def _inputs(self) -> list[dict[str, Any]] | None:
        """The manifest's inputs, if they can be worked with."""
        inputs = self.manifest.get("inputs")
        good = isinstance(inputs, list) and all(
            isinstance(entry, dict)
            and _is_source(entry)
            and (
                isinstance(entry["error"], str)
                if "error" in entry
                else isinstance(entry.get("encoding"), str)
                and isinstance(entry.get("warnings"), list)
                and all(isinstance(warning, str) for warning in entry["warnings"])
                and isinstance(entry.get("counts"), dict)
                and all(type(count) is int for count in entry["counts"].values())
            )
            for entry in inputs
        )
        if not good:
            self._found(manifests.NAME, "the list of inputs is damaged; nothing more can be proved")
            return None
        assert isinstance(inputs, list)
        sources = [entry["path"] for entry in inputs]
        if sources != sorted(set(sources)):
            self._found(manifests.NAME, "the inputs are not sorted, or one is listed twice")
            return None
        return inputs

    def _page(
        self, entry: dict[str, Any], readers: dict[str, RecordReader], due: set[str], folder: str
    ) -> tuple[Opened | None, dict[str, Any]]:
        """Everything about one page: its record as it should be, if it could be read back and obeys the law,
        and what the manifest should say of it."""
        source: str = entry["path"]
        page = self._read(entry)
        taken: dict[str, list[RecordLine]] = {}
        damaged = page is None
        for name, reader in readers.items():
            taken[name], wrongs = reader.take(source, due)
            for number, wrong in wrongs:
                self._found(reader.file, wrong, number)
                damaged = True
        if damaged or page is None:
            return None, entry
        values = {name: tuple(line.value for line in lines) for name, lines in taken.items()}
        result = Result(page=page, warnings=tuple(entry["warnings"]), **values)
        places = Places(page.text)
        problems = check(result)
        if not problems and self.manifest.get("version") == cleanpress.__version__:
            # Another version may have other rules.
            problems = unknown_rules(result)
        for problem in problems:
            lines = taken.get(problem.record, [])
            file = f"{problem.record}.jsonl" if problem.record in taken else "ledger"
            at = lines[problem.index].number if lines and problem.index is not None else None
            place = places.of(problem.span.start) if problem.span is not None else None
            self.findings.append(Finding(file, problem.message, at, source, place))
        if problems:
            return None, entry
        lines_again = self._derive(result, places, taken)
        sizes = {name: len(content) for name, content in lines_again.items()}
        decided = self._decided(entry, taken["decisions"])
        again = input_record(result, Source.from_record(entry), sizes, decided)
        return Opened(Part(again, lines_again), folder, lambda: page), again

    def _decided(self, entry: dict[str, Any], lines: list[RecordLine]) -> str:
        """The digest of what people decided about a page, which must be what was followed."""
        source, recorded = Source.from_record(entry), str(entry.get("decided", ""))
        try:
            entries = self._decisions().about(source.name, source.file)
        except UsageError as error:
            self._found(manifests.NAME, f"decisions: {error}", None, source.name)
            return recorded
        keys = {decision.key for decision in entries}
        if digest_of(entries) != recorded:
            wrong = "what people decided about the page is not what was followed; run again"
            self._found(manifests.NAME, wrong, None, source.name)
            return recorded
        for line in lines:
            if line.value.source == HUMAN and line.value.key not in keys:
                self._found("decisions.jsonl", "nobody decided that", line.number, source.name)
        return recorded

    def _decisions(self) -> DecisionFiles:
        if self._decision_files is None:
            configuration = self.manifest.get("configuration")
            given = configuration.get("decisions") if isinstance(configuration, dict) else None
            self._decision_files = DecisionFiles(given if isinstance(given, str) else None, self.root)
        return self._decision_files

    def _read(self, entry: dict[str, Any]) -> Page | None:
        """The page, read and decoded again."""
        try:
            return page_again(entry, self.root, self.manifest)
        except InputError as error:
            self._found(manifests.NAME, str(error), None, entry["path"])
        return None

    def _derive(
        self,
        result: Result,
        places: Places,
        taken: dict[str, list[RecordLine]],
    ) -> dict[str, bytes]:
        """Write the page's lines once more, in memory, and compare them with those that lie there."""
        source = result.page.source
        lines: dict[str, bytes] = {}
        for name, of_result in records.FILES.items():
            made: list[bytes] = []
            for expected, line in zip(of_result(result, places), taken[name], strict=True):
                made.append(records.line(expected))
                if made[-1] != line.content:
                    wrong = _difference(expected, line.record) or "is not written as cleanpress writes it"
                    self._found(f"{name}.jsonl", wrong, line.number, source)
            lines[name] = b"".join(made)
        return lines

    def _outputs(self, sources: Sequence[Source]) -> list[Output]:
        """What the folder should hold beside the record."""
        configuration = self.manifest.get("configuration")
        try:
            return outputs_of(configuration if isinstance(configuration, dict) else {}, sources, self.out)
        except (TypeError, UsageError) as error:
            self._found(manifests.NAME, f"the configuration asks for what cannot be made: {error}")
            return []

    def _report(self, sources: Sequence[Source], outputs: Sequence[Output]) -> Output:
        configuration = self.manifest.get("configuration")
        settings = dict(configuration) if isinstance(configuration, dict) else {}
        if self.pictures is not None:
            settings["pictures"] = self.pictures
        return report_for(settings, sources, self.root, outputs)

    def _compare_all(self, output: Output, pieces: Iterable[Piece]) -> None:
        """The pieces of an output, made once more, with the files that are there."""
        known = not output.of_version or self.manifest.get("version") == cleanpress.__version__
        for path, content, more in pieces:
            self.derived.add(path)
            if not known or (output.of_version and self.report_to is not None):
                # Another version shows the same records in another way: then the hash is all the proof.
                continue
            if more:
                self._streams.setdefault(path, (sha256(), output.wrong))[0].update(content)
                continue
            place = self.out / path
            if place.is_file() and not place.is_symlink() and place.read_bytes() != content:
                self._found(path, output.wrong)

    def _compare_streams(self) -> None:
        for path, (digest, wrong) in self._streams.items():
            place = self.out / path
            if place.is_file() and not place.is_symlink():
                found, _ = manifests.digest_of(place)
                if found != digest.hexdigest():
                    self._found(path, wrong)

    def _hand_out(self, report: Output | None, pieces: Iterable[Piece]) -> None:
        """The files of a report that was asked for beside the proof."""
        if report is not None and self.report_to is not None:
            for path, content, _ in pieces:
                self.report_to(path, content)

    def _manifest(self, inputs: list[dict[str, Any]], derived: list[dict[str, Any]]) -> None:
        """The manifest, built again."""
        for entry, again in zip(inputs, derived, strict=True):
            if wrong := _difference(again, entry):
                self._found(manifests.NAME, wrong, None, entry["path"])
        if not self.complete:
            return
        outputs = self.manifest["outputs"]
        listed = {str(output.get("path")) for output in outputs if isinstance(output, dict)}
        for path in sorted(self.derived - listed):
            self._found(manifests.NAME, f"{path} is not listed")
        for path in sorted(listed - self.derived):
            self._found(manifests.NAME, f"{path} is listed but does not come from any page")
        again = manifests.build(
            self.manifest.get("configuration"), derived, outputs, version=self.manifest.get("version")
        )
        if wrong := _difference(again, self.manifest):
            self._found(manifests.NAME, wrong)
        elif not self.findings and manifests.dump(again) != (self.out / manifests.NAME).read_bytes():
            self._found(manifests.NAME, "is not written as cleanpress writes it")


def unknown_rules(result: Result) -> list[Problem]:
    """The edits that name a rule which this version does not have."""
    known = {rule.name for stage in STAGES for rule in rules_of(stage)}
    return [
        Problem("edits", f"there is no rule {quote(rule)}", index, edit.span)
        for index, edit in enumerate(result.edits)
        for rule in sorted(set(edit.rule.split("+")) - known)
    ]


def _is_source(entry: dict[str, Any]) -> bool:
    try:
        Source.from_record(entry)
    except ValueError:
        return False
    return True


def _difference(expected: dict[str, Any], found: dict[str, Any]) -> str | None:
    """What is wrong with a record, by the first key that differs."""
    for key, value in expected.items():
        if key not in found:
            return f"{key!r} is missing"
        if found[key] != value:
            return (
                f"{key!r} is {quote(str(found[key]))}, but the page and the record give {quote(str(value))}"
            )
    for key in found:
        if key not in expected:
            return f"{key!r} does not belong there"
    return None
