"""Count how often a paragraph is torn between two sentences, for ``columns.TORN_AT_COLUMN_END``.

    python benchmarks/count_column_ends.py [--pages 400]

On simulated pages in printed order (``fit`` fold): of the borders where one fragment closes a sentence and
the next one of its article follows, the share that lies inside a paragraph; and of all ends of sentences in
the articles' texts, the share that lies inside a paragraph, which is what a column's end meets by chance.
"""

from __future__ import annotations

import argparse
import itertools
import math
import re

from cleanpress.config import Config
from cleanpress.model import Page, Role
from cleanpress.pipeline import heap_of
from labels import chains, label_fragments
from simulate.pages import pages
from simulate.settings import Settings

SENTENCE_END = re.compile(r"[。！？][”’）》]*")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--seed", type=int, default=701)
    args = parser.parse_args()
    borders = torn = ends = inside = 0
    for page in pages("fit", args.pages, args.seed, Settings(tidy=1.0)):
        fragments = heap_of(Page(page.text, "page", "utf-8", ""), Config()).without_furniture().fragments
        labels = label_fragments([f.text for f in fragments], page.gold)
        for i, j in (pair for chain in chains(labels) for pair in itertools.pairwise(chain)):
            left, right = labels[i], labels[j]
            text = fragments[i].role is fragments[j].role is Role.PARAGRAPH
            if text and fragments[i].open_tail < 0.5 and left is not None and right is not None:
                borders += 1
                torn += left.last == right.first
        for block in (block for article in page.gold["articles"] for block in article["blocks"]):
            places = [match.end() for match in SENTENCE_END.finditer(block)]
            ends += len(places)
            inside += sum(place < len(block) for place in places)
    at_column, anywhere = inside / ends, torn / borders
    print(f"ends of sentences: {ends:,}, {at_column:.3f} of them inside a paragraph")
    print(f"closed borders between fragments: {borders:,}, {anywhere:.4f} of them inside a paragraph")
    added = math.log(at_column / (1 - at_column)) - math.log(anywhere / (1 - anywhere))
    print(f"the end of a column adds {added:.2f} to the log-odds")


if __name__ == "__main__":
    main()
