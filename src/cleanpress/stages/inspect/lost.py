"""Characters that were lost before the text came here; only the print can tell what they were."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cleanpress.language.ngram import LanguageModel
from cleanpress.stages.inspect.doubt import Doubt, Paragraph
from cleanpress.stages.normalise.letters import HAN

# The replacement character; the same, written as UTF-8 and read as GBK; memory that was never filled, as
# GBK shows it; the geta mark, and a square inside a word, which engines print for what they cannot read.
_LOST = re.compile(f"\ufffd+|(?:锟斤拷)+|锟斤|(?:烫{{3,}}|屯{{3,}})|〓+|(?<=[{HAN}])□+(?=[{HAN}])")


def lost_character(paragraphs: Sequence[Paragraph], model: LanguageModel) -> Iterator[Doubt]:
    """Replacement characters and what they turn into."""
    for k, paragraph in enumerate(paragraphs):
        for match in _LOST.finditer(paragraph.text):
            yield Doubt(k, *match.span(), (), 1.0, "characters were lost before the text came here")
