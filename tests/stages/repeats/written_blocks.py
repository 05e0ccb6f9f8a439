"""Small pages written for the tests of the repeats stage: a fragment is what stands between blank lines."""

from __future__ import annotations

import re

from cleanpress.edited import Change, EditedText, render
from cleanpress.model import Fragment, Role, Span

_ROLES = {
    "#": Role.HEADLINE,
    "=": Role.SUBHEAD,
    "■": Role.BYLINE,
    "%": Role.FURNITURE,
}
_CLOSED = tuple("。！？…”")

TEA = (
    "谷雨前后,云岭村的茶农天不亮就上了山。今年春天雨水偏少,头采的芽叶比往年瘦一些,香气却更足,"
    "合作社把收购价每斤提高了四元,三百多户人家都松了一口气。"
)
TEA_2 = (
    "合作社请回来的炒茶师傅郭水根守着六口铁锅,从午后一直忙到夜里。他说机器做得出样子,做不出香气,"
    "云岭村的茶农今年松了一口气,靠的还是二十年里烫出来的记性。"
)
TEA_3 = "合作社在云岭村新修的晒场下个月交付使用,到时候茶农可以在廊下炒茶、卖茶,游客也可以住进老茶厂。"
BRIDGE = (
    "横跨沙溪的老石桥封闭检修已有半年,两岸居民过河要绕行下游的公路桥。施工方介绍,桥墩灌浆已经完成,"
    "栏板上的石刻逐块编号、清洗、复位,预计入冬以前恢复通行。"
)
BRIDGE_2 = (
    "负责测绘的工程师把桥拱的变形画成曲线贴在工棚里,每周添一笔。曲线越来越平,"
    "说明桥身已经稳住,往后只需要防着汛期的漂木。"
)
SCHOOL = (
    "开学第一周,镇中心小学把劳动课搬进了田埂。孩子们分组辨认野菜、量土温、记虫情,"
    "带队的老师说,课本上的一页,在地里要走上整整一个上午。"
)


def cut_page(text: str) -> tuple[list[Fragment], EditedText]:
    """Fragments of a page written for a test; line breaks are folded, half-width commas widened.

    A leading ``#`` marks a headline, ``=`` a subhead, ``■`` a byline, ``%`` furniture; the mark stays in
    the text, where it is no letter and so is in no key.
    """
    changes = [
        Change(
            m.start(),
            m.end(),
            "，" if m.group() == "," else "",
            "comma" if m.group() == "," else "line-break",
        )
        for m in re.finditer(r",|\n+", text)
    ]
    edited = EditedText(text).apply(changes)
    fragments = []
    for block, match in enumerate(re.finditer(r"\S(?:[^\n]|\n(?=[^\n]))*", text)):
        span = Span(match.start(), match.end())
        body = render(text, edited.edits, span)
        role = _ROLES.get(body[0], Role.PARAGRAPH)
        tail = 0.9 if role is Role.PARAGRAPH and not body.endswith(_CLOSED) else 0.05
        fragments.append(Fragment(span, body, role, open_head=0.3, open_tail=tail, block=block))
    return fragments, edited
