"""``--format tei``: documents that the grammar of TEI accepts, whatever articles look like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cleanpress.config import Config
from cleanpress.formats.outputs import Opened
from cleanpress.formats.parts import Part
from cleanpress.formats.tei import Tei
from cleanpress.formats.write import OutputFolder
from cleanpress.model import Page, Role
from handmade import handmade
from official import tei_dtd

TEI = "{http://www.tei-c.org/ns/1.0}"


@st.composite
def articles(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Records of articles: blocks of any role in any order, with joins and gaps anywhere."""
    found: list[dict[str, Any]] = []
    for position in range(1, draw(st.integers(0, 3)) + 1):
        text = st.text(min_size=1, max_size=8)
        blocks = draw(
            st.lists(st.fixed_dictionaries({"role": st.sampled_from(Role), "text": text}), min_size=1)
        )
        index = st.integers(0, len(blocks) - 1)
        join = st.tuples(index, st.floats(0, 1), st.floats(0, 1))
        gap = st.fixed_dictionaries(
            {"block": index, "side": st.sampled_from(["before", "after"]), "reason": text}
        )
        found.append(
            {
                "page": "page.txt",
                "id": f"{position:016x}",
                "position": position,
                "confidence": draw(st.floats(0, 1)),
                "blocks": blocks,
                "joins": [
                    {"block": k, "offset": int(part * len(blocks[k]["text"])), "confidence": confidence}
                    for k, part, confidence in draw(st.lists(join, max_size=3))
                ],
                "gaps": draw(st.lists(gap, max_size=2)),
            }
        )
    return found


def nobody() -> Page:
    raise AssertionError("TEI is made from the record alone")


@given(records=articles(), name=st.text(min_size=1))
def test_the_grammar_accepts_any_article(records: list[dict[str, Any]], name: str) -> None:
    lines = b"".join(json.dumps(record).encode() + b"\n" for record in records)
    entry = {"path": name, "sha256": "0" * 64, "encoding": "utf-8"}
    [piece] = Tei().page(Opened(Part(entry, {"articles": lines}), "page", nobody))
    document = etree.fromstring(piece.content)
    dtd = tei_dtd()
    assert dtd.validate(document), dtd.error_log.filter_from_errors()
    ids = [div.get("{http://www.w3.org/XML/1998/namespace}id") for div in document.iter(f"{TEI}div")]
    assert len(set(ids)) == len(ids)


def test_the_grammar_accepts_a_page_made_by_hand(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "clean", ["港口.txt"], Config(formats=("tei",))) as folder:
        folder.add(handmade())
        folder.commit()
    document = etree.parse(tmp_path / "clean" / "tei" / "港口.xml")
    dtd = tei_dtd()
    assert dtd.validate(document), dtd.error_log.filter_from_errors()
    next(document.iter(f"{TEI}body")).text = "text outside of an article"
    assert not dtd.validate(document)


@pytest.mark.parametrize("character", ["\0", "\x0b", "\ufffe", "\r", "\u2028", "<", "&", "]]>"])
def test_what_xml_cannot_hold_does_no_harm(character: str) -> None:
    record = {
        "page": "page.txt",
        "id": "0" * 16,
        "position": 1,
        "confidence": 1.0,
        "blocks": [{"role": "headline", "text": f"灯{character}亮"}],
        "joins": [],
        "gaps": [],
    }
    entry = {"path": f"a{character}b", "sha256": "0" * 64, "encoding": "utf-8"}
    line = json.dumps(record).encode() + b"\n"
    [piece] = Tei().page(Opened(Part(entry, {"articles": line}), "page", nobody))
    [head] = etree.fromstring(piece.content).iter(f"{TEI}head")
    shown = character if character in {"\u2028", "<", "&", "]]>"} else "\ufffd"
    assert head.text == f"灯{shown}亮"
