"""What a run takes for pages: files, folders, patterns, records."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from cleanpress.batch.find import find
from cleanpress.errors import CleanpressError
from cleanpress.formats.names import page_folders
from cleanpress.formats.sources import Source


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return fill(
        tmp_path / "scans",
        [
            "2026-06-12/01.txt",
            "2026-06-12/02.TXT",
            "2026-06-13/01.txt",
            "notes.doc",
            ".hidden/x.txt",
            ".y.txt",
        ],
    )


def fill(folder: Path, paths: Iterable[str]) -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("页", encoding="utf-8")
    return folder


def names(*arguments: str, out: str = "clean") -> list[str]:
    return [source.name for source in find(arguments, out).sources]


def tree(*arguments: str) -> dict[str, str]:
    return page_folders(find(arguments, "clean").sources)


@pytest.mark.usefixtures("scans")
class TestFolders:
    def test_a_folder_is_searched_and_its_tree_kept(self) -> None:
        assert tree("scans") == {
            "scans/2026-06-12/01.txt": "2026-06-12/01",
            "scans/2026-06-12/02.TXT": "2026-06-12/02",
            "scans/2026-06-13/01.txt": "2026-06-13/01",
        }
        assert find(["scans"], "clean").passed_over == ["scans/notes.doc"]

    def test_what_cleanpress_wrote_is_no_input_and_that_is_said(self) -> None:
        Path("clean").mkdir()
        Path("clean/manifest.json").write_text('{"generator": "cleanpress"}', encoding="utf-8")
        with pytest.raises(CleanpressError, match=r"^clean: is what cleanpress wrote, no input"):
            find(["clean"], "other")

    def test_xml_that_is_no_scan_does_not_stand_for_the_text_beside_it(self) -> None:
        Path("scans/2026-06-12/01.xml").write_text("<mets><title>港湾日报</title></mets>", encoding="utf-8")
        found = find(["scans"], "clean")
        assert "scans/2026-06-12/01.txt" in [source.name for source in found.sources]
        assert "scans/2026-06-12/01.xml" in found.passed_over
        assert found.read_otherwise == []

    def test_coordinates_stand_for_the_text_beside_them_and_that_is_said(self) -> None:
        alto = '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout/></alto>'
        Path("scans/2026-06-12/01.xml").write_text(alto, encoding="utf-8")
        found = find(["scans"], "clean")
        assert found.read_otherwise == [("scans/2026-06-12/01.txt", "scans/2026-06-12/01.xml")]
        assert found.passed_over == ["scans/notes.doc"]

    def test_of_a_page_in_many_forms_one_is_read(self) -> None:
        lines = '[{"box": [0, 0, 99, 20], "txt": "页", "score": 1}]'
        Path("scans/2026-06-12/01.json").write_text(lines, encoding="utf-8")
        Path("scans/2026-06-12/01.webp").write_bytes(b"RIFF----WEBP")
        Path("scans/2026-06-12/02.html").write_text("<html>no OCR</html>", encoding="utf-8")
        found = find(["scans"], "clean")
        assert found.read_otherwise == [
            ("scans/2026-06-12/01.txt", "scans/2026-06-12/01.json"),
            ("scans/2026-06-12/01.webp", "scans/2026-06-12/01.json"),
        ]
        assert found.passed_over == ["scans/notes.doc", "scans/2026-06-12/02.html"]

    def test_each_page_of_a_pdf_is_a_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("scans/issue.pdf").write_bytes(b"%PDF-1.7")
        monkeypatch.setattr("cleanpress.formats.readers.pdf.count", lambda _: 2)
        found = tree("scans")
        assert found["scans/issue.pdf#2"] == "issue/2"
        pages = [source for source in find(["scans"], "clean").sources if source.image]
        assert [source.image for source in pages] == [1, 2]
        assert [Source.from_record(source.record()) for source in pages] == pages

    def test_files_that_are_named_one_by_one_are_all_read_and_likeness_is_said(self) -> None:
        Path("scans/2026-06-12/01.png").write_bytes(b"PNG")
        found = find(["scans/2026-06-12/01.txt", "scans/2026-06-12/01.png"], "clean")
        assert len(found.sources) == 2
        assert found.alike == [("scans/2026-06-12/01.png", "scans/2026-06-12/01.txt")]

    def test_the_current_folder(self) -> None:
        assert names(".")[0] == "scans/2026-06-12/01.txt"
        assert tree(".")["scans/2026-06-12/01.txt"] == "scans/2026-06-12/01"

    def test_a_file_that_is_named_twice_is_one_page(self) -> None:
        assert tree("scans/2026-06-12/01.txt", "scans") == tree("scans", "scans/", "scans/2026-06-13")
        assert tree("./scans/2026-06-12/01.txt") == {"./scans/2026-06-12/01.txt": "01"}

    def test_patterns(self) -> None:
        assert names("scans/*/01.txt") == ["scans/2026-06-12/01.txt", "scans/2026-06-13/01.txt"]
        assert tree("scans/**/*.txt")["scans/2026-06-12/01.txt"] == "2026-06-12/01"
        assert names("scans/2026-06-1?") == names("scans")

    def test_a_file_whose_name_looks_like_a_pattern(self) -> None:
        Path("page[1].txt").write_text("页", encoding="utf-8")
        assert names("page[1].txt") == ["page[1].txt"]

    def test_the_output_is_not_read_nor_any_other_that_cleanpress_wrote(self) -> None:
        fill(Path("scans"), ["clean/left.txt", "older/left.txt", "older/deep/left.txt"])
        Path("scans/older/manifest.json").write_text('{"generator": "cleanpress"}', encoding="utf-8")
        found = find(["scans"], "scans/clean")
        assert len(found.sources) == 3
        assert found.outputs == ["scans/older"]

    def test_a_manifest_of_others_hides_nothing(self) -> None:
        Path("scans/2026-06-12/manifest.json").write_text('{"name": "web"}', encoding="utf-8")
        assert len(names("scans")) == 3

    @pytest.mark.parametrize("out", ["scans", ".", "scans/2026-06-12"])
    def test_an_output_that_holds_the_input(self, out: str) -> None:
        with pytest.raises(CleanpressError, match="holds the input"):
            find(["scans/2026-06-12"], out)

    def test_links_that_lead_in_a_circle(self) -> None:
        os.symlink("..", "scans/2026-06-12/up")
        os.symlink("self.txt", "scans/2026-06-12/self.txt")
        found = names("scans")
        # The link to itself is a page that cannot be read: it is listed, not forgotten.
        assert len(found) == 4
        assert "scans/2026-06-12/self.txt" in found

    def test_a_link_to_a_folder_is_followed_where_it_is_named(self) -> None:
        os.symlink("scans", "link")
        assert names("link") == [name.replace("scans", "link", 1) for name in names("scans")]

    @pytest.mark.parametrize("arguments", [["void"], ["scans/*.none"], ["none"]])
    def test_nothing_to_be_found(self, arguments: list[str]) -> None:
        Path("void").mkdir()
        with pytest.raises(CleanpressError, match="there is no"):
            find(arguments, "clean")


def write_records(path: Path, *records: object) -> None:
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_records(Path("pages.jsonl"), {"id": "a/b", "text": "一"}, "", {"id": "a/b"}, {"id": 7}, {}, "{")
    found = find(["pages.jsonl"], "clean").sources
    assert {source.name: source.line for source in found} == {
        "pages.jsonl#7": 4,
        "pages.jsonl#a/b": 1,
        "pages.jsonl#a/b@3": 3,
        "pages.jsonl#line 5": 5,
        "pages.jsonl#line 6": 6,
    }
    assert page_folders(found)["pages.jsonl#a/b"] == "pages/a_b"
    for source in found:
        again = Source.from_record(source.record())
        assert (again.name, again.file, again.line, again.tree) == (
            source.name,
            source.file,
            source.line,
            source.tree,
        )


def test_two_pages_of_one_name_are_never_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_records(Path("p.jsonl"), {"id": "x", "text": "一"})
    Path("p.jsonl#x").write_text("二", encoding="utf-8")
    with pytest.raises(CleanpressError, match="two pages would be called"):
        find(["p.jsonl", "p.jsonl#x"], "clean")


def test_folders_and_files_of_the_output_never_meet() -> None:
    pages = [Source("s/a.txt", "s/a.txt", "s"), Source("s/a/01-x.md.txt", "s/a/01-x.md.txt", "s")]
    assert page_folders(pages) == {"s/a.txt": "a", "s/a/01-x.md.txt": "a/01-x_md"}
