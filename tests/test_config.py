from __future__ import annotations

import json

import pytest

from cleanpress.config import SCRIPTS, Config
from cleanpress.errors import UsageError


def test_the_manifest_gets_plain_values() -> None:
    config = Config(script="keep", encoding="big5", rules_off=("b", "a"), max_bytes=9)
    assert json.loads(json.dumps(config.as_dict())) == config.as_dict()
    assert config.as_dict() == {
        "ask_model": None,
        "decisions": None,
        "encoding": "big5",
        "fail_on": [],
        "formats": ["jsonl", "markdown"],
        "max_bytes": 9,
        "model": None,
        "pictures": True,
        "repeats_index": None,
        "repeats_scope": "page",
        "report": False,
        "reprints": "report",
        "rules_off": ["a", "b"],
        "script": "keep",
    }


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script(script: str) -> None:
    assert Config(script=script).script == script


@pytest.mark.parametrize(
    "encoding", ["utf-8", "UTF8", "gb18030", "GBK", "big5", "big5hkscs", "utf-16", "latin-1"]
)
def test_text_encodings(encoding: str) -> None:
    assert Config(encoding=encoding).encoding == encoding


@pytest.mark.parametrize(
    "encoding", ["klingon", "", "base64", "zlib", "rot13", "hex", "idna", "undefined", "a\0b", "é"]
)
def test_what_is_no_text_encoding(encoding: str) -> None:
    with pytest.raises(UsageError, match="there is no text encoding"):
        Config(encoding=encoding)


def test_what_does_not_exist() -> None:
    with pytest.raises(UsageError, match="there is no script 'runes'"):
        Config(script="runes")
    with pytest.raises(UsageError, match="at least 1 byte"):
        Config(max_bytes=0)
