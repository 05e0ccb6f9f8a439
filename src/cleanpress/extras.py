"""Parts of cleanpress that need more packages, and how they come to be there."""

from __future__ import annotations


def install(*extras: str) -> str:
    """The command that installs extras of ``pyproject.toml``, as a message says it.

    It names a checkout: that is where cleanpress comes from, as long as no package index has it.
    """
    return f"pip install '.[{','.join(extras)}]' in a checkout of cleanpress"
