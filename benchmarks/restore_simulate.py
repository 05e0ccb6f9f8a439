"""Print lines of clean text, wear the sheet, have an engine read it: what it confuses, and how often.

    python benchmarks/restore_simulate.py rapidocr train 600 1 -o rapid-train.jsonl
    python benchmarks/restore_simulate.py rapidocr train 420 2 --shuffled -o shuffled-train.jsonl
    python benchmarks/restore_simulate.py tesseract fit 250 3 -o tesseract-fit.jsonl

Needs ``pip install pillow rapidocr onnxruntime`` (the recogniser PP-OCRv6 comes in the wheel) or Tesseract 5
with ``chi_sim``, and the fonts below. Writes a JSON object a line: ``wrong`` (read), ``right`` (printed),
``goes on`` (whether the line goes on where the one before it ends) and, from RapidOCR, ``alts``: for each
character read, what else the recogniser thought of, how probable. With ``--shuffled``, the lines are frequent
characters at random.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpora import articles
from restore_tables import READABLE, Levenshtein, frequent_characters

FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2, 4),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2, 1),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2, 1),
    ("/usr/share/fonts/truetype/arphic/uming.ttc", 0, 3),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0, 1),
)
"""File, face and how often: Song faces, as in print, more than others."""
SIZES = (13, 24)
WEIGHTS = {"news": 3, "web": 5, "encyclopedia": 3}
LINES = 4
WIDTHS = (12, 22)
SHUFFLED_WIDTH = 16
SHUFFLED_FROM = 4_200
BATCH, TOGETHER = 16, 4
"""Lines that are worn in one go, and that the recogniser reads in one go."""
RIGHT, TURNS = 0.25, 5
"""Share of lines that may be read right, and how often a line is worn anew."""
HEIGHT = 48
"""Pixels of a line as the recogniser takes it."""
TOP, LEAST = 10, 0.0005
"""How many other readings are kept, and from what probability."""
Grey = NDArray[np.float32]


class Press:
    """Prints lines and wears them; everything it does follows from its seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.noise = np.random.default_rng(seed)
        self._fonts: dict[tuple[str, int], Any] = {}

    def font(self, scale: float) -> tuple[Any, int]:
        """A font and its size."""
        from PIL import ImageFont

        path, face, _ = self.random.choices(FONTS, [weight for *_, weight in FONTS])[0]
        size = int(self.random.randint(*SIZES) * scale)
        if (path, size) not in self._fonts:
            self._fonts[path, size] = ImageFont.truetype(path, size, index=face)
        return self._fonts[path, size], size

    def lines(self, fold: str) -> Iterator[tuple[str, bool]]:
        """Lines of paragraphs of a fold, four of each, and whether they go on from the one before."""
        pools = {name: list(articles(name, folds=(fold,))) for name in WEIGHTS}
        while True:
            article = self.random.choice(pools[self.random.choices(list(pools), list(WEIGHTS.values()))[0]])
            text = "".join((self.random.choice(article.paragraphs or (article.title,))).split())
            width = self.random.randint(*WIDTHS)
            start = self.random.randrange(max(1, len(text) - width * LINES))
            for k in range(LINES):
                line = text[start + k * width : start + (k + 1) * width]
                if len(line) >= 6:
                    yield line, k > 0

    def shuffled(self) -> Iterator[tuple[str, bool]]:
        """Lines of frequent characters in no order: shapes alone, without a language to guess by."""
        characters = frequent_characters()[:SHUFFLED_FROM]
        while True:
            self.random.shuffle(characters)
            for k in range(0, len(characters), SHUFFLED_WIDTH):
                yield "".join(characters[k : k + SHUFFLED_WIDTH]), False

    def style(self, scale: float = 1.0) -> Style:
        """How a sheet is printed and what kinds of wear it has."""
        font, size = self.font(scale)
        return Style(font, size, scale, self.random.randrange(2**32))


class Style(NamedTuple):
    """A font, its size in pixels, how much larger than usual it is, and the seed of all else."""

    font: Any
    size: int
    scale: float
    seed: int

    def sheet(self, lines: Sequence[str], wear: float) -> Any:
        """The lines as a worn image. From ``wear`` 0 to 1 and more ink runs, fades and breaks up; what kinds
        of wear there are hangs on the seed alone."""
        from PIL import Image, ImageDraw, ImageFilter

        chance, noise = random.Random(self.seed), np.random.default_rng(self.seed)
        step = int(self.size * 1.6)
        width = int(self.size * max(map(len, lines)) * 1.12) + 24
        image = Image.new("L", (width, step * (len(lines) - 1) + self.size + 12), 255)
        pen, ink = ImageDraw.Draw(image), chance.randint(0, 60)
        for number, line in enumerate(lines):
            x, gap = 8.0, chance.random() * 0.06 * self.size
            for character in line:
                pen.text((x, 4 + number * step), character, font=self.font, fill=ink)
                x += self.font.getlength(character) + gap
        blurred, spread, faded, cut, small = (chance.random() for _ in range(5))
        if blurred < 0.8:
            radius = (0.3 + chance.random() * (0.2 + wear)) * self.scale
            image = image.filter(ImageFilter.GaussianBlur(radius))
        grey = np.asarray(image, dtype=np.float32)
        if spread < 0.6:
            most = chance.random() * (10 + 40 * wear)
            grey = grey + noise.normal(0, 1, grey.shape).astype(np.float32) * (5 + most)
        if faded < 0.3:
            gone = noise.random(grey.shape) < wear * 0.12
            grey = np.where(gone, np.float32(255 if chance.random() < 0.7 else 0), grey)
        if cut < 0.5:
            grey = np.where(grey > chance.uniform(90, 200), np.float32(255), np.float32(0))
        worn = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
        if small < 0.6:
            share = 1 - 0.4 * min(1.5, wear) * chance.random()
            smaller = (max(8, int(worn.width * share)), max(8, int(worn.height * share)))
            worn = worn.resize(smaller, Image.Resampling.BILINEAR)
        return worn


class RapidOcr:
    """The recogniser of RapidOCR on single lines."""

    def __init__(self) -> None:
        import onnxruntime
        import rapidocr

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        [model] = Path(rapidocr.__file__).parent.glob("models/*rec*.onnx")
        self.session = onnxruntime.InferenceSession(str(model), options)
        characters = self.session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.labels = ["", *characters, " "]
        self.input = self.session.get_inputs()[0].name

    def read(self, sheets: list[Any]) -> Iterator[tuple[str, list[list[tuple[str, float]]]]]:
        """What is read, and what else each character might have been."""
        from PIL import Image

        sized = [
            np.asarray(s.resize((max(16, s.width * HEIGHT // s.height), HEIGHT), Image.Resampling.BILINEAR))
            for s in sheets
        ]
        # Lines of like width go together: what is padded costs as much as what is printed.
        order = sorted(range(len(sized)), key=lambda k: sized[k].shape[1])
        found = {}
        for start in range(0, len(order), TOGETHER):
            which = order[start : start + TOGETHER]
            widest = sized[which[-1]].shape[1]
            batch = np.zeros((len(which), 3, HEIGHT, widest), dtype=np.float32)
            for row, k in enumerate(which):
                batch[row, :, :, : sized[k].shape[1]] = (sized[k].astype(np.float32) / 255 - 0.5) / 0.5
            answers = self.session.run(None, {self.input: batch})[0]
            for row, k in enumerate(which):
                steps = -(-answers.shape[1] * sized[k].shape[1] // widest)
                found[k] = self.decode(answers[row, :steps])
        for k in range(len(sized)):
            yield found[k]

    def decode(self, answers: NDArray[np.float32]) -> tuple[str, list[list[tuple[str, float]]]]:
        """The text of a line by its most probable label at each step, and the others of each character."""
        text, others, last = "", [], 0
        for best, row in zip(answers.argmax(axis=1).tolist(), answers, strict=True):
            if best not in (0, last):
                text += self.labels[best]
                likely = np.flatnonzero(row > LEAST)
                top = [j for j in likely[np.argsort(-row[likely])][:TOP].tolist() if j]
                others.append([(self.labels[j], round(float(row[j]), 4)) for j in top])
            last = best
        return text, others


def edge_of_reading(press: Press, engine: RapidOcr, printed: Sequence[str]) -> dict[int, dict[str, Any]]:
    """Lines as the engine reads them, by number, worn until it errs.

    Most worn lines are read without an error or not at all. What can be learnt from lies between, so a line
    that was read right is mostly worn some more, and one that was not read, less.
    """
    styles = [press.style() for _ in printed]
    wears = [press.random.uniform(0.2, 1) for _ in printed]
    kept = [press.random.random() < RIGHT for _ in printed]
    found: dict[int, dict[str, Any]] = {}
    for turn in range(TURNS):
        asked = [k for k in range(len(printed)) if k not in found]
        if not asked:
            break
        sheets = [styles[k].sheet([printed[k]], wears[k]) for k in asked]
        for k, (read, others) in zip(asked, engine.read(sheets), strict=True):
            distance = Levenshtein.distance(read, printed[k])
            if distance > READABLE * len(printed[k]):
                wears[k] *= 0.75
            elif distance or kept[k] or turn == TURNS - 1:
                found[k] = {"wrong": read, "right": printed[k], "alts": others}
            else:
                wears[k] = wears[k] * 1.2 + 0.1
    return found


def tesseract(sheet: Any) -> list[str]:
    """The lines that Tesseract reads on a sheet."""
    data = io.BytesIO()
    sheet.save(data, "png")
    command = ["tesseract", "-", "-", "-l", "chi_sim", "--psm", "6", "--oem", "1"]
    done = subprocess.run(command, input=data.getvalue(), capture_output=True, check=True)
    return ["".join(line.split()) for line in done.stdout.decode().splitlines() if line.strip()]


def spent() -> float:
    """Seconds of processor time, children included."""
    return sum(os.times()[:4])


def main() -> None:
    """Print, wear, read, write, for so many seconds of processor time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("engine", choices=("rapidocr", "tesseract"))
    parser.add_argument("fold", choices=("train", "fit"))
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed", type=int)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    press = Press(options.seed)
    source = press.shuffled() if options.shuffled else press.lines(options.fold)
    engine = RapidOcr() if options.engine == "rapidocr" else None
    end = spent() + options.seconds
    with options.output.open("w", encoding="utf-8") as stream:
        while spent() < end:
            printed, goes_on = zip(*(next(source) for _ in range(BATCH)), strict=True)
            found: dict[int, dict[str, Any]] = {}
            if engine is not None:
                found = edge_of_reading(press, engine, printed)
            else:
                lines = tesseract(press.style(2.1).sheet(printed, press.random.random()))
                if len(lines) == len(printed):
                    found = {k: {"wrong": line, "right": printed[k]} for k, line in enumerate(lines)}
            for k, record in sorted(found.items()):
                record["goes on"] = goes_on[k] and k - 1 in found
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
