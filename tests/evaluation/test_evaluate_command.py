"""``cleanpress evaluate`` from the outside."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanpress.commands.evaluate import command, printed_text, read_articles
from cleanpress.errors import InputError, UsageError

BLOCKS = ["灯会开到元宵夜", "城隍庙前的灯会昨晚开场，三百盏纸灯沿河排开，", "游人要走上半个钟头才看得完。"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    gold = {
        "page": "lantern",
        "articles": [
            {"id": "1", "title": BLOCKS[0], "blocks": [BLOCKS[0], BLOCKS[1] + BLOCKS[2]], "tears": [[1, 22]]}
        ],
    }
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "lantern.gold.json").write_text(json.dumps(gold), encoding="utf-8")
    (tmp_path / "gold" / "lantern.txt").write_text("\n\n".join(BLOCKS), encoding="utf-8")
    (tmp_path / "out").mkdir()
    article = {"page": "scans/lantern.txt", "text": f"{BLOCKS[0]}\n{BLOCKS[1]}{BLOCKS[2]}"}
    (tmp_path / "out" / "articles.jsonl").write_text(json.dumps(article) + "\n", encoding="utf-8")
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments])


def test_the_table_shows_the_output_and_the_baselines(folder: Path) -> None:
    result = run(folder / "out", "--gold", folder / "gold" / "lantern.gold.json")
    assert result.exit_code == 0
    assert "adjacency f1" in result.stdout
    assert "nothing" in result.stdout
    assert "1.000" in result.stdout
    assert result.stderr == ""


def test_json_holds_every_figure_of_every_page(folder: Path) -> None:
    result = run(folder / "out" / "articles.jsonl", "--gold", folder / "gold", "--format", "json")
    record = json.loads(result.stdout)
    assert record["systems"]["output"]["exact"] == {"mean": 1.0, "low": None, "high": None, "pages": 1}
    assert record["by_page"]["lantern"]["kept"] == 1.0
    assert set(record["figures"]) == set(record["by_page"]["lantern"])


def test_gold_may_be_a_list_as_a_shell_expands_it(folder: Path) -> None:
    second = json.loads((folder / "gold" / "lantern.gold.json").read_text(encoding="utf-8"))
    second["page"] = "absent"
    (folder / "gold" / "absent.gold.json").write_text(json.dumps(second), encoding="utf-8")
    files = sorted((folder / "gold").glob("*.json"))
    result = run(folder / "out", "--gold", *files, "--format", "json", "--count-missing")
    record = json.loads(result.stdout)
    assert record["pages"] == 2
    assert record["missing"] == ["absent"]
    assert record["by_page"]["absent"]["kept"] == 0
    assert "no article of absent" in result.stderr
    assert "no text found for absent" in result.stderr


def test_gold_of_a_page_that_was_not_run_is_named_and_left_out(folder: Path) -> None:
    for name in ("absent", "failed"):
        second = json.loads((folder / "gold" / "lantern.gold.json").read_text(encoding="utf-8"))
        second["page"] = name
        (folder / "gold" / f"{name}.gold.json").write_text(json.dumps(second), encoding="utf-8")
    inputs = [{"path": "scans/failed.txt", "error": "is empty"}, {"path": "scans/lantern.txt"}]
    manifest = {"generator": "cleanpress", "inputs": inputs}
    (folder / "out" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    result = run(folder / "out", "--gold", folder / "gold", "--format", "json")
    record = json.loads(result.stdout)
    assert result.exit_code == 0
    assert record["left_out"] == ["absent"]
    assert record["missing"] == ["failed"]
    assert list(record["by_page"]) == ["failed", "lantern"]
    assert f"not in {folder / 'out'}, 1 gold page left out: absent (--count-missing" in result.stderr
    assert "no article of failed" in result.stderr
    assert "no text found for failed" in result.stderr


def test_gold_of_other_pages_alone_measures_nothing(folder: Path) -> None:
    second = json.loads((folder / "gold" / "lantern.gold.json").read_text(encoding="utf-8"))
    second["page"] = "absent"
    (folder / "other.gold.json").write_text(json.dumps(second), encoding="utf-8")
    result = run(folder / "out", "--gold", folder / "other.gold.json")
    assert isinstance(result.exception, UsageError)
    assert "holds none of the gold pages" in str(result.exception)


@pytest.mark.parametrize("line", ["{", "[]", '{"page": "a"}', '{"page": "a", "text": 3}'])
def test_a_file_that_holds_no_articles_is_named_with_its_line(folder: Path, line: str) -> None:
    path = folder / "out" / "articles.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    result = run(folder / "out", "--gold", folder / "gold")
    assert isinstance(result.exception, InputError)
    assert f"{path}:1: not an article" in str(result.exception)


def test_pages_of_one_name_are_not_mixed(folder: Path) -> None:
    path = folder / "out" / "articles.jsonl"
    other = json.dumps({"page": "other/lantern.txt", "text": "别处的灯会"})
    path.write_text(path.read_text(encoding="utf-8") + other + "\n", encoding="utf-8")
    result = run(folder / "out", "--gold", folder / "gold")
    assert isinstance(result.exception, InputError)
    assert "two pages are called 'lantern'" in str(result.exception)


def test_wrong_use_is_told(folder: Path) -> None:
    assert run(folder / "out").exit_code == 2
    empty = run(folder / "out", "--gold", folder / "out")
    assert isinstance(empty.exception, UsageError)
    for arguments in (
        ("nowhere", "--gold", "gold"),
        ("out", "--gold", "nowhere"),
        ("gold", "--gold", "gold"),
    ):
        missing = run(*(a if a.startswith("-") else folder / a for a in arguments))
        assert isinstance(missing.exception, UsageError)
        assert str(missing.exception).endswith(": there is no such file")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"page": "a.txt"}', "'text' is missing"),
        ("[]", "not an article"),
    ],
)
def test_hostile_articles_are_one_line(folder: Path, line: str, complaint: str) -> None:
    (folder / "out" / "articles.jsonl").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=complaint) as raised:
        read_articles(folder / "out")
    assert str(raised.value).startswith(f"{folder / 'out' / 'articles.jsonl'}:1: not an article: ")
    assert "\n" not in str(raised.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_page_that_the_record_says_is_a_pipe_or_a_device_has_no_baselines(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    gold = folder / "none.gold.json"
    for source in (folder / "pipe", Path("/dev/zero"), folder, Path("nul\0byte")):
        assert printed_text(gold, "none", str(source)) is None


def test_no_interval_is_cut_where_there_is_no_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    result = run(folder / "out", "--gold", folder / "gold" / "lantern.gold.json")
    assert "…" not in result.stdout
    assert "punctuation" in result.stdout
