"""Print newspaper pages: clean articles set in columns, drawn, worn like scans, read by engines; gold beside.

    python benchmarks/press -o DIR [--pages N] [--seed S] [--vertical] [--texts samples|corpora]
                            [--tesseract] [--language NAME] [--no-image]

For each page: ``NAME.gold.json`` (as ``simulate`` writes it), ``NAME.json`` (the lines an engine without
errors gives, row by row, in RapidOCR's shape), ``NAME.png`` (worn), and with ``--tesseract`` what Tesseract
makes of that: ``NAME.xml`` (ALTO), ``NAME.hocr`` and ``NAME.txt``.

``samples`` takes the texts of ``samples/articles/``, written for this project; ``corpora`` the test fold of
the corpora beside the checkout (``--fold`` names another). Needs Pillow and the Noto CJK fonts
(Debian: fonts-noto-cjk); ``--tesseract`` needs tesseract-ocr with chi-sim, for vertical pages chi-sim-vert or
another model that ``--language`` names, as ``HanS_vert`` of tesseract-ocr-script-hans-vert.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

# The press is a folder that is run, not a package: its parts and corpora.py are found by the path above.
from plan import Format, plan
from setting import Story, printable
from sheet import Press, draw, extent, lines_of, worn

from corpora import articles

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "articles"
FONTS = Path("/usr/share/fonts/opentype/noto")
KICKERS = ("特别报道", "走进基层一线", "今日关注", "深度观察", "城乡新貌", "记者走基层")
SUBTITLES = ("——来自现场的报道", "——新年走基层", "——一线见闻")
NAMES = ("温若青", "商陆离", "阮知微", "裴小暑", "柏雨眠", "路闻樱", "祁守田", "葛青岚")


def stories_of_samples(rng: random.Random) -> list[Story]:
    """The articles of the sample pages, in a random order."""
    found = []
    for path in sorted(SAMPLES.glob("*.json")):
        recipe = json.loads(path.read_text(encoding="utf-8"))
        if recipe["page"] == "traditional-page":
            continue
        for name, blocks in recipe["articles"].items():
            texts = dict(blocks)
            body = tuple(t for role, t in blocks if role in ("paragraph", "subhead") and len(t) > 20)
            title = texts.get("headline", body[0][:12])
            found.append(Story(f"{recipe['page']}-{name}", title, texts.get("byline", ""), body))
    rng.shuffle(found)
    return found


def stories_of_corpora(rng: random.Random, fold: str) -> Iterator[Story]:
    """Articles of a fold with a headline and enough text, with the trimmings of a page."""
    pool = [
        a
        for a in articles("news", "web", folds=(fold,))
        if len(a.paragraphs) >= 3 and 250 <= sum(map(len, a.paragraphs)) <= 1500 and 6 <= len(a.title) <= 34
    ]
    rng.shuffle(pool)
    for article in pool:
        byline = rng.choice(("", "本报记者 {}", "■ {}", "记者 {} 通讯员 {}"))
        yield Story(
            article.id,
            printable(article.title),
            byline.format(*rng.sample(NAMES, 2)),
            tuple(printable(p) for p in article.paragraphs if p.strip()),
            rng.choice(KICKERS) if rng.random() < 0.15 else "",
            rng.choice(SUBTITLES) if rng.random() < 0.1 else "",
            f"图为活动现场。{rng.choice(NAMES)} 摄" if rng.random() < 0.3 else "",
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", dest="out", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vertical", action="store_true")
    parser.add_argument("--texts", choices=("samples", "corpora"), default="corpora")
    parser.add_argument("--fold", default="test")
    parser.add_argument("--depth", type=float, default=0, help="cells down the page; drawn by chance without")
    parser.add_argument("--columns", type=int, default=0)
    parser.add_argument("--name", default="")
    parser.add_argument("--cell", type=int, default=24, help="size of the text's type in pixels")
    parser.add_argument("--grain", type=float, default=9.0, help="noise, in shades of 256")
    parser.add_argument("--grays", type=int, default=0, help="shades of the PNG; all 256 without")
    parser.add_argument("--tesseract", action="store_true")
    parser.add_argument("--language", default="", help="Tesseract's model; chi_sim or chi_sim_vert without")
    parser.add_argument("--no-image", action="store_true")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    if not FONTS.is_dir() and not args.no_image:
        sys.exit("the Noto CJK fonts are not installed (Debian: fonts-noto-cjk)")
    press = Press(str(FONTS / "NotoSerifCJK-Regular.ttc"), str(FONTS / "NotoSerifCJK-Bold.ttc"), args.cell)
    args.out.mkdir(parents=True, exist_ok=True)
    stream = iter(stories_of_samples(rng)) if args.texts == "samples" else stories_of_corpora(rng, args.fold)
    for number in range(args.pages):
        name = args.name or f"{'down' if args.vertical else 'page'}-{args.seed}-{number:02d}"
        columns = args.columns or rng.randrange(4, 7)
        width = rng.randrange(11, 15) if columns == 6 else rng.randrange(13, 19)
        depth = args.depth or rng.randrange(70, 110)
        form = Format(columns, width, depth, args.vertical)
        furniture = "2026年3月1日 星期日 第4版 综合新闻" if rng.random() < 0.5 else ""
        setting = plan(rng, [s for _, s in zip(range(12), stream, strict=False)], form, furniture)
        gold = {"page": name, "articles": setting.articles, "furniture": setting.furniture}
        _write(args.out / f"{name}.gold.json", gold)
        _write(args.out / f"{name}.json", lines_of(setting, press, vertical=args.vertical))
        across, down = extent(setting)
        print(f"{name}: {len(setting.articles)} articles, {across:.0f} by {down:.0f} cells")
        if args.no_image:
            continue
        image = worn(draw(setting, press, vertical=args.vertical), rng, args.grain)
        if args.grays:
            image = image.quantize(args.grays)
        image.save(args.out / f"{name}.png", optimize=True)
        if args.tesseract:
            language = args.language or ("chi_sim_vert" if args.vertical else "chi_sim")
            subprocess.run(
                ["tesseract", f"{name}.png", name, "-l", language, "alto", "hocr", "txt"],
                check=True, cwd=args.out, capture_output=True,
            )  # fmt: skip


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
