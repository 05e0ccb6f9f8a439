"""The output folder: the record of all pages as files, described in docs/output.md."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import cleanpress
from cleanpress.config import Config
from cleanpress.errors import UsageError
from cleanpress.formats import manifest as manifests
from cleanpress.formats import records
from cleanpress.formats.again import page_as_it_was
from cleanpress.formats.folder import StagedFolder
from cleanpress.formats.names import page_folders
from cleanpress.formats.outputs import Opened, Piece, outputs_of
from cleanpress.formats.parts import Part, failed_record, part_of
from cleanpress.formats.read import require_file
from cleanpress.formats.sources import Source
from cleanpress.model import Page, Result


class OutputFolder:
    """Writes one page after the other; memory does not grow with their texts.

    ``sources`` are all pages of the run in the order in which ``add`` or ``fail`` will be called, once
    each. Nothing is seen at ``out`` before ``commit``; leaving the context without it writes nothing.
    Errors of the file system come as ``OutputError``.
    """

    def __init__(
        self,
        out: str | os.PathLike[str],
        sources: Sequence[str | Source],
        config: Config,
        *,
        overwrite: bool = False,
    ) -> None:
        self._staged = StagedFolder(out, overwrite=overwrite)
        self._max_bytes = config.max_bytes
        self.configuration = configuration(config)
        pages = [Source.of(source) if isinstance(source, str) else source for source in sources]
        self._sources = {page.name: page for page in pages}
        self._folders = page_folders(pages)
        self._makers = outputs_of(self.configuration, pages)
        self.inputs: list[dict[str, Any]] = []
        self._files: dict[str, _File] = {}
        self._outputs: list[dict[str, Any]] = []
        self._open = ExitStack()

    def __enter__(self) -> OutputFolder:
        self._staged.__enter__()
        try:
            self._take(Piece(f"{name}.jsonl", b"", more=True) for name in records.FILES)
            for output in self._makers:
                self._take(output.begin())
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._open.close()
        except OSError as late:
            # A full disk can show itself only when the last buffer is written.
            error = error or late
        self._staged.__exit__(type(error) if error else None, error, trace)

    @property
    def moved_aside(self) -> Path | None:
        """Where a foreign folder went that stood at ``out``."""
        return self._staged.moved_aside

    @property
    def replaces_ours(self) -> bool:
        """Whether a folder stands at ``out`` that cleanpress wrote and nobody touched since."""
        return self._staged.ours

    def add(self, result: Result) -> None:
        """Write a page. Raises ``LedgerError`` where its ledger is broken; nothing is written then."""
        self.put(part_of(result, self._sources[result.page.source]), result.page)

    def put(self, part: Part, known: Page | None = None) -> None:
        """Write a page's part; ``known`` is the page itself, which is read again where it is asked for.

        Whatever is raised but ``OSError`` comes before anything is written: a page is never there by half.
        """
        entry = part.entry

        def page() -> Page:
            return known or page_as_it_was(entry, max_bytes=self._max_bytes)

        opened = Opened(part, self._folders[entry["path"]], page)
        pieces = [piece for output in self._makers for piece in output.page(opened)]
        for name, lines in part.lines.items():
            self._files[f"{name}.jsonl"].write(lines)
        self._take(pieces)
        self.inputs.append(entry)

    def fail(self, source: str, reason: str) -> None:
        """Record a page that could not be cleaned."""
        entry = failed_record(self._sources[source], reason)
        for output in self._makers:
            self._take(output.failed(entry))
        self.inputs.append(entry)

    def commit(self) -> manifests.Manifest:
        """Have the folder appear at its place; answers with its manifest."""
        for output in self._makers:
            self._take(output.finish())
        self._open.close()
        self._outputs += [file.record() for file in self._files.values()]
        for output in self._makers:
            for path in output.write_to(self._staged.path):
                digest, size = manifests.digest_of(self._staged.path / path)
                self._outputs.append({"path": path, "sha256": digest, "bytes": size})
        manifest = manifests.build(self.configuration, self.inputs, self._outputs)
        with self._new(manifests.NAME) as stream:
            stream.write(manifests.dump(manifest))
        self._staged.commit()
        return manifest

    def _take(self, pieces: Iterable[Piece]) -> None:
        for path, content, more in pieces:
            if more:
                if path not in self._files:
                    self._files[path] = _File(path, self._open.enter_context(self._new(path)))
                self._files[path].write(content)
                continue
            with self._new(path) as stream:
                file = _File(path, stream)
                file.write(content)
            self._outputs.append(file.record())

    def _new(self, path: str) -> BinaryIO:
        place = self._staged.path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place.open("xb")


def configuration(config: Config) -> dict[str, Any]:
    """What the manifest says of the settings: also which model stood at the path of a user's own.

    The packaged model (``None``) is pinned by the version. Raises ``UsageError`` where it cannot be read.
    """
    digest = None
    if config.model is not None:
        require_file(config.model)
        try:
            digest, _ = manifests.digest_of(Path(config.model))
        except OSError as error:
            raise UsageError(f"{config.model}: cannot be read: {error.strerror or error}") from None
    more: dict[str, Any] = {"code": code(), "model_sha256": digest}
    if config.repeats_index is not None:
        from cleanpress.corpus.index import opened

        # What is added to it later is not looked at when this is proved.
        with opened(Path(config.repeats_index), to_write=False) as index:
            more["repeats_index_texts"] = index.count
    return dict(sorted({**config.as_dict(), **more}.items()))


@cache
def code() -> str:
    """A hash of the program and its data: two states of it can have one version number, and what one of them
    made is not to be taken for what the other would make."""
    root = Path(cleanpress.__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


@dataclass
class _File:
    """A file that is hashed while it is written."""

    path: str
    stream: BinaryIO
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, content: bytes) -> None:
        self.stream.write(content)
        self.digest.update(content)
        self.size += len(content)

    def record(self) -> dict[str, Any]:
        return {"path": self.path, "sha256": self.digest.hexdigest(), "bytes": self.size}
