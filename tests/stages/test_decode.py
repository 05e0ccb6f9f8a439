"""The decode stage: every encoding told from every other, every refusal one clear line."""

from __future__ import annotations

import encodings
import hashlib
import io
import pkgutil
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleanpress.errors import CleanpressError, InputError, UsageError
from cleanpress.stages.decode import decode, decode_as

# Written for these tests; the second is the first as a newspaper in traditional characters prints it.
SIMPLIFIED = (
    "本报讯 清晨六点,城东菜市场已经热闹起来。摊主周建华把刚到的萝卜和白菜码得整整齐齐,"
    "一边招呼老顾客,一边用手机核对订单。"
    "“过去凭经验进货,剩下的只能倒掉;现在看数据,心里有底。”他说。据市商务局统计,全市四十二家农贸市场去年完成改造,"
    "损耗率由百分之九降到百分之四,商户平均收入增加一成以上。\n\n"
    "改造并不只是换灯换地砖。街道办事处请来设计师,与商户一起画图纸、定规矩,把过道拓宽,把水电管线埋入地下,还为老年人留出歇脚的座位。"
    "居民李桂芳每天来买菜,她告诉记者:“地面干爽了,价钱也写得明白。”下一步,当地将把检测结果每日公布,接受群众监督。\n"
)
TRADITIONAL = (
    "本報訊 清晨六點,城東菜市場已經熱鬧起來。攤主周建華把剛到的蘿蔔和白菜碼得整整齊齊,"
    "一邊招呼老顧客,一邊用手機核對訂單。"
    "「過去憑經驗進貨,剩下的只能倒掉;現在看數據,心裡有底。」他說。據市商務局統計,全市四十二家農貿市場去年完成改造,"
    "損耗率由百分之九降到百分之四,商戶平均收入增加一成以上。\n\n"
    "改造並不只是換燈換地磚。街道辦事處請來設計師,與商戶一起畫圖紙、定規矩,把過道拓寬,把水電管線埋入地下,還為老年人留出歇腳的座位。"
    "居民李桂芳每天來買菜,她告訴記者:「地面乾爽了,價錢也寫得明白。」下一步,當地將把檢測結果每日公布,接受群眾監督。\n"
)
ENCODED = [
    (SIMPLIFIED, "utf-8", "utf-8"),
    (SIMPLIFIED, "utf-8-sig", "utf-8"),
    (SIMPLIFIED, "utf-16", "utf-16-le"),
    (SIMPLIFIED, "utf-16-le", "utf-16-le"),
    (SIMPLIFIED, "utf-16-be", "utf-16-be"),
    (SIMPLIFIED, "utf-32", "utf-32-le"),
    (SIMPLIFIED, "gb18030", "gb18030"),
    (SIMPLIFIED, "gbk", "gb18030"),
    (SIMPLIFIED, "gb2312", "gb18030"),
    (TRADITIONAL, "utf-8", "utf-8"),
    (TRADITIONAL, "utf-16-be", "utf-16-be"),
    (TRADITIONAL, "gb18030", "gb18030"),
    (TRADITIONAL, "big5", "big5"),
    (TRADITIONAL, "cp950", "big5"),
    (TRADITIONAL.replace("居民李桂芳", "居民李碁"), "cp950", "cp950"),
    (TRADITIONAL + "深水埗", "big5hkscs", "big5hkscs"),
]


@pytest.mark.parametrize(("text", "encoding", "name"), ENCODED)
def test_every_encoding_is_told(text: str, encoding: str, name: str) -> None:
    data = text.encode(encoding)
    page = decode(data, source="page.txt")
    assert (page.text, page.encoding, page.source) == (text, name, "page.txt")
    assert page.sha256 == hashlib.sha256(data).hexdigest()
    assert decode_as(data, page.encoding) == text


@pytest.mark.parametrize(
    ("text", "encoding"), [(SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5"), (TRADITIONAL, "gb18030")]
)
@pytest.mark.parametrize("length", [10, 25, 80])
def test_short_pieces_of_news_are_told(text: str, encoding: str, length: int) -> None:
    for start in range(0, len(text) - length, 7):
        piece = text[start : start + length]
        assert decode(piece.encode(encoding), source="piece").text == piece


@pytest.mark.parametrize("word", ["目录", "头条新闻", "综合新闻", "联通", "你好", "第二版"])
def test_a_word_in_gb18030_is_told_from_utf8(word: str) -> None:
    """Some GB18030 words are valid UTF-8 by accident."""
    assert decode(word.encode("gb18030"), source="word").text == word


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
@example("café — naïve, coûté: 25 €")
@example("\ufeff\ufeff")
def test_utf8_with_its_mark_is_never_doubted(text: str) -> None:
    assert decode(b"\xef\xbb\xbf" + text.encode(), source="x").text == text


def test_line_ends_form_feeds_and_inner_marks_stay() -> None:
    text = "第一行\r\n第二行\r第三行\f\n\ufeff第四行\u2028完"
    assert decode(text.encode(), source="x").text == text


def test_a_few_nul_characters_stay_for_the_normalise_stage() -> None:
    text = SIMPLIFIED.replace("菜市场", "菜\0市场")
    assert decode(text.encode(), source="x").text == text


def test_a_page_without_chinese_is_a_page() -> None:
    assert decode(b"Nothing but English here.\n", source="x").encoding == "utf-8"
    assert decode("Rien que du français.\n".encode(), source="x").encoding == "utf-8"


def refusal(data: bytes, encoding: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        decode(data, encoding=encoding, source="in/page.txt")
    line = str(caught.value)
    assert line.startswith("in/page.txt: ")
    assert "\n" not in line
    return line


def test_empty_input_is_refused() -> None:
    assert "empty" in refusal(b"")
    assert "byte order mark" in refusal(b"\xef\xbb\xbf")
    assert "byte order mark" in refusal(b"\xff\xfe")


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "a")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"\x1f\x8b\x08\x00\x00", "gzip"),
        (zipped(), "ZIP"),
        (b"II*\x00\x08\x00\x00\x00", "TIFF"),
        (bytes(range(256)) * 8, "binary"),
        (b"\0" * 100, "binary"),
        (b"\0", "binary"),
        (b"abc\0" * 50, "binary"),
    ],
)
def test_binary_input_is_refused_by_name(data: bytes, named: str) -> None:
    assert named in refusal(data)


def test_a_named_encoding_does_not_make_text_of_an_image() -> None:
    assert "PNG" in refusal(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "latin-1")


def test_the_first_bad_byte_is_named() -> None:
    data = SIMPLIFIED.encode() + b"\xff\xff" + SIMPLIFIED.encode()
    assert f"byte {len(SIMPLIFIED.encode())} (0xff)" in refusal(data)
    assert "--encoding" in refusal(data)


def test_the_first_bad_byte_counts_the_byte_order_mark() -> None:
    assert "byte 4 (0xff) is not valid utf-8" in refusal(b"\xef\xbb\xbfa\xff")


def test_text_in_another_legacy_encoding_is_not_made_chinese() -> None:
    assert "--encoding" in refusal("Déjà établi: l'été, où réside la fée près du château".encode("latin-1"))


def test_a_named_encoding_is_believed_and_checked() -> None:
    page = decode("新聞".encode("big5"), encoding="BIG5", source="x")
    assert (page.text, page.encoding) == ("新聞", "big5")
    assert decode("新".encode("utf-16"), encoding="utf-16", source="x").encoding == "utf-16-le"
    assert decode("新".encode("utf-16-le"), encoding="UTF16", source="x").text == "新"
    assert decode(b"\xef\xbb\xbfa", encoding="utf-8-sig", source="x").encoding == "utf-8"
    assert "byte 1 (0xff) is not valid gb18030" in refusal(b"a\xff", "gb18030")


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("gb1830", "gb18030"),
        ("utf8x", "utf"),
        ("big-5", "big5"),
        ("rot13", "no text encoding"),
        ("a\0b", "usual"),
    ],
)
def test_an_unknown_encoding_names_the_nearest(name: str, advice: str) -> None:
    with pytest.raises(UsageError, match=advice):
        decode(b"abc", encoding=name, source="x")


@given(st.binary(max_size=80))
def test_any_bytes_become_a_page_or_one_line(data: bytes) -> None:
    try:
        page = decode(data, source="in/page.txt")
    except InputError:
        refusal(data)
    else:
        assert decode_as(data, page.encoding) == page.text


CODECS = sorted(module.name for module in pkgutil.iter_modules(encodings.__path__))
ODD = [bytes([byte]) * 10 for byte in range(256)] + [
    bytes(range(256)),
    b"a" * 70 + b".",
    b"xn--a.b",
    b"abc-999999999999",
    b"-\xff",
    b"\\q \\777",
    b"\\ud800abc",
    b"\\N{no such name}",
    b"+2AA-",
    b"\xff\xfea",
    b"\xef\xbb\xbf\xef",
]


@pytest.mark.parametrize("codec", CODECS)
def test_odd_bytes_in_any_codec_become_a_page_or_one_line(codec: str) -> None:
    for data in ODD:
        try:
            page = decode(data, encoding=codec, source="in/page.txt")
        except CleanpressError as error:
            line = str(error)
        else:
            line = ""
            assert decode_as(data, page.encoding) == page.text
            assert page.text.encode("utf-8")
        assert "\n" not in line


def test_the_first_control_character_is_counted_in_the_text() -> None:
    assert "the first character 2)" in refusal(b"\xc1\xc2" + b"\x37" * 10, "cp037")
    assert "the first character 1)" in refusal("中".encode() + b"\0" * 10)
    assert "the first character 0)" in refusal(b"\\x00" * 10, "unicode_escape")


def test_half_a_surrogate_pair_is_refused() -> None:
    assert "character 1 is half of a surrogate pair" in refusal(b"a\\ud800b", "unicode_escape")


def test_valid_utf_8_of_another_script_is_utf_8() -> None:
    assert decode("Огни гавани\n".encode(), source="x").encoding == "utf-8"
    assert decode("Φώτα του λιμανιού\n".encode(), source="x").encoding == "utf-8"


@pytest.mark.parametrize(
    ("encoding", "lost", "name", "left"),
    [
        ("utf-8", 1, "utf-8", 2),
        ("utf-8", 2, "utf-8", 1),
        ("gb18030", 1, "gb18030", 1),
        ("big5", 1, "big5", 1),
        ("utf-16", 1, "utf-16-le", 1),
        ("utf-8-sig", 1, "utf-8", 2),
    ],
)
def test_a_file_that_was_cut_off_is_said_to_be(encoding: str, lost: int, name: str, left: int) -> None:
    text = "青溪渡口的燈亮了四十年。每天晚上，擺渡人把煤油燈掛上木樁，等最後一班船"
    data = text.encode(encoding)
    said = refusal(data[: len(data) - lost])
    assert f"ends in the middle of a character of {name}, as if it had been cut off" in said
    assert said.endswith("take away its last byte" if left == 1 else f"take away its last {left} bytes")
    kept = data[: len(data) - lost - left]
    assert decode(kept, source="page.txt").text == text[:-1]


def test_a_file_that_is_broken_elsewhere_was_not_cut_off() -> None:
    text = SIMPLIFIED.encode()
    assert "cut off" not in refusal(text[:-1] + b"\xff" + text)
    assert "cut off" not in refusal(text[:100] + SIMPLIFIED.encode("gbk"))
    assert "cut off" not in refusal(b"plain letters\xe4")
