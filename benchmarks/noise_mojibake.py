"""Chinese that was read as a Western encoding: how much of it comes back.

    python benchmarks/noise_mojibake.py

Every line of the samples is written in UTF-8, GBK and (in traditional characters) Big5, and read as Latin-1
and as Windows-1252. ``whole``: it reads as the line itself does after normalisation; ``wrong``: it holds
Chinese characters that the line has not; ``left``: neither. Then pieces of 2 to 10 characters, without what
stands around them, by ``mojibake-latin`` alone.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from opencc import OpenCC

from cleanpress.edited import EditedText
from cleanpress.stages.normalise import normalise
from cleanpress.stages.normalise.mojibake import mojibake_latin

ROOT = Path(__file__).resolve().parents[1]
PIECES = 1_500


def seen(text: str, encoding: str, western: str) -> str:
    """Text in an encoding as ``western`` shows it; bytes without a character there as Latin-1 does."""
    shown = []
    for byte in text.encode(encoding):
        try:
            shown.append(bytes([byte]).decode(western))
        except UnicodeDecodeError:
            shown.append(chr(byte))
    return "".join(shown)


def outcomes(texts: Iterable[str], encoding: str, western: str, clean: Callable[[str], str]) -> Counter[str]:
    """How many of the texts came back whole, came out wrong, or were left."""
    found: Counter[str] = Counter()
    for text in texts:
        try:
            wrong = seen(text, encoding, western)
        except UnicodeEncodeError:
            continue
        out, wanted = clean(wrong), clean(text)
        invented = Counter(c for c in out if "\u3400" <= c <= "\u9fff") - Counter(wanted)
        found["whole" if out == wanted else "wrong" if invented else "left"] += 1
    return found


def main() -> None:
    """Print a row an encoding."""
    lines = sorted(
        {
            line.strip()
            for path in sorted((ROOT / "samples").glob("*.txt"))
            for line in path.open(encoding="utf-8")
        }
    )
    lines = [line for line in lines if sum("\u4e00" <= c <= "\u9fff" for c in line) >= 4]
    traditional = [OpenCC("s2tw").convert(line) for line in lines]

    def whole(text: str) -> str:
        return normalise(text, script="keep").text

    def alone(text: str) -> str:
        return EditedText(text).apply(mojibake_latin(text)).text

    print(f"{len(lines)} lines")
    for name, texts in (("utf-8", lines), ("gbk", lines), ("cp950", traditional)):
        for western in ("latin-1", "cp1252"):
            print(f"{name:6} read as {western:8}", dict(outcomes(texts, name, western, whole)))
    chance = random.Random(5)
    for length in (2, 3, 4, 6, 10):
        for name, texts in (("utf-8", lines), ("gbk", lines), ("cp950", traditional)):
            long = [text for text in texts if len(text) > length]
            chosen = (chance.choice(long) for _ in range(PIECES))
            starts = ((text, chance.randrange(len(text) - length)) for text in chosen)
            pieces = [text[k : k + length] for text, k in starts]
            pieces = [piece for piece in pieces if not piece.isascii()]
            print(f"{length:2} characters of {name:6}", dict(outcomes(pieces, name, "cp1252", alone)))


if __name__ == "__main__":
    main()
