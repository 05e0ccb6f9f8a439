from __future__ import annotations

import os
from pathlib import Path

import pytest

from cleanpress.errors import InputError, UsageError
from cleanpress.formats.read import read_bytes, require_file


def test_the_bytes_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(b"\x00\xff\r\n")
    require_file(path)
    assert read_bytes(path) == b"\x00\xff\r\n"
    assert read_bytes(str(path), max_bytes=4) == b"\x00\xff\r\n"


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(b"12345")
    with pytest.raises(InputError, match=r"holds 5 bytes, more than a page may \(4\)"):
        read_bytes(path, max_bytes=4)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "page.txt").touch()
    with pytest.raises(InputError, match="is empty"):
        read_bytes(tmp_path / "page.txt")


def test_a_file_that_has_gone(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_bytes(tmp_path / "page.txt")
    with pytest.raises(UsageError, match="there is no such file"):
        require_file(tmp_path / "page.txt")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is a folder; name the files in it"):
        require_file(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        read_bytes(tmp_path)


def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is not a regular file"):
        require_file(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["x" * 5000, "nul\0byte", "loop"])
def test_a_name_that_names_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError):
        require_file(tmp_path / name)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(b"text")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # The tests may run as root, whom no file mode stops.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="you may not read it"):
        read_bytes(path)


def test_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(InputError, match="cannot be read: Input/output error"):
        read_bytes(tmp_path / "page.txt")
