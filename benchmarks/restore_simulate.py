"""Print lines of clean text, wear the sheet, have an engine read it: what it confuses, and how often.

    python benchmarks/restore_simulate.py rapidocr train 600 1 -o rapid-train.jsonl
    python benchmarks/restore_simulate.py rapidocr train 420 2 --shuffled -o shuffled-train.jsonl
    python benchmarks/restore_simulate.py tesseract fit 250 3 -o tesseract-fit.jsonl

Needs ``pip install pillow rapidocr onnxruntime`` (the recogniser PP-OCRv6 comes in the wheel) or Tesseract 5
with ``chi_sim``, and the fonts below. Writes a JSON object a line: ``wrong`` (read), ``right`` (printed) and,
from RapidOCR, ``alts``: for each character read, what else the recogniser thought of, how probable.
Four lines in a row are of one paragraph, unless ``--shuffled``: lines of frequent characters at random.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpora import articles
from restore_tables import frequent_characters

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
BATCH = 16
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

    def font(self, scale: float = 1.0) -> tuple[Any, int]:
        """A font and its size."""
        from PIL import ImageFont

        path, face, _ = self.random.choices(FONTS, [weight for *_, weight in FONTS])[0]
        size = int(self.random.randint(*SIZES) * scale)
        if (path, size) not in self._fonts:
            self._fonts[path, size] = ImageFont.truetype(path, size, index=face)
        return self._fonts[path, size], size

    def lines(self, fold: str) -> Iterator[str]:
        """Lines of paragraphs of a fold, four of each."""
        pools = {name: list(articles(name, folds=(fold,))) for name in WEIGHTS}
        while True:
            article = self.random.choice(pools[self.random.choices(list(pools), list(WEIGHTS.values()))[0]])
            text = "".join((self.random.choice(article.paragraphs or (article.title,))).split())
            width = self.random.randint(*WIDTHS)
            start = self.random.randrange(max(1, len(text) - width * LINES))
            for k in range(LINES):
                line = text[start + k * width : start + (k + 1) * width]
                if len(line) >= 6:
                    yield line

    def shuffled(self) -> Iterator[str]:
        """Lines of frequent characters in no order: shapes alone, without a language to guess by."""
        characters = frequent_characters()[:SHUFFLED_FROM]
        while True:
            self.random.shuffle(characters)
            for k in range(0, len(characters), SHUFFLED_WIDTH):
                yield "".join(characters[k : k + SHUFFLED_WIDTH])

    def sheet(self, lines: list[str], scale: float = 1.0) -> Any:
        """The lines as a worn image."""
        from PIL import Image, ImageDraw, ImageFilter

        font, size = self.font(scale)
        step = int(size * 1.6)
        width = int(size * max(map(len, lines)) * 1.12) + 24
        image = Image.new("L", (width, step * (len(lines) - 1) + size + 12), 255)
        pen, ink = ImageDraw.Draw(image), self.random.randint(0, 60)
        for number, line in enumerate(lines):
            x, gap = 8.0, self.random.random() * 0.06 * size
            for character in line:
                pen.text((x, 4 + number * step), character, font=font, fill=ink)
                x += font.getlength(character) + gap
        wear = self.random.random()
        if self.random.random() < 0.8:
            image = image.filter(ImageFilter.GaussianBlur(self.random.uniform(0.3, 0.5 + wear * 0.8) * scale))
        grey = np.asarray(image, dtype=np.float32)
        if self.random.random() < 0.6:
            spread = self.random.uniform(5, 15 + 30 * wear)
            grey = grey + self.noise.normal(0, 1, grey.shape).astype(np.float32) * spread
        if self.random.random() < 0.3:
            faded = self.noise.random(grey.shape) < wear * 0.12
            grey = np.where(faded, np.float32(255 if self.random.random() < 0.7 else 0), grey)
        if self.random.random() < 0.5:
            grey = np.where(grey > self.random.uniform(90, 200), np.float32(255), np.float32(0))
        worn = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
        if self.random.random() < 0.5:
            share = self.random.uniform(0.6, 1)
            small = (max(8, int(worn.width * share)), max(8, int(worn.height * share)))
            worn = worn.resize(small, Image.Resampling.BILINEAR)
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
        widest = max(image.shape[1] for image in sized)
        batch = np.zeros((len(sized), 3, HEIGHT, widest), dtype=np.float32)
        for k, image in enumerate(sized):
            batch[k, :, :, : image.shape[1]] = (image.astype(np.float32) / 255 - 0.5) / 0.5
        found = self.session.run(None, {self.input: batch})[0]
        for k, image in enumerate(sized):
            steps = -(-found.shape[1] * image.shape[1] // widest)
            text, others, last = "", [], 0
            for row in found[k, :steps]:
                best = int(row.argmax())
                if best not in (0, last):
                    text += self.labels[best]
                    top = [j for j in np.argsort(-row)[:TOP] if j and row[j] > LEAST]
                    others.append([(self.labels[j], round(float(row[j]), 4)) for j in top])
                last = best
            yield text, others


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
            printed = [next(source) for _ in range(BATCH)]
            records: list[dict[str, Any]] = []
            if engine is not None:
                sheets = [press.sheet([line]) for line in printed]
                for line, (read, others) in zip(printed, engine.read(sheets), strict=True):
                    records.append({"wrong": read, "right": line, "alts": others})
            else:
                lines = tesseract(press.sheet(printed, scale=2.1))
                if len(lines) == len(printed):
                    records = [{"wrong": a, "right": b} for a, b in zip(lines, printed, strict=True)]
            for record in records:
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
