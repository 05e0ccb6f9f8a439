"""A folder that appears whole or not at all.

It is filled beside its place, in a hidden folder on the same file system, and then moved there. What
stood there before is moved aside first and deleted last, so that at every moment one of the two is
whole. A run that is killed leaves hidden folders behind; the next run to the same place takes them away.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from cleanpress.errors import OutputError
from cleanpress.formats import manifest as manifests

if sys.platform != "win32":
    import fcntl

_REASONS = {
    errno.ENOSPC: "no space is left on the device",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "a file stands where a folder is meant",
    errno.EEXIST: "a file stands where a folder is meant",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EBUSY: "it is in use",
}

SYNCS = 16
"""Files that are brought to the disk at a time."""


class StagedFolder:
    """Use as a context: fill ``path``, then ``commit``; leaving without it takes everything away.

    ``out`` is replaced when it is empty or when cleanpress wrote it and nobody touched it since. Anything
    else raises ``OutputError``, unless ``overwrite`` is given: then it is moved aside as a whole, to
    ``<out>.before-1`` (or the next free number, see ``moved_aside``), and never deleted. A file, a mount
    point and a place inside a folder that cleanpress wrote raise it always.
    """

    def __init__(self, out: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        self.out = os.fspath(out)
        self.overwrite = overwrite
        self.moved_aside: Path | None = None
        self.ours = False
        """Whether a folder stands there that cleanpress wrote and nobody touched since."""
        self._place = Path(os.path.realpath(self.out))
        self.path = self._place.with_name(f".{self._place.name}.cleanpress-new")
        self._old = self._place.with_name(f".{self._place.name}.cleanpress-old")
        self._lock: int | None = None
        self._made: list[Path] = []

    def __enter__(self) -> StagedFolder:
        try:
            self._put_back()
            self._check_place()
            self._make_parents()
            self._take()
        except OSError as error:
            self._leave()
            raise self.explain(error) from error
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()
        if isinstance(error, OSError):
            raise self.explain(error) from error

    def check(self) -> None:
        """Raise ``OutputError`` for a place that entering refuses; nothing is changed."""
        try:
            self._check_place()
            above = (parent for parent in self._place.parents if parent.exists())
            parent = next(above, Path(self._place.anchor))
            if not parent.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            if not os.access(parent, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise self.explain(error) from error

    def explain(self, error: OSError) -> OutputError:
        """The one line that the user sees for an error of the file system."""
        reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
        return OutputError(f"{self.out}: cannot be written: {reason}; nothing was changed")

    def commit(self) -> None:
        """Move the filled folder to its place. Raises ``OSError`` with everything as it was before."""
        _sync_tree(self.path)
        stood_there = self._place.exists()
        foreign = self._refusal()
        if foreign and not self.overwrite:
            raise OutputError(foreign)
        aside = self._free_name() if foreign else self._old
        if stood_there:
            os.rename(self._place, aside)
        try:
            os.rename(self.path, self._place)
        except BaseException:
            if stood_there:
                os.rename(aside, self._place)
            raise
        self._made.clear()
        _sync(self._place.parent)
        if foreign:
            self.moved_aside = Path(self.out).with_name(aside.name)
        elif stood_there:
            shutil.rmtree(self._old, ignore_errors=True)

    def _put_back(self) -> None:
        """Undo the first of the two moves of ``commit`` where a run was killed between them."""
        if not self._place.exists() and self._old.is_dir():
            os.rename(self._old, self._place)

    def _check_place(self) -> None:
        if self._place.is_dir():
            if os.path.ismount(self._place):
                raise OutputError(
                    f"{self.out}: is a mount point, which cannot be replaced; name a folder inside it"
                )
        elif self._place.exists():
            raise OutputError(f"{self.out}: is a file; name a folder")
        for parent in self._place.parents:
            # There these files would be nobody's: its proof would fail, and its next run be refused.
            if manifests.load(parent) is not None:
                raise OutputError(
                    f"{self.out}: is inside {parent}, a folder that cleanpress wrote; name one outside it"
                )
        refusal = self._refusal()
        self.ours = refusal is None and (self._place / manifests.NAME).is_file()
        if refusal and not self.overwrite:
            raise OutputError(refusal)

    def _refusal(self) -> str | None:
        """Why what stands at the place may not be deleted; ``None`` where it may."""
        if not self._place.is_dir() or not manifests.files(self._place):
            return None
        advice = "name another folder, or give --overwrite to have it moved aside"
        manifest = manifests.load(self._place)
        if manifest is None:
            return f"{self.out}: is not empty and was not written by cleanpress; {advice}"
        for path, wrong in manifests.differences(self._place, manifest):
            return f"{self.out}: was touched since cleanpress wrote it: {path} {wrong}; {advice}"
        return None

    def _free_name(self) -> Path:
        number = 1
        while os.path.lexists(aside := self._place.with_name(f"{self._place.name}.before-{number}")):
            number += 1
        return aside

    def _make_parents(self) -> None:
        missing = [parent for parent in self._place.parents if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir()
            self._made.append(parent)

    def _take(self) -> None:
        """Make the hidden folder ours and empty; what a killed run left in it goes."""
        self.path.mkdir(exist_ok=True)
        if sys.platform != "win32":
            lock = os.open(self.path, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                raise OutputError(
                    f"{self.out}: another run is writing there; wait for it to finish"
                ) from None
            if os.fstat(lock).st_ino != self.path.stat().st_ino:
                os.close(lock)
                raise OutputError(f"{self.out}: another run has just written there; run again")
            self._lock = lock
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        if self._place.exists():
            shutil.rmtree(self._old, ignore_errors=True)

    def _leave(self) -> None:
        """Take away what is ours and not in its place; nothing here may hide the error that led here."""
        if self._lock is not None or (sys.platform == "win32" and self.path.exists()):
            # After `commit` the hidden folder is gone, and nobody else's may be taken for it.
            if self._lock is None or _same(self._lock, self.path):
                shutil.rmtree(self.path, ignore_errors=True)
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None
        for parent in reversed(self._made):
            with suppress(OSError):
                parent.rmdir()
        self._made.clear()


def _same(descriptor: int, path: Path) -> bool:
    try:
        return os.fstat(descriptor).st_ino == path.stat().st_ino
    except OSError:
        return False


def _sync_tree(folder: Path) -> None:
    """Have every file and folder on the disk before the move: a power cut must not leave empty files."""
    found = [(Path(root), names) for root, _, names in os.walk(folder)]
    # The file system brings many files to the disk at once: 1,000 took 0.3 s in threads, 8 s one by one.
    with ThreadPoolExecutor(SYNCS) as threads:
        list(threads.map(_sync, (root / name for root, names in found for name in names)))
        list(threads.map(_sync, (root for root, _ in found)))


def _sync(path: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
