"""What people decided about pages: entries of ``decisions.toml``, bound to a page by what it reads.

``entries`` parses the file, ``places`` finds on a page what an entry quotes, ``bind`` makes the stages obey,
``ready`` writes the entry that would answer a question. An entry quotes letters, never a line number, so it
survives new scans of the same text, other settings and later versions. Pure: the file is read in
``formats.decisions``.
"""

from __future__ import annotations

from cleanpress.decisions.bind import Binder
from cleanpress.decisions.entries import Entry, Kind, Quote, parse

__all__ = ["Binder", "Entry", "Kind", "Quote", "parse"]
