"""The network that reads worn text: its answers hang on the neighbourhood alone."""

from __future__ import annotations

import numpy as np
import pytest

from cleanpress.language import LanguageModel
from cleanpress.language.alphabet import FIRST
from cleanpress.stages.restore.reader import REACH, Memory, Reader, Readings
from cleanpress.stages.restore.scan import Scan, Tables

LINES = (
    "大桥管理处咋天召开会议，要求各单位认真落买安全生产贲任。",
    "会议指出，今年以来全市衣村经济发展较快。",
)


def read(texts: tuple[str, ...], places: slice = slice(None), memory: Memory | None = None) -> Readings:
    """What the network answers about texts."""
    scan = Scan(Tables.load(), texts)
    reader = Reader.load(LanguageModel.load().alphabet)
    asked = (scan.symbols, scan.starts, scan.ends, scan.places[places])
    return memory.read(reader, *asked) if memory else reader.read(*asked)


def same(a: Readings, b: Readings) -> bool:
    """Whether two answers agree but for rounding; what is hardly likelier than the least may come or go."""
    figures = all(np.allclose(x, y, atol=1e-3) for x, y in ((a.own, b.own), (a.nothing, b.nothing)))
    sets = [{(r, s) for r, s, p in zip(x.row, x.symbol, x.log, strict=True) if p > -7} for x in (a, b)]
    return figures and sets[0] == sets[1]


def test_the_answer_is_what_was_printed() -> None:
    scan = Scan(Tables.load(), LINES)
    found = read(LINES)
    shapes, text = scan.tables.shapes, "".join(LINES)
    answers = {}
    for row in range(len(scan.places)):
        mine = found.row == row
        if found.best[row] > found.own[row]:
            best = int(found.symbol[mine][found.log[mine].argmax()])
            answers[text[int(scan.origins[scan.places[row]])]] = chr(shapes.characters[best])
    assert {"咋": "昨", "买": "实", "衣": "农"}.items() <= answers.items()


def test_probabilities_add_up() -> None:
    found = read(LINES)
    others = np.bincount(found.row, weights=np.exp(found.log), minlength=len(found.own))
    total = np.exp(found.own) + np.exp(found.nothing) + others
    assert (total < 1.001).all()
    assert (total > 0.5).all()
    assert (found.symbol >= FIRST).all()


def test_other_texts_and_other_places_change_no_answer() -> None:
    alone, together = read(LINES[:1]), read((LINES[0], LINES[1]))
    count = len(alone.own)
    first = together.row < count
    cut = Readings(
        together.row[first],
        together.symbol[first],
        together.log[first],
        together.own[:count],
        together.best[:count],
        together.nothing[:count],
    )
    assert same(alone, cut)
    single = read(LINES, slice(3, 4))
    assert np.allclose(single.own, together.own[3:4], atol=1e-3)


def test_nothing_beyond_the_reach_is_seen() -> None:
    near = ("一" * (20 + REACH) + "今年以来全市衣村经济发展较快" + "一" * (20 + REACH),)
    far = ("二" * 20 + near[0][20:-20] + "三" * 20,)
    middle = slice(20 + REACH, 34 + REACH)
    assert same(read(near, middle), read(far, middle))


def test_what_is_remembered_is_what_was_answered() -> None:
    memory = Memory()
    first = read(LINES, memory=memory)
    known = len(memory.answers)
    assert known > 0
    again = read(LINES, memory=memory)
    assert len(memory.answers) == known
    assert same(first, again)
    assert same(first, read(LINES))


def test_no_places_give_no_answers() -> None:
    assert len(read(("",)).own) == 0
    assert len(read((), memory=Memory()).own) == 0


def test_a_network_for_another_alphabet_is_refused() -> None:
    from cleanpress.errors import UsageError

    alphabet = LanguageModel.load().alphabet
    other = type(alphabet)(alphabet.codes[:50], alphabet.symbols[:50], alphabet.runs)
    with pytest.raises(UsageError, match="damaged or missing"):
        Reader.load(other)
