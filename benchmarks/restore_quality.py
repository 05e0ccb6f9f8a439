"""Measure the restore stage: what it puts right, what it spoils, what it suspects, how fast it is.

    python benchmarks/restore_quality.py [lines] [pages] [votes] [curve] [harm] [worn] [seed] [speed]

``lines``: real misreadings of RapidOCR, line by line and a hundred lines a page. ``pages``: worn pages read
by Tesseract, through the whole of cleanpress. ``votes``: two prints of a text, misread apart. ``curve``:
precision and recall by threshold on video captions and news titles. ``harm``: clean text of the fold
``test``. ``worn``: how a worn page is told from a clean one. Without arguments, all of them. The data lie
outside the repository (docs/design.md, "Data"); none of it was trained on.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

import cleanpress
from cleanpress.edited import EditedText
from cleanpress.model import Block, Edit, Relation, Repeat, Result, Span
from cleanpress.rulebook import rulebook
from cleanpress.stages.normalise import normalise
from cleanpress.stages.restore import lookalikes
from cleanpress.stages.restore.lookalikes import Lookalikes, Scope, find_lookalikes
from cleanpress.stages.restore.names import RULES
from cleanpress.stages.restore.printed import Prints
from cleanpress.stages.restore.scan import Scan, Tables
from cleanpress.stages.restore.trees import Judges, logistic, shares
from cleanpress.stages.restore.votes import find_votes
from corpora import SHARED
from restore_material import Noise, Piece, chunks, clean, gain, pair, records_of
from restore_tables import is_han

SPELLING = SHARED / "spelling"
PAGE_LINES = 100
SEED_PLACES = ("现上工业企业", "如何上企业", "小准农", "落地落地", "固电电力")
CURVE = (0.5, 0.7, 0.8, 0.85, 0.87, 0.9, 0.93, 0.95, 0.97, 0.985, 0.99)


def bare(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def rows_of(name: str) -> list[tuple[str, str]]:
    """Pairs of a file: as read, as printed."""
    return [(record["wrong"], record["right"]) for record in records_of(SPELLING / f"{name}.jsonl")]


class Tally:
    """What happened to characters whose truth is known."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()

    def add(self, pieces: Sequence[Piece], found: Lookalikes) -> None:
        """Count the corrections and doubts of some texts. A correction is right if it takes an error away."""
        changed = {(one.text, one.offset): one.after for one in found.corrections}
        doubted = {(one.text, one.offset) for one in found.doubts}
        for k, piece in enumerate(pieces):
            for offset, (read, printed) in enumerate(zip(piece.read, piece.printed, strict=True)):
                self.count["characters"] += 1
                kind = "character" if is_han(read) else "mark"
                after = changed.get((k, offset))
                if after is not None:
                    self.count[f"{kind} changed"] += 1
                    nearer = gain(piece.read, offset, after, piece.text)
                    self.count[f"{kind} right"] += nearer > 0
                    self.count[f"{kind} spoilt"] += nearer < 0
                substituted = printed not in {read, "", after}
                self.count["left"] += substituted
                self.count["left in doubt"] += substituted and (k, offset) in doubted
                letters = substituted and is_han(read) and is_han(printed)
                self.count["letters left"] += letters
                self.count["letters left in doubt"] += letters and (k, offset) in doubted
                self.count["false alarms"] += read == printed and (k, offset) in doubted

    def show(self, name: str) -> None:
        """The figures in words."""
        c = self.count
        share = c["left in doubt"] / max(1, c["left"])
        letters = c["letters left in doubt"] / max(1, c["letters left"])
        every = c["characters"] / max(1, c["false alarms"])
        print(
            f"{name}: look-alikes {c['character right']} of {c['character changed']} right "
            f"({c['character right'] / max(1, c['character changed']):.3f}, {c['character spoilt']} spoilt); "
            f"marks {c['mark right']} of {c['mark changed']} right ({c['mark spoilt']} spoilt); "
            f"of {c['left']} substitutions left {share:.2f} suspected (letters {letters:.2f}), "
            f"a false alarm every {every:.0f} of {c['characters']:,} characters"
        )


def lines() -> None:
    """Lines read by RapidOCR."""
    every = rows_of("ocr_rendered_dev")
    for name, size, page in (("line by line", len(every), False), ("a page of 100 lines", PAGE_LINES, True)):
        tally, errors = Tally(), Counter[str]()
        for part in chunks(every, size):
            texts = [normalise(read).text for read, _ in part]
            found = find_lookalikes(texts, Scope(page=page))
            pieces = [pair(text, printed) for text, (_, printed) in zip(texts, part, strict=True)]
            tally.add(pieces, found)
            for (read, printed), text, after in zip(part, texts, found.texts, strict=True):
                errors["characters"] += len(bare(printed))
                errors["read"] += Levenshtein.distance(bare(read), bare(printed))
                errors["normalised"] += Levenshtein.distance(bare(text), bare(printed))
                errors["restored"] += Levenshtein.distance(bare(after), bare(printed))
        tally.show(f"ocr_rendered_dev, {name}")
        fall = 1 - errors["restored"] / errors["read"]
        print(f"  errors {dict(errors)}: {fall:.1%} fewer")


def errors_of(result: Result, printed: Sequence[str]) -> int:
    """Character errors of a page: from each gold article the distance to the article most like it."""
    texts = [bare(article.text) for article in result.articles]
    return sum(min([Levenshtein.distance(text, one) for text in texts] + [len(one)]) for one in printed)


def pages() -> None:
    """Pages read by Tesseract: without any rule that can be switched off, with rules, and restored.

    A correction counts as right if it stands in the gold text with the two characters before or behind it.
    """
    counts: Counter[str] = Counter()
    optional = tuple(rule.name for rule in rulebook().values() if rule.optional)
    for page in sorted((SHARED / "pages" / "scan-dev").glob("*.txt")):
        gold = json.loads(page.with_suffix(".gold.json").read_text(encoding="utf-8"))["articles"]
        printed = [bare("".join(article["blocks"])) for article in gold]
        whole = "\n".join(printed)
        text = page.read_text(encoding="utf-8")
        result = cleanpress.clean(text)
        counts["characters"] += sum(map(len, printed))
        counts["errors as read"] += errors_of(cleanpress.clean(text, rules_off=optional), printed)
        counts["errors with rules alone"] += errors_of(cleanpress.clean(text, rules_off=RULES), printed)
        counts["errors restored"] += errors_of(result, printed)
        counts["suspects"] += len(result.suspects)
        places = {edit.span.start: edit for edit in result.edits if edit.rule in RULES}
        for article in result.articles:
            for block in article.blocks:
                for at, edit in inside(result, block, places):
                    before, behind = block.text[max(0, at - 2) : at + 1], block.text[at : at + 3]
                    counts[f"{edit.rule} made"] += 1
                    right = bare(before) in whole or bare(behind) in whole
                    counts[f"{edit.rule} right"] += right
                    if not right:
                        around = block.text[max(0, at - 6) : at + 7]
                        print(f"  not as printed: {around} {edit.before}→{edit.after}")
    print(f"scan-dev: {dict(counts)}")
    for before in ("errors as read", "errors with rules alone"):
        print(f"  {1 - counts['errors restored'] / counts[before]:.1%} fewer than {before}")


def inside(result: Result, block: Block, places: dict[int, Edit]) -> Iterator[tuple[int, Edit]]:
    """Where in a block's text the edits at ``places`` stand."""
    edited = EditedText(result.page.text, result.edits)
    position = 0
    for span in block.spans:
        low = edited.to_text(span.start)
        for place, edit in places.items():
            if span.start <= place < span.end:
                yield position + edited.to_text(place) - low, edit
        position += edited.to_text(span.end) - low


def curve() -> None:
    """Precision and recall by threshold, where titles and captions have one wrong character or none."""
    for name in ("faspell_ocr_test", "lemon_new"):
        pieces = [pair(read, printed) for read, printed in rows_of(name)]
        wrong = sum(
            is_han(a) and is_han(b) and a != b
            for piece in pieces
            for a, b in zip(piece.read, piece.printed, strict=True)
        )
        found = find_lookalikes([piece.read for piece in pieces], Scope(page=False))
        tally = Tally()
        tally.add(pieces, found)
        tally.show(f"{name} ({wrong} wrong)")
        for at in CURVE:
            lookalikes.CHANGE_AT = at
            made = find_lookalikes([piece.read for piece in pieces], Scope(page=False)).corrections
            right = sum(pieces[one.text].printed[one.offset] == one.after for one in made)
            share = right / max(1, len(made))
            print(f"  from {at}: {right} of {len(made)}, precision {share:.3f}, recall {right / wrong:.3f}")
        lookalikes.CHANGE_AT = STANDARD


STANDARD = lookalikes.CHANGE_AT


def votes() -> None:
    """Two prints of each paragraph of the fold ``test``, misread apart from each other: what they settle."""
    tables = Tables.load()
    noise = Noise(7, tables.model.alphabet, tables.shapes, tables.model.frequencies)
    count: Counter[str] = Counter()
    for texts in clean("test", 60_000, 11, ("web", "encyclopedia", "news")):
        for text in texts:
            if len(text) < 30:
                continue
            kept, copy = noise.piece(text, 0.03), noise.piece(text, 0.03)
            page = f"{kept.read}\n{copy.read}"
            span, other = Span(0, len(kept.read)), Span(len(kept.read) + 1, len(page))
            repeat = Repeat(other, span, Relation.NEAR, 0.97, "repeats")
            settled, left = find_votes([repeat], Prints(EditedText(page)), tables.model)
            count["characters"] += len(kept.read)
            count["misread"] += sum(
                is_han(a) and a != b for a, b in zip(kept.read, kept.printed, strict=True)
            )
            count["settled"] += len(settled)
            count["settled right"] += sum(kept.printed[one.place] == one.after for one in settled)
            count["spoilt"] += sum(kept.printed[one.place] == one.before for one in settled)
            count["left open"] += len(left)
    print(f"two prints, 3 % misread: {dict(count)}")


def harm() -> None:
    """Clean text, an article a page: nothing should change."""
    for name, characters in (("news", 1_000_000), ("web", 120_000), ("encyclopedia", 120_000)):
        count: Counter[str] = Counter()
        examples = []
        for texts in clean("test", characters, 5, (name,)):
            found = find_lookalikes(texts)
            count["characters"] += sum(map(len, texts))
            count["changed"] += len(found.corrections)
            count["doubted"] += len(found.doubts)
            for one in found.corrections:
                around = texts[one.text][max(0, one.offset - 6) : one.offset + 7]
                examples.append(f"{around} {one.before}→{one.after} {one.confidence:.3f}")
        print(f"{name}, clean: {dict(count)}", *examples, sep="\n  ")


def worn() -> None:
    """Places with a candidate that is all but certain: on pages of lines that an engine read, and in clean
    articles of the fold ``test``."""
    every = [normalise(read).text for read, _ in rows_of("ocr_rendered_dev")]
    articles = clean("test", 450_000, 4, ("web", "encyclopedia", "news"))
    for name, some in (("pages of 100 lines", chunks(every, PAGE_LINES)), ("clean articles", articles)):
        strong, count = Counter[int](), Counter[str]()
        for texts in some:
            looked = look(texts)
            strong[min(looked.strong, lookalikes.WORN_FROM)] += 1
            count["all"] += 1
            count["seem worn"] += looked.seems_worn
            count["are worn"] += looked.is_worn
        print(f"{name}: {dict(count)}; so many strong places: {dict(sorted(strong.items()))}")


class Looked(NamedTuple):
    """How many strong places a page has, whether it seems worn, and whether it counts as worn."""

    strong: int
    seems_worn: bool
    is_worn: bool


def look(texts: Sequence[str]) -> Looked:
    """A first look at a page, as the restore stage takes it."""
    scan, judges = Scan(Tables.load(), texts), Judges.load()
    odd = logistic(judges.odd.score(scan.doubt))
    measured = scan.measure(lookalikes.worth_a_look(odd))
    top = np.zeros(len(odd))
    right = shares(judges.right.score(measured.rows), measured.place, len(odd))
    np.maximum.at(top, measured.place, right)
    strong = int(np.count_nonzero(top >= lookalikes.STRONG_AT))
    return Looked(strong, lookalikes.seems_worn(odd), lookalikes.is_worn(top, sum(map(len, texts))))


def seed() -> None:
    """The places of the page the project began with that must be suspected or put right."""
    text = (SHARED / "pages" / "seed" / "input.txt").read_text(encoding="utf-8")
    result = cleanpress.clean(text)
    for place in SEED_PLACES:
        at = text.find(place)
        inside = [
            f"{s.rule}: {s.text}→{'/'.join(s.alternatives)}"
            for s in result.suspects
            if s.span.start < at + len(place) and s.span.end > at
        ]
        edits = [
            f"{e.rule}: {e.before}→{e.after}"
            for e in result.edits
            if len(e.before) == 1 and at <= e.span.start < at + len(place)
        ]
        print(f"{place} at {at}: suspects {inside}, edits {edits}")
    print(f"{len(result.suspects)} suspects in {len(text)} characters")


def speed() -> None:
    """Kilobytes of UTF-8 a second of processor time, with rules alone and with look-alikes."""
    texts = [text for article in clean("test", 60_000, 9, ("news",)) for text in article]
    noisy = [read for read, _ in rows_of("ocr_rendered_dev")] * 3
    for name, some in (("clean news", texts), ("noisy lines", noisy)):
        find_lookalikes(some)
        size = len("".join(some).encode()) / 1000
        start = time.process_time()
        for text in some:
            normalise(text)
        middle = time.process_time()
        find_lookalikes(some)
        took = time.process_time() - middle
        print(f"{name}: rules {size / (middle - start):.0f} KB/s, look-alikes {size / took:.0f} KB/s")


PARTS = {part.__name__: part for part in (lines, pages, votes, curve, harm, worn, seed, speed)}


def main() -> None:
    """Measure what is asked for."""
    if not SPELLING.is_dir():
        sys.exit(f"{SPELLING}: missing; the data lie outside the repository (docs/design.md)")
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()


if __name__ == "__main__":
    main()
