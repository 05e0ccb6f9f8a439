"""Make the tables of look-alikes and words that the restore stage reads.

    pip install jieba pillow lightgbm rapidocr onnxruntime
    python benchmarks/restore_simulate.py ...        # lines read by engines, see there
    python benchmarks/restore_tables.py READ.jsonl ... [-o FOLDER]

Three tables, all facts and counts, none of it text:

- ``glyphs.npz``: the shape of every frequent simplified character, as 48 numbers: the glyph of a free Song
  face at two degrees of blur, projected on the principal components of all of them.
- ``confusions.tsv``: how often a character was read as another one, in lines of the fold ``train`` that were
  printed, worn and read here, and in FASPell's table of counts.
- ``words.npz``: words of up to four characters and how frequent they are: jieba's dictionary (MIT), added to
  what jieba's cut of the fold ``train`` counts.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from cleanpress.language import LanguageModel
from cleanpress.language.alphabet import FIRST
from cleanpress.language.levels import hash_symbols
from cleanpress.language.table import build
from cleanpress.language.train import simplified_characters
from corpora import SHARED, articles

DATA = Path(__file__).resolve().parents[1] / "src" / "cleanpress" / "data" / "restore"
FACE = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
FACE_INDEX = 2
SIZE, CANVAS, GRID = 32, 40, 16
BLURS = (1.2, 2.2)
DIMENSIONS = 48
COMMON = 3000
"""Characters, from the most frequent, whose components the shapes are projected on."""
READABLE = 0.3
"""Lines with a larger share of errors were not read but guessed; they tell nothing about shapes."""
RARE = 12
"""Pseudo-count of prints: a confusion seen once in a rare character is no rule."""
LEAST = 0.0002
"""Confusions less likely than this are left out."""
WEIGHTS = {"news": 2, "web": 6, "encyclopedia": 6}
"""How much a word counts that stands in a corpus, against one of jieba's own counts."""
NEW_WORD = 5
"""So often a word must occur that jieba's dictionary does not have."""
UNKNOWN = -15.5
BITS = (20, 6)
"""Bits of a word's fingerprint and value. Hundreds of candidates are asked for at a place: with 12 bits, one
place in two would find a word that is none."""


def is_han(character: str) -> bool:
    """Whether this is one of the unified ideographs of the first block."""
    return len(character) == 1 and "\u4e00" <= character <= "\u9fff"


def training_text() -> Iterator[tuple[str, str]]:
    """Corpus and text of everything in the fold ``train``."""
    for name in WEIGHTS:
        for article in articles(name, folds=("train",)):
            for text in (article.title, *article.paragraphs):
                yield name, text


def frequent_characters() -> list[str]:
    """Simplified characters that occur twice or more in the fold ``train``, the most frequent first."""
    counts: Counter[str] = Counter()
    for _, text in training_text():
        counts.update(text)
    traditional = simplified_characters()
    return [c for c, n in counts.most_common() if n > 1 and is_han(c) and c not in traditional]


def shapes(characters: list[str]) -> NDArray[np.int8]:
    """The shape of each character; cosines of the rows say how alike two are."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    font = ImageFont.truetype(FACE, SIZE, index=FACE_INDEX)
    rows = []
    for character in characters:
        image = Image.new("L", (CANVAS, CANVAS), 0)
        ImageDraw.Draw(image).text((4, 0), character, font=font, fill=255)
        parts = []
        for blur in BLURS:
            small = image.filter(ImageFilter.GaussianBlur(blur)).resize(
                (GRID, GRID), Image.Resampling.BILINEAR
            )
            grey = np.asarray(small, dtype=np.float64).ravel()
            grey -= grey.mean()
            parts.append(grey / (np.linalg.norm(grey) + 1e-6))
        rows.append(np.concatenate(parts))
    seen = np.array(rows)
    seen -= seen.mean(axis=0)
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    _, _, components = np.linalg.svd(seen[:COMMON], full_matrices=False)
    projected = seen @ components[:DIMENSIONS].T
    projected /= np.linalg.norm(projected, axis=1, keepdims=True)
    # Components are defined but for their sign, which no cosine sees.
    return np.round(projected * 127).astype(np.int8)


def aligned(read: str, printed: str) -> Iterator[tuple[int, str, str]]:
    """Places in ``read`` with what is read and what was printed there, one for one."""
    for step in Levenshtein.opcodes(read, printed):
        if step.tag in ("equal", "replace"):
            for k in range(step.src_end - step.src_start):
                yield step.src_start + k, read[step.src_start + k], printed[step.dest_start + k]


def confusions(files: Iterable[Path]) -> dict[tuple[str, str], float]:
    """Probability that a character is read as another one, by (read, printed)."""
    counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    printed_times: Counter[str] = Counter()
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            read, printed = record["wrong"], record["right"]
            if Levenshtein.distance(read, printed) > READABLE * len(printed):
                continue
            for place, wrong, right in aligned(read, printed):
                if not is_han(right):
                    continue
                printed_times[right] += 1
                if is_han(wrong) and wrong != right:
                    counts[right][wrong] += 1
                # What an engine gave some probability it might have read on another sheet.
                for other, p in record["alts"][place] if "alts" in record else ():
                    if is_han(other) and other not in (right, wrong) and p > 0.003:
                        counts[right][other] += 0.7 * min(p, 0.5)
    captions = (SHARED / "spelling" / "faspell_ocr_train.jsonl").read_text(encoding="utf-8")
    for line in captions.splitlines():
        for character in json.loads(line)["right"]:
            printed_times[character] += 0.5  # type: ignore[assignment]
    table = (SHARED / "characters" / "faspell_ocr_confusions.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        right, wrong, times = line.split("\t")
        if is_han(right) and is_han(wrong) and right != wrong:
            counts[right][wrong] += 0.5 * int(times)
    return {
        (wrong, right): n / (printed_times[right] + RARE)
        for right, row in counts.items()
        for wrong, n in row.items()
        if n / (printed_times[right] + RARE) >= LEAST
    }


def words() -> dict[str, float]:
    """Words of up to four characters and their weights."""
    import jieba

    jieba.initialize()
    found: dict[str, float] = {}
    dictionary = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8")
    for line in dictionary.splitlines():
        word, times, _ = line.split(" ")
        if len(word) <= 4 and all(map(is_han, word)):
            found[word] = found.get(word, 0.0) + int(times)
    counted: dict[str, Counter[str]] = {name: Counter() for name in WEIGHTS}
    for name, text in training_text():
        counted[name].update(word for word in jieba.cut(text) if len(word) <= 4 and all(map(is_han, word)))
    known = frozenset(found)
    for name, weight in WEIGHTS.items():
        for word, times in counted[name].items():
            if times > 1 and (word in known or times >= NEW_WORD):
                found[word] = found.get(word, 0.0) + weight * times
    return found


def pack(weights: dict[str, float]) -> dict[str, NDArray[np.generic]]:
    """Words as static tables: by length, hash of the symbols to the number of a log-probability."""
    alphabet = LanguageModel.load().alphabet
    total = sum(weights.values())
    by_length: list[dict[int, float]] = [{} for _ in range(4)]
    for word in sorted(weights):
        symbols, _, _ = alphabet.encode([word])
        if len(symbols) == len(word) and (symbols >= FIRST).all():
            key = int(hash_symbols(symbols[None, :])[0])
            own = by_length[len(word) - 1]
            own[key] = own.get(key, 0.0) + weights[word]
    logs = np.array([math.log(max(w, 0.5) / total) for own in by_length for w in own.values()])
    # Even steps: a few hundred words make up half of all text, and among them differences matter most.
    book = np.linspace(logs.min(), logs.max(), 1 << BITS[1])
    codes = np.round((logs - book[0]) / (book[1] - book[0])).astype(np.int64)
    arrays: dict[str, NDArray[np.generic]] = {
        "book": book.astype(np.float32),
        "unknown": np.array(UNKNOWN, dtype=np.float32),
    }
    at = 0
    for n, own in enumerate(by_length, start=1):
        keys = np.array(sorted(own), dtype=np.uint64)
        order = np.argsort(np.array(list(own), dtype=np.uint64))
        values = codes[at : at + len(own)][order].astype(np.uint32)
        at += len(own)
        table = build(keys, values, *BITS)
        shape = table.shape
        arrays[f"{n}.shape"] = np.array(
            [shape.segment_bits, shape.segments, shape.fingerprint_bits, shape.value_bits, shape.seed]
        )
        arrays[f"{n}.low"], arrays[f"{n}.high"] = table.low, table.high
        print(f"{len(own):,} words of {n}")
    return arrays


HEADER = """\
# How engines confuse characters: what is read, what was printed, how probable it is that the second is read
# as the first. Counted on lines of the project's training fold that were printed, worn and read by RapidOCR
# (PP-OCRv6, Apache-2.0) and Tesseract 5 (Apache-2.0), benchmarks/restore_simulate.py; with the counts of the
# confusion table of FASPell (facts; github.com/iqiyi/FASPell). Made by benchmarks/restore_tables.py.
"""


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("read", nargs="+", type=Path, help="lines of the fold train, as engines read them")
    parser.add_argument("-o", "--output", type=Path, default=DATA)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    characters = frequent_characters()
    codes = np.array([ord(c) for c in characters], dtype=np.uint16)
    np.savez(options.output / "glyphs.npz", codes=codes, vectors=shapes(characters))
    found = confusions(options.read)
    rows = sorted((wrong, -p, right) for (wrong, right), p in found.items())
    lines = [f"{wrong}\t{right}\t{-p:.5f}\n" for wrong, p, right in rows]
    (options.output / "confusions.tsv").write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"{len(characters):,} shapes, {len(lines):,} confusions")
    np.savez(options.output / "words.npz", **pack(words()))


if __name__ == "__main__":
    main()
