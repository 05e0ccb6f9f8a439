"""What short lines of a newspaper page look like: bylines, furniture, jump lines, captions.

Each pattern is anchored on both ends of a line, so that a sentence which mentions an editor or a date is
never taken for furniture.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

LONGEST_BYLINE = 44
LONGEST_JUMP = 40
LONGEST_CAPTION = LONGEST_FURNITURE = 80
"""Characters: a longer line is prose, and no pattern is tried on it."""
SLASHES = "/／∕"
"""The third is what Windows' table of Big5 (cp950) has at A241, where others have ／."""
BULLETS = "■█◆●▲□◇○★▪▌◎"
# What engines read for a black square before a name (seen on Tesseract pages).
_MISREAD_SQUARES = "国图园圈回囗口目加昌且"
_KICKER_MARKS = "►▶▷→◢◤"

_YEAR = (
    r"(?:[12][0-9OolI〇]{3}|[一二三四五六七八九〇○零]{4}"
    r"|(?:中華|中华)?民[國国]\s*[0-9一二三四五六七八九十百〇]{1,4})"
)
_DATE = re.compile(
    # A doubled 年 and a misread 星 are what engines make of this line most often.
    rf"^{_YEAR}\s*年年?\s*[0-9OolI一二三四五六七八九十]{{1,3}}\s*月\s*[0-9OolI一二三四五六七八九十]{{1,3}}\s*日"
    r"(?:\s*(?:[,，]\s*)?(?:\S?期|週|周)[一二三四五六日天])?"
    r"(?:\s*[农農][历曆].{0,12})?(?:\s*(?:第\s*)?[0-9A-Z]{1,6}\s*(?:版|期|号|號))?\s*$"
    r"|^[12][0-9]{3}([./-])[01]?[0-9]\1[0-3]?[0-9]$"
)
_WEEKDAY = re.compile(r"^(?:星期|週|周)[一二三四五六日天]$")
_SECTION = (
    "(?:要闻|综合|国内|国际|本市|本埠|地方|经济|财经|文化|体育|副刊|专题|专版|广告|社会|教育|科技|评论|理论|视点|时事"
    "|民生|健康|旅游|要聞|綜合|國內|國際|經濟|財經|體育|專題|專版|廣告|社會|評論|理論|視點|時事|旅遊)"
)
_EDITION = re.compile(
    # What follows is the name of a section: behind white or a mark any, set close only a usual one, as a
    # sentence about an edition goes on at once (第3版卖得很好).
    r"^(?:第?\s*[0-9OolI０-９A-Z]{1,3}|第\s*[一二三四五六七八九十]{1,3})\s*[版叠疊]"
    r"(?:\s*[:：·|]\s*[^\s，。！？；]{0,6}(?:\s+[^\s，。！？；]{1,8})?"
    r"|\s+[^\s，。！？；]{1,6}(?:\s+[^\s，。！？；]{1,8})?"
    rf"|\s*{_SECTION}[^\s，。！？；]{{0,4}}(?:\s+[^\s，。！？；]{{1,8}})?)?$"
    r"|^(?:[A-D][0-9]{1,2}|0[0-9])\s*[\u3400-\u9fff]{2,5}$"
    rf"|^(?:{_SECTION}(?:新闻|新聞)?\s*|\S{{2,4}}\s+)(?:第\s*)?[0-9]{{1,2}}\s*版$"
)
_DUTY = (
    "(?:责任编辑|責任編輯|责编|責編|编辑|編輯|美编|美編|版式|校对|校對|组版|組版|值班主任|主编|主編|统筹|統籌|视觉|制图|製圖"
    "|审读|電話|电话|邮箱|電郵|E-?mail)"
)
_EDITORS = re.compile(rf"^[（(【\[]?\s*(?:(?:本版|今日)\s*)?{_DUTY}\s*[:：{SLASHES}](?P<tail>.{{0,60}})$")
# A line that heads the page may end with the editors.
_BEFORE_EDITORS = re.compile(rf"\s*(?=(?:(?:本版|今日)\s*)?{_DUTY}\s*[:：{SLASHES}])")
_PAPER = re.compile(
    r"^[\u3400-\u9fff]{1,5}(?:(?<![每今逐当當次])日[报報]|(?<![及按实實随隨定即同准準])[时時][报報]|[晚晨早商导導][报報]|[周週][报報]|都市[报報])$"
)
_DUTY_OR_NUMBER = re.compile(rf"^(?:{_DUTY}|[0-9A-Za-z@._+()（）-]+)$")
_PAGE_NUMBER = re.compile(
    # Three digits without dashes are a torn figure as often as a page.
    r"^(?:[-—–·•\s]*[A-Z]?[0-9]{1,2}[-—–·•\s]*|[-—–·•][-—–·•\s]*[A-Z]?[0-9]{3}\s*[-—–·•][-—–·•\s]*)$"
)
_NUMBERS = re.compile(
    r"^(?:国内统一连续出版物号|國內統一|CN\s*[0-9]|ISSN|邮发代号|郵發代號|总第|總第"
    r"|今日\s*[0-9]+\s*版|第\s*[0-9]+\s*期).{0,40}$"
)
_FURNITURE = (_DATE, _WEEKDAY, _EDITION, _PAGE_NUMBER, _NUMBERS)
_SECTION_NAME = re.compile(rf"^{_SECTION}(?:新闻|新聞)?$")
_IN_HEAD = (_PAPER, _SECTION_NAME, *_FURNITURE)
_JUMP = re.compile(
    r"^[（(【\[▶►→]?\s*"
    r"(?:(?:下转|下轉|上接|紧接|緊接|转|轉)\s*(?:第\s*)?[0-9A-Z一二三四五六七八九十]{1,4}\s*版.{0,14}"
    r"|相关报道见.{0,12}|相關報導見.{0,12}|详见第?.{0,8}版)\s*[）)】\]]?$"
)
_REPORTERS = (
    r"(?:(?:本报|本報|本刊|新华社|新華社|中新社|人民网|央视|本台|新华网)\s*)?(?:(?:见习|見習|特派|驻.{2,6}|首席)\s*)?"
    r"(?:记者|記者|通讯员|通訊員|特约记者|特約記者|实习生|實習生|评论员|評論員|特约评论员"
    rf"|编译|編譯|作者|文|摄影|攝影|文[{SLASHES}]图|整理)"
)
# In each class of names, the first and the last character are no white: only one way to match a line.
_BYLINE = re.compile(
    rf"^[（(\[]?\s*(?:[|｜{BULLETS}]\s*)?{_REPORTERS}\s*(?:[:：]\s*)?"
    rf"(?P<names>[\w·•,，、{SLASHES}|][\w·•\s,，、{SLASHES}|]{{0,38}}[\w·•,，、{SLASHES}|])\s*[）)\]]?$"
)
_FILED = re.compile(
    rf"^{_REPORTERS}\s*(?P<names>[\w·、][\w·\s、]{{0,14}}[\w·、])\s*[{SLASHES}]\s*\S{{1,12}}(?:報導|报道|電|电|讯|訊)$"
)
_SIGNED = re.compile(r"^[（(]\s*(?P<names>[\w·•、，][\w·•\s、，]{0,22}[\w·•、，])\s*[）)]$")
_CAPTION = re.compile(
    r"^(?:[▲△↑←→▼]|图为|圖為|上图|上圖|下图|下圖|左图|右图|图[一二三四1-9][:：]|图片说明|圖片說明).{4,}$"
    r"|^.{6,80}(?:摄|攝|供图|供圖|资料图|資料圖|资料照片|攝影)[）)]?$"
)
_SENTENCE_MARK = re.compile("[，。！？；]")
_HAN = re.compile(r"^[\u3400-\u9fff\U00020000-\U0003ffff]+$")


@cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Single and compound surnames from ``data/segment/surnames.txt``."""
    rows = files("cleanpress").joinpath("data/segment/surnames.txt").read_text(encoding="utf-8").splitlines()
    body = [row for row in rows if row and not row.startswith("#")]
    return frozenset("".join(body[:-1])), frozenset(body[-1].split())


def is_name(text: str) -> bool:
    """Whether text looks like one Chinese person's name: a surname and one or two characters more."""
    if len(text) > 4 or not _HAN.match(text):
        return False
    single, compound = surnames()
    if len(text) in (3, 4) and text[:2] in compound:
        return True
    return len(text) in (2, 3) and text[0] in single


def _are_names(text: str) -> bool:
    parts = [part for part in re.split(rf"[\s、，,{SLASHES}|·]+", text.strip()) if part]
    if len(parts) == 3 and all(len(part) == 1 for part in parts):
        parts = ["".join(parts)]
    joined: list[str] = []
    for part in parts:
        # Names of two characters are set with a space between them: 王 明.
        if joined and len(part) == 1 and len(joined[-1]) == 1:
            joined[-1] += part
        else:
            joined.append(part)
    return bool(joined) and len(joined) <= 6 and all(is_name(part) for part in joined)


def is_byline(text: str) -> bool:
    """Whether a line names the author: ``■ 王明明``, ``本报记者 …``, ``（张三）``, a bare name."""
    if len(text) > LONGEST_BYLINE:
        return False
    found = _BYLINE.match(text)
    if found:
        names = re.sub(_REPORTERS, " ", found["names"])
        return _are_names(names) or len(found["names"].strip()) <= 10
    if _FILED.match(text):
        return True
    signed = _SIGNED.match(text)
    if signed:
        return _are_names(signed["names"]) or _are_names(re.sub(_REPORTERS, " ", signed["names"]))
    bare = text.lstrip(BULLETS + " ")
    if bare != text:
        return _are_names(bare) or (len(bare) <= 12 and _are_names(bare.split(" ")[0]))
    head, _, rest = text.partition(" ")
    if rest and head in _MISREAD_SQUARES:
        return _are_names(rest) or (len(rest) <= 9 and _HAN.match(rest.replace(" ", "")) is not None)
    if rest and len(head) == 1 and _HAN.match(head):
        # Some other character stands for the square: what follows must be names beyond doubt.
        parts = rest.split(" ")
        known = sum(is_name(part) for part in parts)
        return len(parts) <= 3 and known >= 1 and all(2 <= len(part) <= 3 for part in parts)
    return len(text) <= 14 and _are_names(text)


def is_bare_name(text: str) -> bool:
    """Whether the whole line is names and nothing else (how some articles are signed at the end)."""
    return len(text) <= 12 and _are_names(text)


def is_signature(text: str) -> bool:
    """Whether the line signs off an article: a name in brackets."""
    return len(text) <= LONGEST_BYLINE and _SIGNED.match(text) is not None and is_byline(text)


def is_furniture(text: str) -> bool:
    """Whether a line belongs to the page, not to an article: date, edition, editors, page number."""
    if len(text) > LONGEST_FURNITURE:
        return False
    if _are_editors(text) or _heads_page(text):
        return True
    found = _BEFORE_EDITORS.search(text)
    return found is not None and _heads_page(text[: found.start()]) and _are_editors(text[found.end() :])


def is_paper(text: str) -> bool:
    """Whether a line may be the name of a newspaper: ``港湾日报``. A short headline may look like one."""
    return _PAPER.match(text) is not None


def _heads_page(text: str) -> bool:
    """Whether a line is what stands at the head of a page, or several such things, a date among them."""
    if _is_one(text, _FURNITURE):
        return True
    parts = text.split()
    return any(map(_DATE.match, parts)) and all(_is_one(part, _IN_HEAD) for part in parts)


def _is_one(text: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    return any(pattern.match(text) for pattern in patterns)


def _are_editors(text: str) -> bool:
    """Whether a line says who made the page or how to reach them, rather than starting a sentence."""
    found = _EDITORS.match(text)
    if not found:
        return False
    if not _SENTENCE_MARK.search(found["tail"]):
        return True
    # Commas may part the names and numbers of such a line, but nothing else may stand between them.
    parts = re.split(rf"[\s，。；、:：{SLASHES}]+", found["tail"].strip("）)】] "))
    return all(is_name(part) or _DUTY_OR_NUMBER.match(part) for part in parts if part)


def is_jump(text: str) -> bool:
    """Whether a line sends the reader to another page or comes from one."""
    return len(text) <= LONGEST_JUMP and _JUMP.match(text) is not None


def is_caption(text: str) -> bool:
    """Whether a line explains a picture."""
    return len(text) <= LONGEST_CAPTION and _CAPTION.match(text) is not None


def starts_title(text: str) -> bool:
    """Whether a line is marked as a title line: a kicker's arrow, a subtitle's dash, a column's 【】."""
    return is_kicker(text) or is_subtitle(text) or (text[:1] in "【〖" and len(text) <= 60)


def is_kicker(text: str) -> bool:
    """Whether a line carries a kicker's mark."""
    return text[:1] in _KICKER_MARKS and len(text) <= 45


def is_subtitle(text: str) -> bool:
    """Whether a line starts with the dash of a subtitle."""
    return text.startswith(("——", "--", "－－", "──", "━━")) and len(text) <= 60 and not text.endswith("。")
