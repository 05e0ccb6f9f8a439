"""The JSON Schemas that ship with the package say what the files are."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cleanpress.batch.find import find
from cleanpress.batch.run import Batch, Listener
from cleanpress.batch.run import run as run_batch
from cleanpress.config import Config
from cleanpress.formats import records
from cleanpress.formats.write import OutputFolder
from commandline import PAGE
from handmade import TEXT, handmade

SCHEMAS = files("cleanpress") / "data" / "schemas"
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
LINES = [*records.FILES, "links", "once", "reprints"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A folder with every kind of record, made by hand, and one that a run made of real pages."""
    root = tmp_path_factory.mktemp("schemas")
    with OutputFolder(
        root / "made",
        ["坏.txt", "港口.txt"],
        Config(fail_on=("gaps>0",), repeats_scope="run", reprints="set-aside"),
    ) as folder:
        folder.fail("坏.txt", "is empty")
        folder.add(handmade("港口.txt", TEXT.encode()))
        folder.commit()
    scans = root / "scans"
    (scans / "i").mkdir(parents=True)
    (scans / "i" / "01.txt").write_text(PAGE + "\n一筐一筐，船长站在\n（下转第二版）\n", encoding="utf-8")
    (scans / "i" / "02.txt").write_text("（上接第一版）甲板上说，明天还要去。\n", encoding="utf-8")
    (scans / "pages.jsonl").write_text(json.dumps({"id": "p", "text": PAGE}), encoding="utf-8")
    sources = find([str(scans), str(SAMPLES / "harbour-page.txt")], str(root / "run")).sources
    assert run_batch(
        Batch(sources, str(root / "run"), Config(repeats_scope="run", reprints="set-aside")), Listener()
    ).written
    return [root / "made", root / "run"]


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def test_there_is_a_schema_for_each_file_and_no_other() -> None:
    names = {entry.name.removesuffix(".schema.json") for entry in SCHEMAS.iterdir()}
    assert names == {*LINES, "manifest", "summary"}
    for name in names:
        Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", LINES)
def test_lines_are_as_their_schema_says(folders: list[Path], name: str) -> None:
    validator = Draft202012Validator(schema(name))
    seen = 0
    for folder in folders:
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            validator.validate(record)
            seen += 1
            # A schema that takes everything would pass, too.
            for key in record:
                assert not validator.is_valid({k: v for k, v in record.items() if k != key})
            assert not validator.is_valid({**record, "other": 1})
    # Nothing is decided without a model to ask.
    assert seen or name == "decisions"


@pytest.mark.parametrize("name", ["manifest", "summary"])
def test_documents_are_as_their_schema_says(folders: list[Path], name: str) -> None:
    validator = Draft202012Validator(schema(name))
    for folder in folders:
        document = json.loads((folder / f"{name}.json").read_bytes())
        validator.validate(document)
        for key in document:
            assert not validator.is_valid({k: v for k, v in document.items() if k != key})
