"""The input of a finished folder, read once more: the page as it was when it was cleaned."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from cleanpress.config import MAX_BYTES
from cleanpress.errors import CleanpressError, InputError, UsageError
from cleanpress.formats.read import require_file
from cleanpress.formats.readers import page_as
from cleanpress.formats.sources import Source, content_of
from cleanpress.model import Page


def page_again(entry: Mapping[str, Any], root: Path, manifest: Mapping[str, Any]) -> Page:
    """The page of an entry of the manifest's ``inputs``, its path looked for in ``root``, which the user can
    name.

    Raises ``InputError``, without the path before it, where it is not there, is another file than the one
    that was cleaned, or does not decode as it did.
    """
    return page_as_it_was(entry, max_bytes=max_bytes_of(manifest), root=root)


def page_as_it_was(entry: Mapping[str, Any], *, max_bytes: int, root: Path | None = None) -> Page:
    """As ``page_again``, where the size limit is known; without ``root``, looked for in the current folder
    and nowhere else."""
    source, encoding = entry["path"], entry["encoding"]
    page = Source.from_record(entry)
    path = (root or Path()) / page.file
    try:
        require_file(path)
        data = content_of(page, max_bytes=max_bytes, root=root)
    except (InputError, UsageError) as error:
        reason = str(error).removeprefix(f"{path}: ").removeprefix(f"{source}: ")
        other = "; --input-root names another folder" if root is not None else ""
        hint = "" if path.exists() else f" (looked from {root or 'here'}{other})"
        raise InputError(f"the input: {reason}{hint}") from None
    digest = sha256(data).hexdigest()
    if digest != entry.get("sha256"):
        raise InputError("the input is not the one that was cleaned (its SHA-256 differs)")
    try:
        return page_as(data, encoding, source, page.image)
    except (CleanpressError, ValueError, LookupError) as error:
        raise InputError(f"the input cannot be decoded as {encoding!r}: {error}") from None


def max_bytes_of(manifest: Mapping[str, Any]) -> int:
    """The size limit of the run: whatever it was, no page was larger."""
    configuration = manifest.get("configuration")
    limit = configuration.get("max_bytes") if isinstance(configuration, dict) else None
    return limit if type(limit) is int and limit > 0 else MAX_BYTES
