"""Corpora for measuring deduplication: synthetic paragraphs with noisy copies, and a hard set of near-misses.

    python benchmarks/dedup_corpus.py paragraphs 100000 -o corpus.txt    # a paragraph a line; truth beside it
    python benchmarks/dedup_corpus.py hard -o hard.txt

Paragraphs are walks over the characters of the project's own sample articles (a step follows the last
character, or jumps to any), some 120 letters long; 30 % of them stand in clusters of 2 to 30 copies, each
with 0 to 15 % of its letters misread, dropped or added. The truth is an ``.npz``: ``cluster`` (-1: none)
and ``noise`` a paragraph.

The hard set holds pairs that look like copies and are none (serial texts with other figures, templates with
other names), one after the other, and then exact copies of some of them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
NOISES = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.10, 0.15)
JUMPS = 0.35
"""Share of steps that go anywhere: without them all paragraphs would share their pairs of letters."""


def _letters() -> str:
    text = []
    for path in sorted((ROOT / "samples" / "articles").glob("*.json")):
        for blocks in json.loads(path.read_text(encoding="utf-8"))["articles"].values():
            text += [block for _, block in blocks]
    return "".join(c for c in "".join(text) if c.isalpha())


def walks(count: int, seed: int) -> list[str]:
    """Synthetic paragraphs, all walked at once."""
    text = _letters()
    everyday = np.array([ord(c) for c in dict.fromkeys(text)])
    # Rarer characters beside those of the articles: a page has names and terms of its own.
    alphabet = np.concatenate([everyday, np.setdiff1d(np.arange(0x4E00, 0x4E00 + 3000), everyday)])
    place = {chr(c): k for k, c in enumerate(alphabet)}
    codes = np.array([place[c] for c in text])
    order = np.argsort(codes[:-1], kind="stable")
    after = codes[1:][order]
    starts = np.searchsorted(codes[:-1][order], np.arange(len(alphabet) + 1))
    rng = np.random.default_rng(seed)
    lengths = rng.integers(60, 190, count)
    weights = 1.0 / np.arange(1, len(alphabet) + 1) ** 0.6
    state = rng.choice(len(alphabet), count, p=weights / weights.sum())
    steps = [state]
    for _ in range(int(lengths.max()) - 1):
        known = starts[state + 1] - starts[state]
        picked = starts[state] + (rng.random(count) * known).astype(int)
        jump = (rng.random(count) < JUMPS) | (known == 0)
        jumps = rng.choice(len(alphabet), count, p=weights / weights.sum())
        state = np.where(jump, jumps, after[np.minimum(picked, len(after) - 1)])
        steps.append(state)
    grid = alphabet[np.stack(steps, axis=1)].astype("<u4")
    return [row[:n].tobytes().decode("utf-32-le") for row, n in zip(grid, lengths.tolist(), strict=True)]


def worn(text: str, noise: float, rng: Random) -> str:
    """A copy with that share of its letters misread (70 %), dropped or added (15 % each)."""
    out = []
    for letter in text:
        if rng.random() >= noise:
            out.append(letter)
            continue
        kind = rng.random()
        other = chr(rng.randrange(0x4E00, 0x9FA0))
        if kind < 0.7:
            out.append(other)
        elif kind < 0.85:
            out += [letter, other]
    return "".join(out)


def paragraphs(count: int, seed: int = 1) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Paragraphs in random order with their clusters and noise."""
    rng = Random(f"dedup/{seed}")
    sizes = []
    while sum(sizes) < 0.3 * count:
        sizes.append(rng.choice([2, 2, 2, 2, 2, 2, 3, 3, 4, 6, 8, rng.randint(9, 30)]))
    originals = walks(count - sum(sizes) + len(sizes), seed)
    rows: list[tuple[str, int, float]] = []
    for cluster, size in enumerate(sizes):
        for _ in range(size):
            noise = rng.choice(NOISES)
            rows.append((worn(originals[cluster], noise, rng), cluster, noise))
    rows += [(text, -1, 0.0) for text in originals[len(sizes) :]]
    rng.shuffle(rows)
    texts, clusters, noises = zip(*rows, strict=True)
    return list(texts), np.array(clusters), np.array(noises)


TEMPLATES = (
    "市气象台{m}月{d}日傍晚发布：今天夜里到明天，{w}，东南风{f}级，最低气温{t}度，最高气温{u}度，相对湿度{h}%，出行请留意路面积水。",
    "昨日批发市场：大白菜每公斤{p}元，土豆每公斤{q}元，猪肉每公斤{r}元，鸡蛋每公斤{s}元，成交量{n}吨，供应充足，价格平稳。",
    "第{n}期开奖结果：红球{a}、{b}、{c}、{e}、{g}、{i}，蓝球{k}，一等奖{d}注，每注奖金{x}元，奖池滚存{y}元，下期周四晚开奖。",
    "本场比赛主队以{d}比{f}取胜，上半场比分{f}比{g}，观众{n}人，主裁判{name}，下一轮将于{m}月{u}日在客场对阵{place}队。",
    "讣告：离休干部{name}同志因病医治无效，于{m}月{d}日在{place}逝世，享年{h}岁，遗体告别仪式定于{u}日上午举行，特此讣闻。",
    "遗失启事：{name}遗失身份证一张，号码末四位{n}，又遗失{place}村宅基地使用证一本，编号{x}，即日起声明作废，特此公告。",
    "招领启事：{place}派出所拾得皮夹一只，内有现金{p}元、{name}的驾驶证一本，请失主于{m}月{d}日前携带证件到所认领，过期上缴。",
    "任前公示：{name}，{place}人，{h}岁，大学学历，拟任副科级职务。公示期为{m}月{d}日至{u}日，如有意见请于期内向组织部门反映。",
    "水情通报：{place}水文站今晨八时水位{p}米，比昨日上涨{q}厘米，流量每秒{n}立方米，水库蓄水{x}万立方米，闸门开启{f}孔。",
    "列车时刻：{n}次列车{d}时{u}分由{place}始发，途经七站，{f}时{h}分到达终点，票价{p}元，每逢双日开行，请旅客提前进站。",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "建国志强秀英桂兰玉珍海燕晓东立新春梅文博雅琴国庆永福"
PLACES = ("青崖", "沙渚", "芦汀", "里枫", "漾江", "石埠", "白鹭湾", "云岭", "柳桥", "双溪")
SKIES = ("多云转晴", "阴有小雨", "晴到多云", "小雨转阴", "雷阵雨", "大雾转晴")


def filled(template: str, rng: Random) -> str:
    """A template with figures and names of its own."""
    name = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
    return template.format(
        m=rng.randint(1, 12), d=rng.randint(2, 29), u=rng.randint(20, 31), t=rng.randint(-5, 15),
        f=rng.randint(2, 6), g=rng.randint(0, 9), h=rng.randint(41, 99), w=rng.choice(SKIES),
        p=f"{rng.uniform(1, 99):.2f}", q=f"{rng.uniform(1, 9):.1f}", r=f"{rng.uniform(20, 40):.2f}",
        s=f"{rng.uniform(7, 12):.1f}", n=rng.randint(1000, 9999), a=rng.randint(1, 9), b=rng.randint(10, 14),
        c=rng.randint(15, 19), e=rng.randint(20, 24), i=rng.randint(29, 33), k=rng.randint(1, 16),
        x=rng.randint(100000, 9999999), y=rng.randint(10**8, 10**9), name=name, place=rng.choice(PLACES),
    )  # fmt: skip


def hard(count: int = 200, exact: int = 200, seed: int = 1) -> tuple[list[str], int]:
    """Texts of ``count`` instances of every template, all different, then ``exact`` copies of some of them.

    Returns the texts and how many of them, at the end, are copies.
    """
    rng = Random(f"hard/{seed}")
    texts: dict[str, None] = {}
    for template in TEMPLATES:
        wanted = len(texts) + count
        while len(texts) < wanted:
            texts[filled(template, rng)] = None
    found = list(texts)
    return [*found, *rng.sample(found, exact)], exact


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("paragraphs", "hard"))
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    if args.what == "hard":
        texts, _ = hard(seed=args.seed)
    else:
        texts, clusters, noise = paragraphs(args.count, args.seed)
        np.savez(args.output.with_suffix(".npz"), cluster=clusters, noise=noise)
    args.output.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")


if __name__ == "__main__":
    main()
