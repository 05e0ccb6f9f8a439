"""A page simulator: clean articles in, a newspaper page as an OCR engine prints it out, with the truth.

The defects are those one can see in a real scanned page: columns torn in mid-sentence, columns and
headlines out of place, runs of paragraphs printed again, text lost, characters misread. Every printed
piece comes with the article, the block and the characters it was cut from, so that models can be fitted
on exact labels; the gold is in the format that ``cleanpress evaluate`` reads.
"""

from simulate.page import PrintedPiece, SimulatedPage, simulate_page
from simulate.pages import pages
from simulate.settings import Settings

__all__ = ["PrintedPiece", "Settings", "SimulatedPage", "pages", "simulate_page"]
