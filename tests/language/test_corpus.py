"""What a model is trained on, and what is said where it cannot be read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cleanpress.errors import InputError, UsageError
from cleanpress.language.corpus import read_paragraphs
from commandline import Run, assert_one_line


def test_a_missing_corpus_is_wrong_use_as_a_missing_page_is(run: Run) -> None:
    outcome = run("train", "page.txt", "none.txt", "-o", "own.ngram")
    assert outcome.code == 2
    assert_one_line(outcome, "none.txt: there is no such file")


def test_a_file_that_is_not_what_its_name_says(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(b"no gzip")
    with pytest.raises(InputError, match=r"a\.txt\.gz: cannot be read: Not a gzipped file"):
        list(read_paragraphs(tmp_path / "a.txt.gz"))
    (tmp_path / "a.txt").write_bytes("灯亮了".encode("gb18030"))
    with pytest.raises(InputError, match="not utf-8 text; name its encoding"):
        list(read_paragraphs(tmp_path / "a.txt"))
    with pytest.raises(UsageError, match="there is no text encoding 'runes'"):
        list(read_paragraphs(tmp_path / "a.txt", "runes"))


def test_paragraphs_of_lines_and_of_records(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress("灯亮了。\n\n船来了。\n".encode()))
    assert list(read_paragraphs(tmp_path / "a.txt.gz")) == ["灯亮了。", "船来了。"]
    (tmp_path / "a.jsonl").write_text('{"title": "海港", "text": "灯亮了。\\n船来了。"}\n', encoding="utf-8")
    assert list(read_paragraphs(tmp_path / "a.jsonl")) == ["海港", "灯亮了。", "船来了。"]
