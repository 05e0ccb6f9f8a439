"""Finished pages of a run that is not finished: a file each, in a hidden folder beside the output.

A file is written beside its place and renamed, and called by everything that its content depends on: the
version, the settings, the page's name, its bytes and what people decided about it. So what is there under
the right name is right. It is not brought to the disk each time: where a power cut leaves less of a file than
was written, its digest tells, and the page is cleaned again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import cleanpress
from cleanpress.formats.parts import Part


class State:
    """The folder ``.OUT.cleanpress-state``; made when the first page is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, out: str) -> State:
        """The state of runs to ``out``."""
        place = Path(os.path.realpath(out))
        return cls(place.with_name(f".{place.name}.cleanpress-state"))

    def file(self, key: str) -> Path:
        """Where the part of that key stands, if it is finished."""
        return self.path / f"{key}.part"

    def has(self, key: str) -> bool:
        """Whether the page of that key is finished."""
        return self.file(key).is_file()

    def keep(self, key: str, part: Part) -> None:
        """Keep a finished page. Raises ``OSError`` where it cannot be written; nothing is there then."""
        self.path.mkdir(exist_ok=True)
        # Of two nodes of a cluster two processes may have one number.
        unfinished = self.path / f".{key}.{uuid.uuid4().hex}"
        try:
            unfinished.write_bytes(part.dump())
            os.replace(unfinished, self.file(key))
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise

    def load(self, key: str) -> Part:
        """A finished page. Raises ``ValueError`` where its file is damaged, ``OSError`` where it has gone."""
        return Part.load(self.file(key).read_bytes())

    def forget(self, key: str) -> None:
        """Take a page away that turned out to be damaged."""
        with suppress(OSError):
            self.file(key).unlink()

    def clear(self) -> None:
        """Take the folder away: its pages are in the output now."""
        shutil.rmtree(self.path, ignore_errors=True)

    def clear_if_empty(self) -> None:
        """Take the folder away where no page was finished."""
        with suppress(OSError):
            self.path.rmdir()

    def __len__(self) -> int:
        with suppress(OSError):
            return sum(1 for name in os.listdir(self.path) if name.endswith(".part"))
        return 0


def key_of(settings: dict[str, Any], name: str, sha256: str, decided: str) -> str:
    """The name under which a page is kept: everything that its part of the output depends on; ``decided`` is
    the digest of what people decided about it."""
    what = [cleanpress.__version__, settings, name, sha256, decided]
    content = json.dumps(what, sort_keys=True).encode()
    return hashlib.blake2b(content, digest_size=20).hexdigest()
