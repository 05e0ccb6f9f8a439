"""What every default rule changes in a million characters of clean news: nothing but what it says.

    python benchmarks/noise_harm.py [--characters N] [--show N] [--rule NAME]

The text is the folds ``test`` and ``fit`` of ../shared/corpora/news.jsonl.gz, on which no model was trained
(corpora.py); a title or paragraph a line, an article a page. Prints for each rule the number of edits and of
suspects, and, with ``--show``, the first ones with what stands around them.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator

from cleanpress.language.ngram import LanguageModel
from cleanpress.model import Article, Block, Role, Span
from cleanpress.rulebook import rulebook
from cleanpress.stages.inspect import inspect
from cleanpress.stages.normalise import normalise
from corpora import articles

AROUND = 12


def pages(characters: int) -> Iterator[str]:
    """Clean articles until there are that many characters."""
    total = 0
    for fold in ("test", "fit"):
        for article in articles("news", folds=(fold,)):
            page = "\n\n".join([article.title, *article.paragraphs])
            total += len(page)
            yield page
            if total >= characters:
                return


def suspects(page: str, model: LanguageModel) -> Iterator[tuple[str, str]]:
    """Rule and place of what is doubted in a page that is one article, a paragraph a line."""
    edited = normalise(page)
    blocks, position = [], 0
    for line in page.split("\n\n"):
        if line:
            span = Span(position, position + len(line))
            text = edited.text[edited.to_text(span.start) : edited.to_text(span.end)]
            blocks.append(Block(Role.PARAGRAPH, text, (span,)))
        position += len(line) + 2
    for suspect in inspect([Article(tuple(blocks))], (), edited, model):
        start, end = suspect.span
        left, right = page[max(0, start - AROUND) : start], page[end : end + AROUND]
        yield suspect.rule, f"{left}[{suspect.text}?]{right}".replace("\n", "⏎")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--characters", type=int, default=1_000_000)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="edits shown of each rule")
    parser.add_argument("--rule", help="only this rule")
    args = parser.parse_args()
    found: dict[str, list[str]] = defaultdict(list)
    total = 0
    suspected: dict[str, list[str]] = defaultdict(list)
    model = LanguageModel.load()
    for page in pages(args.characters):
        total += len(page)
        for name, shown in suspects(page, model):
            suspected[name].append(shown)
        for edit in normalise(page).edits:
            start, end = edit.span
            left, right = page[max(0, start - AROUND) : start], page[end : end + AROUND]
            found[edit.rule].append(f"{left}[{edit.before} -> {edit.after}]{right}".replace("\n", "⏎"))
    print(f"{total:,} characters")
    for what, places in (("edits", found), ("suspects", suspected)):
        for name in [*rulebook(), *sorted(set(places) - set(rulebook()))]:
            if args.rule in (None, name) and name in places:
                print(f"{name}: {len(places[name])} {what}")
                for shown in places[name][: args.show]:
                    print("   ", shown)


if __name__ == "__main__":
    main()
