"""cleanpress: turn the OCR heap of a Chinese newspaper page back into articles.

Nothing is lost, nothing is invented, everything can be traced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanpress.model import Result

__all__ = ["__version__", "clean"]

__version__ = "0.1.0"


def clean(text: str, *, script: str = "auto", rules_off: tuple[str, ...] = (), decisions: str = "") -> Result:
    """Clean the text of one page.

    ``script`` and ``rules_off`` are as in ``cleanpress.config.Config``. The result holds the articles, the
    repeats, what was left over and every edit; all spans count code points of ``text``. ``decisions`` is the
    content of a ``decisions.toml``. Raises ``cleanpress.errors.UsageError`` for a setting that does not
    exist, or an entry that is not as it should be.

    >>> page = clean("渔汛提前,码头彻夜灯火。")
    >>> page.articles[0].text
    '渔汛提前，码头彻夜灯火。'
    """
    # Imported here, so that `cleanpress --help` does not wait for numpy.
    import hashlib

    from cleanpress.config import Config
    from cleanpress.decisions import parse
    from cleanpress.model import Page
    from cleanpress.pipeline import clean_page

    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    page = Page(text, "<text>", "utf-8", digest)
    entries = parse(decisions, "decisions.toml")
    return clean_page(page, Config(script=script, rules_off=rules_off), None, entries)
