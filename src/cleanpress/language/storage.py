"""The model file: one header of JSON, then the arrays, each at a multiple of 64 bytes.

::

    b"cleanpress-ngram\\n" | CRC-32 of all that follows | length of the header | header | arrays

Both numbers have 8 bytes, little endian. The header names every array with type, shape and offset. A
truncated or damaged file is told from a good one before any of it is used. Arrays are mapped, not read.
"""

from __future__ import annotations

import json
import mmap
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanpress.errors import UsageError
from cleanpress.language.alphabet import Alphabet
from cleanpress.language.levels import Level
from cleanpress.language.ngram import LanguageModel
from cleanpress.language.table import Shape, Table

MAGIC = b"cleanpress-ngram\n"
VERSION = 1
_FIXED = len(MAGIC) + 16
_ALIGN = 64
_PACKAGED = "data/language/characters.ngram"


def to_bytes(model: LanguageModel) -> bytes:
    """The model as the bytes of a model file; equal models give equal bytes."""
    arrays: dict[str, NDArray[Any]] = {
        "codes": model.alphabet.codes,
        "symbols": model.alphabet.symbols,
        "runs": model.alphabet.runs,
        "unigrams": model.unigrams,
        "unigram_backoffs": model.unigram_backoffs,
        "frequencies": model.frequencies,
    }
    levels = []
    for n, level in enumerate(model.levels, start=2):
        arrays[f"{n}.low"] = level.table.low
        arrays[f"{n}.high"] = level.table.high
        arrays[f"{n}.probabilities"] = level.probabilities
        arrays[f"{n}.backoffs"] = level.backoffs
        levels.append({"shape": asdict(level.table.shape), "probability_bits": level.probability_bits})
    body = bytearray()
    places = {}
    for name, array in arrays.items():
        body += bytes(-len(body) % _ALIGN)
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        places[name] = {"type": little.dtype.str, "shape": list(little.shape), "offset": len(body)}
        body += little.tobytes()
    header = {
        "version": VERSION,
        "levels": levels,
        "arrays": places,
        "about": dict(model.about),
    }
    text = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-(_FIXED + len(text)) % _ALIGN)
    rest = len(text).to_bytes(8, "little") + text + bytes(body)
    return MAGIC + zlib.crc32(rest).to_bytes(8, "little") + rest


def read(path: Path | None) -> LanguageModel:
    """Map a model file (``None``: the packaged model). Raises ``UsageError`` as ``LanguageModel.load``."""
    return _packaged() if path is None else _map(path)


@cache
def _packaged() -> LanguageModel:
    with as_file(files("cleanpress") / _PACKAGED) as path:
        return _map(path)


def _map(path: Path) -> LanguageModel:
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError:
        raise UsageError(f"{path}: no such language model") from None
    except (OSError, ValueError) as error:
        # mmap says ValueError of an empty file.
        raise UsageError(f"{path}: cannot read the language model: {error}") from None
    start = len(MAGIC)
    if data[:start] != MAGIC:
        raise UsageError(f"{path}: not a cleanpress language model (make one with `cleanpress train`)")
    whole = len(data) > _FIXED
    if not whole or zlib.crc32(data[start + 8 :]) != int.from_bytes(data[start : start + 8], "little"):
        raise UsageError(f"{path}: the language model is cut short or damaged; copy or train it again")
    behind = _FIXED + int.from_bytes(data[start + 8 : _FIXED], "little")
    header = json.loads(bytes(data[_FIXED:behind]))
    if header["version"] != VERSION:
        raise UsageError(
            f"{path}: a language model of format {header['version']}; cleanpress reads {VERSION}"
        )
    return _assemble(header, data[behind:])


def _assemble(header: Mapping[str, Any], view: memoryview) -> LanguageModel:
    def array(name: str) -> NDArray[Any]:
        place = header["arrays"][name]
        count = int(np.prod(place["shape"]))
        return np.frombuffer(view, place["type"], count, place["offset"]).reshape(place["shape"])

    levels = tuple(
        Level(
            Table(Shape(**level["shape"]), array(f"{n}.low"), array(f"{n}.high")),
            array(f"{n}.probabilities"),
            array(f"{n}.backoffs"),
            level["probability_bits"],
        )
        for n, level in enumerate(header["levels"], start=2)
    )
    return LanguageModel(
        Alphabet(array("codes"), array("symbols"), array("runs")),
        array("unigrams"),
        array("unigram_backoffs"),
        array("frequencies"),
        levels,
        header["about"],
    )
