from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from cleanpress.config import Config
from cleanpress.errors import OutputError
from cleanpress.formats import manifest as manifests
from cleanpress.formats import records
from cleanpress.formats.write import OutputFolder
from cleanpress.ledger import LedgerError
from cleanpress.model import Article, Block, Edit, Page, Result, Role, Span

HOSTILE = "../../etc/passwd <img onerror=alert(1)>"


def result_of(source: str, *lines: str) -> Result:
    """A page with a headline and a paragraph for each further line."""
    text = "\n".join(lines)
    blocks, edits, position = [], [], 0
    for number, line in enumerate(lines):
        role = Role.PARAGRAPH if number else Role.HEADLINE
        blocks.append(Block(role, line, (Span(position, position + len(line)),)))
        position += len(line) + 1
        if position <= len(text):
            edits.append(Edit(Span(position - 1, position), "\n", "", "block-break"))
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Result(Page(text, source, "utf-8", digest), (Article(tuple(blocks)),), (), (), tuple(edits))


def write(out: Path, results: Sequence[Result]) -> manifests.Manifest:
    with OutputFolder(out, [result.page.source for result in results], Config()) as folder:
        for result in results:
            folder.add(result)
        return folder.commit()


def tree(folder: Path) -> dict[str, bytes]:
    return {path: file.read_bytes() for path, file in manifests.files(folder).items()}


def test_every_file_is_there_and_in_the_manifest(tmp_path: Path) -> None:
    manifest = write(tmp_path / "clean", [result_of("页一.txt", "梨黄了", "园子里的梨黄了。")])
    found = tree(tmp_path / "clean")
    assert list(found) == [
        "articles.jsonl",
        "articles/页一/01-梨黄了.md",
        "decisions.jsonl",
        "edits.jsonl",
        "leftovers.jsonl",
        "links.jsonl",
        "manifest.json",
        "questions.jsonl",
        "repeats.jsonl",
        "summary.json",
        "suspects.jsonl",
    ]
    assert json.loads(found["manifest.json"]) == manifest
    assert [output["path"] for output in manifest["outputs"]] == [
        path for path in found if path != "manifest.json"
    ]
    for output in manifest["outputs"]:
        assert output["sha256"] == sha256(found[output["path"]]).hexdigest()
        assert output["bytes"] == len(found[output["path"]])
    assert list(manifest) == [
        "generator",
        "format",
        "version",
        "configuration",
        "inputs",
        "outputs",
        "totals",
        "warnings",
    ]
    assert all(content.endswith(b"\n") and b"\r" not in content for content in found.values() if content)


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    results = [result_of("a/page.txt", "梨黄了", "一"), result_of("b/page.txt", "船来了", "二")]
    write(tmp_path / "one", results)
    write(tmp_path / "two", results)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_no_file_says_where_or_when_it_was_written(tmp_path: Path) -> None:
    write(tmp_path / "clean", [result_of("page.txt", "梨黄了")])
    for content in tree(tmp_path / "clean").values():
        assert str(tmp_path).encode() not in content


def test_pages_of_one_name_do_not_meet(tmp_path: Path) -> None:
    write(tmp_path / "clean", [result_of("a/page.txt", "梨"), result_of("b/page.txt", "梨")])
    found = tree(tmp_path / "clean")
    assert {"articles/page/01-梨.md", "articles/page-2/01-梨.md"} <= set(found)
    first, second = map(json.loads, found["articles.jsonl"].splitlines())
    assert (first["page"], second["page"]) == ("a/page.txt", "b/page.txt")
    assert first["id"] != second["id"]


def test_hostile_names_stay_in_the_folder(tmp_path: Path) -> None:
    write(
        tmp_path / "clean",
        [result_of("../" * 9 + "..", HOSTILE, "一"), result_of("con", "\u202e" + "长" * 300)],
    )
    found = tree(tmp_path / "clean")
    markdown = sorted(path for path in found if path.endswith(".md"))
    assert markdown == [
        "articles/_con/01-" + "长" * 37 + ".md",
        "articles/untitled/01-etc_passwd_img_onerror=alert(1).md",
    ]
    assert found[markdown[1]].decode() == "# ../../etc/passwd \\<img onerror=alert(1)\\>\n\n一\n"
    assert [path.name for path in tmp_path.iterdir()] == ["clean"]


def test_a_page_without_articles_and_one_that_failed(tmp_path: Path) -> None:
    blank = Result(
        Page(" ", "blank.txt", "utf-8", ""), (), (), (), (Edit(Span(0, 1), " ", "", "block-break"),)
    )
    with OutputFolder(tmp_path / "clean", ["bad.txt", "blank.txt"], Config()) as folder:
        folder.fail("bad.txt", "is empty")
        folder.add(replace(blank, warnings=("the page holds no article",)))
        manifest = folder.commit()
    assert manifest["inputs"][0] == {"path": "bad.txt", "error": "is empty"}
    assert manifest["totals"]["pages"] == manifest["totals"]["failed"] == 1
    assert manifest["totals"]["articles"] == 0
    assert manifest["warnings"] == ["blank.txt: the page holds no article"]


def test_a_broken_ledger_is_never_written(tmp_path: Path) -> None:
    good, bad = result_of("good.txt", "梨黄了"), result_of("bad.txt", "船来了")
    bad = replace(bad, page=replace(bad.page, text=bad.page.text + "也"))
    with OutputFolder(tmp_path / "clean", ["bad.txt", "good.txt"], Config()) as folder:
        with pytest.raises(LedgerError, match=r"^bad.txt: the ledger is broken.*please report it"):
            folder.add(bad)
        folder.fail("bad.txt", "the ledger is broken")
        folder.add(good)
        folder.commit()
    assert b"bad.txt" not in tree(tmp_path / "clean")["articles.jsonl"]


def test_text_that_utf8_cannot_hold(tmp_path: Path) -> None:
    """A file name with a byte that is no UTF-8 comes as a lone surrogate; text may hold one, too."""
    source = b"\xff.txt".decode("utf-8", "surrogateescape")
    write(tmp_path / "clean", [result_of(source, "梨\ud800黄")])
    record = json.loads(tree(tmp_path / "clean")["articles.jsonl"])
    assert (record["page"], record["text"]) == (source, "梨\ud800黄")


@pytest.mark.parametrize("moment", ["write", "close"])
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    class FullDisk:
        def __init__(self, stream: object) -> None:
            self.stream = stream

        def write(self, _: bytes) -> None:
            if moment == "write":
                raise OSError(28, "No space left on device")

        def __enter__(self) -> FullDisk:
            return self

        def __exit__(self, *_: object) -> None:
            self.stream.close()  # type: ignore[attr-defined]
            if moment == "close":
                raise OSError(28, "No space left on device")

    new = OutputFolder._new
    monkeypatch.setattr(OutputFolder, "_new", lambda self, path: FullDisk(new(self, path)))
    with pytest.raises(OutputError, match="no space is left on the device; nothing was changed"):
        write(tmp_path / "clean", [result_of("page.txt", "梨黄了")])
    assert list(tmp_path.iterdir()) == []


def test_the_files_of_a_run_are_those_the_records_name() -> None:
    assert list(records.FILES) == [
        "articles",
        "repeats",
        "edits",
        "leftovers",
        "questions",
        "decisions",
        "suspects",
    ]
