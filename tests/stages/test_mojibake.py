"""Text that was decoded wrongly: whatever the encoding was, it comes back, or is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpress.edited import EditedText
from cleanpress.stages.normalise import normalise
from cleanpress.stages.normalise.mojibake import mojibake, mojibake_latin

SIMPLIFIED = [
    "一座古桥的“体检报告”",
    "凌晨四点，青屿渔港的拍卖场第一次没有人扯着嗓子喊价。",
    "岁的梨农祁守田踩着梯子，剪下一个梨，递给站在树下的孙女。",
    "她在家里用筷子夹着秤砣练手腕，一练就是三个月；师傅说：“稳了。”",
    "2026年6月，12岁的小周第一次坐上C919客机，从家乡飞到了省城。",
]
TRADITIONAL = [
    "凌晨四點，青嶼漁港的拍賣場第一次沒有人扯著嗓子喊價。",
    "「以前我用嘴巴，現在我用眼睛。」洪金水說。",
    "產業鏈也跟著長了出來，她在港邊開了一家魚丸作坊，把小雜魚做成魚丸。",
    "七十四歲的賴阿桃是年紀最大的攤主，賣的是炭烤魷魚。",
]
WESTERN = [
    "Élève à Genève, où l’été fut très long, il a déjà mangé des crêpes près du château.",
    "Die Straße führt über Brücken nach Köln; Bäcker verkaufen süße Brötchen.",
    "Los niños pequeños jugaron mañana: ¿Qué pasó? ¡Olé, señor Muñoz!",
    "Não há informações sobre a construção do avião em São Paulo.",
    "Åke åt ärtsoppa på Öland; många små båtar låg vid ån. Älvsjö, Årsta, Örebro.",
    "Þórður á Ísafirði sagði að það væri gott veður í dag.",
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    "°C ±0.5° 20°30′ §1 ¶ © ® ¼½¾ ¹²³ µm £20 ¥300 €40 «ça»",
    "××××年××月××日，××市××区",
    "“……”——“‘……’”",
]


def seen(text: str, encoding: str, *, windows: bool) -> str:
    """Text in an encoding as a Western one shows it: Windows-1252 where it has a character, else Latin-1."""
    shown = []
    for byte in text.encode(encoding):
        one = bytes([byte])
        try:
            shown.append(one.decode("cp1252" if windows else "latin-1"))
        except UnicodeDecodeError:
            shown.append(one.decode("latin-1"))
    return "".join(shown)


@pytest.mark.parametrize("windows", [True, False], ids=["windows-1252", "latin-1"])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, encoding) for text in SIMPLIFIED for encoding in ("utf-8", "gbk")),
        *((text, encoding) for text in TRADITIONAL for encoding in ("utf-8", "cp950")),
    ],
)
def test_a_line_in_each_encoding_comes_back(text: str, encoding: str, windows: bool) -> None:
    wrong = seen(text, encoding, windows=windows)
    assert wrong != text
    assert normalise(wrong, script="keep").text == normalise(text, script="keep").text


@pytest.mark.parametrize(
    "text", [variant for text in WESTERN for variant in (text, text.upper(), text.replace(" ", ""))]
)
def test_what_was_printed_so_stays(text: str) -> None:
    assert mojibake_latin(text) == []


@pytest.mark.parametrize("windows", [True, False], ids=["windows-1252", "latin-1"])
@pytest.mark.parametrize("text", SIMPLIFIED + TRADITIONAL)
def test_gbk_is_not_decoded_by_halves(text: str, windows: bool) -> None:
    wrong = seen(text, "gb18030", windows=windows)
    assert normalise(wrong, rules_off=frozenset({"mojibake-latin"}), script="keep").text.count("\ufffd") == 0
    assert mojibake(wrong) == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Ã©tÃ©", "été"),
        ("CafÃ© de Flore, Ã\xa0 Paris", "Café de Flore, à Paris"),
        ("Itâ€™s â€œgoodâ€\x9d", "It’s “good”"),
        ("Müller, MÃ¼nchen, KÃ¶ln", "Müller, München, Köln"),
        ("本报讯ä¸\xadå›½é˜Ÿ夺冠", "本报讯中国队夺冠"),
        ("Jürgen Müller, MÃ¼nchen", "Jürgen Müller, München"),
    ],
)
def test_utf8_in_latin_letters_comes_back(wrong: str, right: str) -> None:
    assert EditedText(wrong).apply(mojibake(wrong)).text == right


@pytest.mark.parametrize("text", SIMPLIFIED + TRADITIONAL)
def test_bytes_that_were_lost_do_not_keep_the_others_from_coming_back(text: str) -> None:
    wrong = seen(text, "utf-8", windows=True)
    undefined = wrong.translate(dict.fromkeys([0x81, 0x8D, 0x8F, 0x90, 0x9D], "?"))
    for damaged in (undefined, wrong[:-1], wrong[1:]):
        out = EditedText(damaged).apply(mojibake(damaged)).text
        assert sum(c in text for c in set(out)) >= 5


def test_only_what_was_read_wrongly_is_changed() -> None:
    text = f"本报讯 C919{seen('客机从家乡起飞', 'gbk', windows=True)}, ABC"
    changes = mojibake_latin(text)
    assert "".join(change.after for change in changes) == "客机从家乡起飞"
    assert EditedText(text).apply(changes).text == "本报讯 C919客机从家乡起飞, ABC"


def test_quotes_that_were_printed_are_no_bytes() -> None:
    wrong = seen("港口夜航恢复", "gbk", windows=True)
    for text in ("他说：“{}”。", "他说——{}——", "“{}”，他说。"):
        assert normalise(text.format(wrong)).text == text.format("港口夜航恢复")


def test_what_does_not_come_out_whole_is_left() -> None:
    wrong = seen("产业链也跟着长了出来", "gbk", windows=True)
    assert mojibake_latin(wrong[:7] + wrong[8:]) == []
    # Two characters that both encodings have, and neither makes clearly likelier.
    assert mojibake_latin(seen("倒春", "gbk", windows=True)) == []


PAGE = "\n\n".join(["渡口的灯", *SIMPLIFIED[1:3], "齐若川"])
TRADITIONAL_PAGE = "\n\n".join(["渡口的燈", TRADITIONAL[0], TRADITIONAL[2], "齊若川"])


@pytest.mark.parametrize("windows", [True, False], ids=["windows-1252", "latin-1"])
@pytest.mark.parametrize(
    ("text", "encoding"), [(PAGE, "gbk"), (TRADITIONAL_PAGE, "cp950")], ids=["gbk", "big5"]
)
def test_a_headline_goes_with_its_page(text: str, encoding: str, windows: bool) -> None:
    wrong = seen(text, encoding, windows=windows)
    headline = wrong.split("\n")[0]
    assert mojibake_latin(headline) == []
    assert EditedText(wrong).apply(mojibake_latin(wrong)).text == text


@pytest.mark.parametrize("line", ["Straße über Brücken", "Élève à Genève", "São Paulo", "ÄÖÜ äöü", "±0.5°"])
def test_a_western_line_does_not_go_with_the_page(line: str) -> None:
    wrong = f"{line}\n{seen(PAGE, 'gbk', windows=True)}"
    assert EditedText(wrong).apply(mojibake_latin(wrong)).text.split("\n")[0] == line


def test_a_page_in_two_encodings_decides_nothing() -> None:
    wrong = [
        seen(text, encoding, windows=True)
        for text, encoding in [("渡口的灯", "gbk"), (SIMPLIFIED[1], "gbk"), (TRADITIONAL[0], "cp950")]
    ]
    both = "\n".join(wrong)
    out = EditedText(both).apply(mojibake_latin(both)).text.split("\n")
    assert out == [wrong[0], SIMPLIFIED[1], TRADITIONAL[0]]


@settings(deadline=None)
@given(
    st.text("港口灯亮夜船鱼多年春倒梯，。“A1 é", min_size=1, max_size=20),
    st.sampled_from(["utf-8", "gb18030", "cp950"]),
    st.booleans(),
)
def test_what_comes_out_is_what_the_same_bytes_say(text: str, encoding: str, windows: bool) -> None:
    data = text.encode(encoding, "ignore")
    wrong = seen(data.decode(encoding), encoding, windows=windows)
    for change in mojibake_latin(wrong):
        shown = wrong[change.start : change.end]
        assert shown in {seen(change.after, codec, windows=windows) for codec in ("gb18030",)} | {
            seen(part, "cp950", windows=windows) for part in [change.after] if _has(part)
        }


def _has(text: str) -> bool:
    """Whether Big5 has the characters."""
    return text.encode("cp950", "ignore").decode("cp950") == text
