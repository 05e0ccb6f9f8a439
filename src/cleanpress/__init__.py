"""cleanpress: turn the OCR heap of a Chinese newspaper page back into articles.

Nothing is lost, nothing is invented, everything can be traced.
"""

__version__ = "0.1.0"
