"""Cleaning tools behind one door, for noise_tools.py; runs under an interpreter that has them.

    PYTHON benchmarks/noise_peers.py < texts.json > answers.json

Reads a JSON list of texts; writes, for each tool that can be imported, its version, its answer to every text,
and the processor seconds that it took. A tool that raises answers ``null``. Each is called as its own
documentation shows, with its defaults.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import metadata

Tool = Callable[[str], str]


def of_ftfy() -> Tool:
    import ftfy

    return ftfy.fix_text


def of_clean_text() -> Tool:
    from cleantext import clean

    return clean


def of_jionlp() -> Tool:
    import jionlp

    return jionlp.clean_text


def of_data_juicer() -> Tool:
    from data_juicer.ops.mapper.fix_unicode_mapper import FixUnicodeMapper
    from data_juicer.ops.mapper.punctuation_normalization_mapper import PunctuationNormalizationMapper
    from data_juicer.ops.mapper.whitespace_normalization_mapper import WhitespaceNormalizationMapper

    steps = [FixUnicodeMapper(), PunctuationNormalizationMapper(), WhitespaceNormalizationMapper()]

    def tool(text: str) -> str:
        sample = {"text": [text]}
        for step in steps:
            sample = step.process_batched(sample)
        return sample["text"][0]

    return tool


def of_autocorrect() -> Tool:
    import autocorrect_py

    return autocorrect_py.format


def of_pangu() -> Tool:
    import pangu

    return pangu.space_text


def of_opencc() -> Tool:
    from opencc import OpenCC

    return OpenCC("t2s").convert


TOOLS: dict[str, tuple[str, Callable[[], Tool]]] = {
    "ftfy": ("ftfy", of_ftfy),
    "clean-text": ("clean-text", of_clean_text),
    "JioNLP": ("jionlp", of_jionlp),
    "Data-Juicer": ("py-data-juicer", of_data_juicer),
    "autocorrect": ("autocorrect-py", of_autocorrect),
    "pangu": ("pangu", of_pangu),
    "OpenCC t2s": ("opencc", of_opencc),
}


def answers(tool: Tool, texts: list[str]) -> list[str | None]:
    """The tool's answer to each text."""
    found: list[str | None] = []
    for text in texts:
        try:
            found.append(tool(text))
        except Exception as error:
            print(f"{error!r:.200}", file=sys.stderr)
            found.append(None)
    return found


def main() -> None:
    """Standard input to standard output."""
    texts = json.load(sys.stdin)
    # Some tools greet on standard output.
    with redirect_stdout(sys.stderr):
        out = measured(texts)
    json.dump(out, sys.stdout)


def measured(texts: list[str]) -> dict[str, dict[str, object]]:
    """Version, answers and seconds of every tool that is there."""
    out: dict[str, dict[str, object]] = {}
    for name, (package, make) in TOOLS.items():
        try:
            tool = make()
        except ImportError as error:
            print(f"{name}: not there: {error}", file=sys.stderr)
            continue
        tool("预热。")  # what is loaded on the first call is not the tool's speed
        start = time.process_time()
        found = answers(tool, texts)
        seconds = time.process_time() - start
        out[name] = {"version": metadata.version(package), "answers": found, "seconds": seconds}
    return out


if __name__ == "__main__":
    main()
