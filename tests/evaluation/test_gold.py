"""Reading gold, and saying clearly what is wrong with it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cleanpress.errors import InputError
from cleanpress.evaluation import parse_gold, read_gold
from cleanpress.language.corpus import read_paragraphs


def record(**changes: Any) -> dict[str, Any]:
    article = {"id": "a", "title": "标题", "blocks": ["标题", "第一段正文。"], "tears": [[1, 3]]}
    return {"page": "pages/one.txt", "articles": [{**article, **changes}]}


def test_pieces_are_the_blocks_cut_at_their_tears() -> None:
    page = parse_gold(record(gap_before=[False, True]))
    assert page.name == "one"
    assert page.articles[0].pieces() == [("标题", False), ("第一段", True), ("正文", False)]


def test_a_block_without_letters_is_no_piece_and_its_gap_moves_on() -> None:
    page = parse_gold(record(blocks=["标题", "——", "正文。"], tears=[], gap_before=[False, True, False]))
    assert page.articles[0].pieces() == [("标题", False), ("正文", True)]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"blocks": ["标题", 3]}, "expected text, found int"),
        ({"gap_before": [True]}, "2 blocks but 1 gap_before"),
        ({"tears": [[1, 40]]}, "a tear outside its blocks"),
        ({"tears": [[7, 1]]}, "a tear outside its blocks"),
        ({"tears": [[0, float("inf")]]}, "expected a whole number, found inf"),
        ({"tears": [[0, float("nan")]]}, "expected a whole number, found nan"),
        ({"tears": [[0, 1.5]]}, "expected a whole number, found 1.5"),
        ({"tears": [[True, 1]]}, "expected a whole number, found True"),
        ({"blocks": ["——"], "tears": []}, "no article has any letters"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse_gold(record(**changes), "one.gold.json")


@pytest.mark.parametrize("value", [[], {"page": "x"}, {"articles": []}, "text"])
def test_other_json_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="not a gold page"):
        parse_gold(value)


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "one.gold.json"
    with pytest.raises(InputError, match=r"one\.gold\.json"):
        read_gold(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="not JSON"):
        read_gold(path)
    path.write_text(json.dumps(record()), encoding="utf-8")
    assert read_gold(path).articles[0].id == "a"


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (DEEP, "nested too deeply"),
        ('{"page": "a", "articles": [{"id": 1, "blocks": ["灯"], "tears": [[0, Infinity]]}]}', "found inf"),
        ('{"page": "a", "articles": [{"id": 1, "blocks": ["灯"], "tears": [[0, 1e999]]}]}', "found inf"),
    ],
)
def test_hostile_json_is_one_line(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "a.gold.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=complaint) as raised:
        read_gold(path)
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith(f"{path}: not a gold page: ")


def test_a_corpus_that_is_nested_too_deeply_or_damaged(tmp_path: Path) -> None:
    deep = tmp_path / "deep.jsonl"
    deep.write_text('{"text": "灯"}\n' + DEEP, encoding="utf-8")
    with pytest.raises(InputError, match="line 2: nested too deeply"):
        list(read_paragraphs(deep))
    damaged = tmp_path / "damaged.txt.gz"
    packed = bytearray(gzip.compress(bytes(range(256)) * 40, mtime=0))
    packed[10:40] = b"\xff" * 30
    damaged.write_bytes(packed)
    with pytest.raises(InputError, match="cannot be read"):
        list(read_paragraphs(damaged, "latin-1"))
