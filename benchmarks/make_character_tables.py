"""Make the character tables of the decode and normalise stages (see the head of each table).

    python benchmarks/make_character_tables.py [--unicode-data EquivalentUnifiedIdeograph.txt]

``radicals.tsv`` needs that file of the Unicode Character Database and is left as it is without it.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

import opencc

from corpora import articles

DATA = Path(__file__).resolve().parents[1] / "src" / "cleanpress" / "data"
FREQUENT = 1000
UNIFIED = [chr(c) for c in range(0x4E00, 0xA000)]


def encodable(character: str, encoding: str) -> bool:
    """Whether the character has a code in that encoding."""
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def frequent_characters(traditional: opencc.OpenCC) -> str:
    """The most frequent Chinese characters of the clean news, and their traditional forms."""
    counts = Counter(
        c
        for article in articles("news", "web", folds=("train",))
        for text in (article.title, *article.paragraphs)
        for c in text
        if "\u4e00" <= c <= "\u9fff"
    )
    top = [c for c, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:FREQUENT]]
    forms = {t for c in top if len(t := traditional.convert(c)) == 1}
    return "".join(sorted({*top, *forms}))


def script_pairs(simplified: opencc.OpenCC) -> list[tuple[str, str, str]]:
    """Rows (simplified, traditional, directions) of characters that only one of the scripts uses.

    ``s`` in the directions: a simplified page may read the traditional character as the simplified
    one, because it has one simplified form only. ``t``: a traditional page may read the simplified
    character as the traditional one, because no other character was simplified to it.
    """
    rows = []
    # OpenCC writes the choices of a character nowhere in its compiled tables: a character whose
    # conversion alone differs from its conversion inside a phrase would be one, but the sets that
    # national standards print are the better witness of what a page of one script can hold.
    forms: dict[str, list[str]] = {}
    for character in UNIFIED:
        form = simplified.convert(character)
        if len(form) == 1 and form != character:
            forms.setdefault(form, []).append(character)
    for form, characters in forms.items():
        usual = [c for c in characters if encodable(c, "big5")]
        for character in usual:
            if encodable(character, "gb2312") or not encodable(form, "gb2312"):
                continue
            only_simplified = not encodable(form, "big5")
            one_to_one = only_simplified and len(usual) == 1
            rows.append((form, character, "s" + "t" * one_to_one))
    return sorted(rows)


def radicals(path: Path) -> list[tuple[str, str]]:
    """Rows (radical, unified ideograph) of the two radical blocks."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*([0-9A-F]+)", line):
            first, last, unified = found.group(1), found.group(2) or found.group(1), found.group(3)
            rows += [(chr(c), chr(int(unified, 16))) for c in range(int(first, 16), int(last, 16) + 1)]
    return [(radical, unified) for radical, unified in rows if "\u2e80" <= radical <= "\u2fdf"]


def write(path: Path, head: str, lines: list[str]) -> None:
    """Write a table with its head, every line of which starts with ``#``."""
    comment = "".join(f"# {line}\n" for line in head.splitlines())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(comment + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{path.name}: {len(lines)} lines")


def main() -> None:
    """Write the tables in place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unicode-data", type=Path)
    arguments = parser.parse_args()
    characters = frequent_characters(opencc.OpenCC("s2t"))
    write(
        DATA / "decode" / "frequent_characters.txt",
        f"The {FREQUENT} most frequent Chinese characters of news (train fold) and their traditional forms\n"
        "as OpenCC has them; made by benchmarks/make_character_tables.py.",
        [characters[i : i + 50] for i in range(0, len(characters), 50)],
    )
    write(
        DATA / "normalise" / "script_pairs.tsv",
        "Characters that only one of the two scripts uses: simplified, traditional, directions.\n"
        "The pairs are OpenCC's (Apache-2.0), single characters through t2s; a traditional character is\n"
        "listed when Big5 has it and GB 2312 has not, its simplified form when GB 2312 has it.\n"
        "s: in a simplified page the traditional character is read as the simplified one.\n"
        "t: in a traditional page the simplified character is read as the traditional one, because Big5\n"
        "has not the simplified form and no other character of Big5 was simplified to it.\n"
        "Characters that simplified names and terms keep are in script_kept.txt.\n"
        "Made by benchmarks/make_character_tables.py.",
        ["\t".join(row) for row in script_pairs(opencc.OpenCC("t2s"))],
    )
    if arguments.unicode_data:
        write(
            DATA / "normalise" / "radicals.tsv",
            "Kangxi and CJK radicals and the unified ideographs they stand for.\n"
            "Source: Equivalent_Unified_Ideograph, Unicode Character Database 14.0.0 (Unicode licence).\n"
            "Made by benchmarks/make_character_tables.py.",
            ["\t".join(row) for row in radicals(arguments.unicode_data)],
        )


if __name__ == "__main__":
    main()
