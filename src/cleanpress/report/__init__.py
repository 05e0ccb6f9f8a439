"""The report: pages that a person reads in a browser, scanned text on one side, articles on the other.

``marks`` cuts text into runs by the edits that touch it, ``view`` says what is shown of a result, ``render``
makes HTML of it by templates, ``files`` names the files of a run. Pure: nothing here reads or writes any.
"""

from __future__ import annotations

from cleanpress.report.files import ReportFiles
from cleanpress.report.index import IndexRow, Links
from cleanpress.report.render import failed_html, index_html, page_html
from cleanpress.report.view import PageView, page_view

__all__ = [
    "IndexRow",
    "Links",
    "PageView",
    "ReportFiles",
    "failed_html",
    "index_html",
    "page_html",
    "page_view",
]
