"""Layout: lines and their boxes, as a file gives them, to a page that reads as it was printed.

``found`` holds what readers find in a file, ``sheet`` makes arrays of it, ``mend`` lines of columns (by what
``white`` finds, with ``cuts``);
``columns`` finds blocks of lines from boxes alone, ``heads`` what is a headline and over what it stands,
``order`` the reading order; ``compose`` makes ``Page.text`` and its layout of them, ``places`` says where a
span stands. Pure: no files.
"""

from __future__ import annotations

from cleanpress.layout.compose import compose
from cleanpress.layout.found import FoundLine, FoundPage, FoundWord

__all__ = ["FoundLine", "FoundPage", "FoundWord", "compose"]
