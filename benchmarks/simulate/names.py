"""Invented names, places and the small print of a newspaper page. Everyone here is made up."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

_TABLE = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
SURNAMES: str = _TABLE["surnames"].replace("\n", "")
GIVEN: str = _TABLE["given"].replace("\n", "")
PLACES: list[str] = _TABLE["places"]
PAPERS: list[str] = _TABLE["papers"]
SECTIONS: list[str] = _TABLE["sections"]
COLUMNS: list[str] = _TABLE["columns"]
NUMERALS = "一二三四五六七八"


def person(rng: Random) -> str:
    """A name of two or three characters."""
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice([1, 2, 2])))


def people(rng: Random, separator: str = " ") -> str:
    """One to three names."""
    return separator.join(person(rng) for _ in range(rng.choice([1, 1, 1, 2, 2, 3])))


def day(rng: Random) -> str:
    """A month and a day."""
    return f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"


def byline(habit: str, rng: Random) -> str:
    """A byline as printed below a headline."""
    if habit == "bullet":
        return "■ " + people(rng)
    if habit == "plain":
        return rng.choice(["记者 ", "□ ", "文/", ""]) + people(rng)
    who = (
        rng.choice(["本报记者", "本报记者", "本报通讯员", "本报驻" + rng.choice(PLACES) + "记者"])
        + " "
        + people(rng)
    )
    return who + (" 通讯员 " + people(rng) if rng.random() < 0.2 else "")


def signature(habit: str, rng: Random) -> str:
    """A sign-off at the end of an article."""
    if habit == "bare end":
        return person(rng)
    who = people(rng, rng.choice([" ", "、"]))
    return "（" + rng.choice(["", "", "记者 ", "通讯员 ", "本报记者 "]) + who + "）"


def dateline(rng: Random) -> str:
    """The words a report opens with, such as 本报讯 or an agency's place and day."""
    place = rng.choice(PLACES)
    reporter = f"（记者 {people(rng)}）" if rng.random() < 0.5 else " "
    return rng.choice(
        [
            "本报讯" + reporter,
            "本报讯" + reporter,
            f"本报{place}{day(rng)}讯" + reporter,
            f"新华社{place}{day(rng)}电" + reporter,
            f"据新华社{place}{day(rng)}电" + reporter,
            f"本报{place}{day(rng)}电" + reporter,
        ]
    )


def page_heads(rng: Random) -> list[str]:
    """The lines at the head or the foot of a page: edition, date, editors, page number."""
    number = rng.randint(1, 16)
    year, weekday = rng.randint(1995, 2026), rng.choice("一二三四五六日")
    choices = [
        f"第{number:02d}版 {rng.choice(SECTIONS)}",
        f"{year}年{day(rng)} 星期{weekday}",
        f"责任编辑：{person(rng)} 校对：{person(rng)}",
        f"责编/{person(rng)} 版式/{person(rng)} 校对/{person(rng)}",
        f"编辑 {person(rng)} 美编 {person(rng)} 电话 {rng.randint(60000000, 89999999)}",
        rng.choice(PAPERS),
        str(number),
        f"{rng.choice(SECTIONS)} {number}",
        f"{rng.choice(PAPERS)} {year}年{day(rng)} 星期{weekday} 第{number}版",
    ]
    return rng.sample(choices, rng.choice([1, 2, 3]))


def notices(rng: Random) -> list[str]:
    """A small notice between the articles, a line a piece."""
    name, number = person(rng), rng.randint(100000, 999999)
    return rng.choice(
        [
            ["广告"],
            ["遗失声明", f"{name}遗失营业执照副本，注册号{number}{number}，声明作废。"],
            ["遗失声明", f"{name}不慎遗失身份证，证号末六位{number}，现声明作废。"],
            ["公告", f"{rng.choice(PLACES)}西郊路段自{day(rng)}起夜间封闭施工，过往车辆请绕行。"],
            [
                "招租",
                f"临街商铺出租，面积{rng.randint(30, 300)}平方米，电话{rng.randint(60000000, 89999999)}。",
            ],
            [f"本版新闻热线：{rng.randint(60000000, 89999999)}"],
            [f"投稿信箱：news{number}@example.org"],
            ["本版图片除署名外均为资料照片"],
        ]
    )


def photographer(rng: Random) -> str:
    """Who took a picture, as a caption ends."""
    return (
        rng.choice(["新华社记者 ", "本报记者 ", "", "通讯员 "])
        + person(rng)
        + rng.choice(["摄", " 摄", "/摄"])
    )
