"""Ways to forge a finished folder of ``handmade`` pages, and what the proof must say of each."""

# ruff: noqa: E501 -- the table of forgeries has a case a line

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cleanpress.formats import manifest as manifests
from cleanpress.formats.records import line

SOURCE, OTHER, BAD = "港口.txt", "港口二.txt", "坏.txt"


def seal(root: Path) -> None:
    """Make the manifest's hashes right again, so that only the ledger can notice what was changed."""
    clean = root / "clean"
    manifest = json.loads((clean / "manifest.json").read_text(encoding="utf-8"))
    for output in manifest["outputs"]:
        if (clean / output["path"]).exists():
            output["sha256"], output["bytes"] = manifests.digest_of(clean / output["path"])
    for entry in manifest["inputs"]:
        if isinstance(entry, dict) and "error" not in entry:
            entry["sha256"] = sha256((root / entry["path"]).read_bytes()).hexdigest()
    (clean / "manifest.json").write_bytes(manifests.dump(manifest))


def change(name: str, number: int, by: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """A change of one record, written back as cleanpress writes it."""

    def changed(root: Path) -> None:
        path = root / "clean" / f"{name}.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        record = json.loads(lines[number])
        by(record)
        lines[number] = line(record)
        path.write_bytes(b"".join(lines))

    return changed


def put(*keys: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    """Set what stands at a path of keys."""

    def changed(record: Any) -> None:
        for key in keys[:-1]:
            record = record[key]
        assert record[keys[-1]] != to, "a change must change something"
        record[keys[-1]] = to

    return changed


def both(*changes: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], None]:
    def changed(record: dict[str, Any]) -> None:
        for by in changes:
            by(record)

    return changed


def drop(name: str, number: int) -> Callable[[Path], None]:
    def dropped(root: Path) -> None:
        path = root / "clean" / f"{name}.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        del lines[number]
        path.write_bytes(b"".join(lines))

    return dropped


def rewrite(path: str, by: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def rewritten(root: Path) -> None:
        before = (root / path).read_bytes()
        after = by(before)
        assert after != before, "a change must change something"
        (root / path).write_bytes(after)

    return rewritten


def of_manifest(by: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def changed(root: Path) -> None:
        path = root / "clean" / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        by(manifest)
        path.write_bytes(manifests.dump(manifest))

    return changed


def swapped_lines(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join([lines[1], lines[0], *lines[2:]])


def pages_swapped(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(lines[len(lines) // 2 :] + lines[: len(lines) // 2])


def repeated_key(content: bytes) -> bytes:
    return content.replace(b'{"page": ', b'{"page": "x", "page": ', 1)


HEADLINE = "海港夜航恢复"
MARKDOWN = "clean/articles/港口/01-海港夜航恢复.md"

# fmt: off
# What was done, and a piece of what verify must say about it.
FORGERIES: dict[str, tuple[Callable[[Path], None], str]] = {
    "text of an article": (change("articles", 0, put("text", to="别的")), "articles.jsonl:1: 港口.txt: 'text'"),
    "text and block alike": (
        change(
            "articles",
            0,
            both(
                lambda r: r.update(text=r["text"].replace("夜航恢复", "夜航停止")),
                put("blocks", 1, "text", to="海港夜航停止"),
            ),
        ),
        "articles.jsonl:1: 港口.txt:2:1: block 2 reads '停止' at character 5",
    ),
    "a character at the end": (
        change(
            "articles",
            1,
            both(lambda r: r.update(text=r["text"] + "！"), put("blocks", 1, "text", to="园子里的梨黄了。！")),
        ),
        "articles.jsonl:2: 港口.txt:12:1: block 2",
    ),
    "title": (change("articles", 0, put("title", to="别的")), "'title' is '别的'"),
    "byline": (change("articles", 0, put("byline", to=None)), "'byline' is 'None'"),
    "kicker": (change("articles", 0, put("kicker", to="今日")), "'kicker'"),
    "subtitle": (change("articles", 0, put("subtitle", to="今日")), "'subtitle'"),
    "id": (change("articles", 0, put("id", to="0" * 16)), "'id'"),
    "position": (change("articles", 0, put("position", to=2)), "'position'"),
    "page of an article": (change("articles", 0, put("page", to=OTHER)), "in no article"),
    "page that is not there": (change("articles", 3, put("page", to="别.txt")), "articles.jsonl:4: belongs to '别.txt'"),
    "role": (change("articles", 0, put("blocks", 1, "role", to="paragraph")), "'title'"),
    "role that is none": (change("articles", 0, put("blocks", 1, "role", to="song")), "'role' is 'song'"),
    "span of a block": (change("articles", 0, put("blocks", 0, "spans", to=[[0, 3]])), "in no article"),
    "span of a block, too long": (change("articles", 0, put("blocks", 0, "spans", to=[[0, 5]])), "'in'"),
    "span off the page": (change("articles", 0, put("blocks", 0, "spans", to=[[0, 999]])), "not on the page"),
    "span backwards": (change("articles", 0, put("blocks", 0, "spans", to=[[4, 0]])), "not on the page"),
    "span that is none": (change("articles", 0, put("blocks", 0, "spans", to=[[0, "4"]])), "does not hold a span"),
    "span true": (change("articles", 0, lambda r: r["blocks"][0].update(spans=[[False, 4]])), "does not hold a span"),
    "line of a block": (change("articles", 0, put("blocks", 0, "line", to=7)), "'blocks'"),
    "block moved": (change("articles", 0, lambda r: r["blocks"].reverse()), "articles.jsonl:1"),
    "block dropped": (change("articles", 1, lambda r: r["blocks"].pop()), "in no article"),
    "unknown key": (change("articles", 0, lambda r: r.update(note="hello")), "'note' does not belong there"),
    "missing key": (change("articles", 0, lambda r: r.pop("joins")), "has no 'joins'"),
    "missing derived key": (change("articles", 0, lambda r: r.pop("title")), "'title' is missing"),
    "offset of a join": (change("articles", 0, put("joins", 0, "offset", to=12)), "at character 13, not at 12"),
    "side of a join": (change("articles", 0, put("joins", 0, "right", to=[0, 4])), "not between two pieces"),
    "confidence of a join": (change("articles", 0, put("joins", 0, "confidence", to=7)), "not between 0 and 1"),
    "gap elsewhere": (change("articles", 0, put("gaps", 0, "block", to=3)), "does not show the article"),
    "gap nowhere": (change("articles", 0, put("gaps", 0, "block", to=30)), "which does not exist"),
    "gap on no side": (change("articles", 0, put("gaps", 0, "side", to="inside")), "on the side 'inside'"),
    "gap dropped": (change("articles", 0, lambda r: r["gaps"].pop()), "does not show the article"),
    "article dropped": (drop("articles", 1), "in no article"),
    "articles swapped": (rewrite("clean/articles.jsonl", swapped_lines), "'position'"),
    "pages swapped": (rewrite("clean/articles.jsonl", pages_swapped), "in no article"),
    "repeat dropped": (drop("repeats", 0), "in no article, repeat"),
    "repeat elsewhere": (change("repeats", 0, put("span", to=[0, 4])), "repeats.jsonl:1: 港口.txt:1:1:"),
    "repeat of another text": (change("repeats", 0, put("kept", to=[0, 4])), "is not what is kept"),
    "repeat of a leftover": (change("repeats", 0, put("kept", to=[36, 46])), "not in an article"),
    "similarity": (change("repeats", 0, put("similarity", to=0.5)), "similarity is said to be 0.50"),
    "confidence of a repeat": (change("repeats", 0, put("confidence", to=0.5)), "'confidence'"),
    "relation that is none": (change("repeats", 0, put("relation", to="cousin")), "is not a relation"),
    "text of a repeat": (change("repeats", 0, put("before", to="别的")), "repeats.jsonl:1: 港口.txt: 'before'"),
    "text of what is kept": (change("repeats", 0, put("after", to="别的")), "'after'"),
    "line of a repeat": (change("repeats", 0, put("line", to=1)), "'line'"),
    "edit dropped": (drop("edits", 2), "characters are in no article, repeat, leftover or edit"),
    "before of an edit": (change("edits", 3, put("before", to="；")), "edits.jsonl:4: 港口.txt:4:5: the page reads ','"),
    "after of an edit": (change("edits", 3, put("after", to="；")), "block 4 reads '，"),
    "after of a line end": (change("edits", 0, put("after", to="好")), "edits.jsonl:1: 港口.txt:1:5: the edit adds"),
    "span of an edit": (change("edits", 3, put("span", to=[25, 26])), "the page reads"),
    "rule of an edit": (change("edits", 3, put("rule", to="")), "names no rule"),
    "place of an edit": (change("edits", 3, put("in", to="between")), "'in'"),
    "column of an edit": (change("edits", 3, put("column", to=99)), "'column'"),
    "edits swapped": (rewrite("clean/edits.jsonl", swapped_lines), "out of order"),
    "leftover dropped": (drop("leftovers", 0), "in no article, repeat, leftover"),
    "text of a leftover": (change("leftovers", 0, put("before", to="别的")), "'before'"),
    "role of a leftover": (change("leftovers", 0, put("role", to="paragraph")), "'rule'"),
    "span of a leftover": (change("leftovers", 0, put("span", to=[36, 45])), "in no article"),
    "span of a question": (change("questions", 0, put("span", to=[9, 999])), "questions.jsonl:1"),
    "line of a question": (change("questions", 0, put("line", to=99)), "'line'"),
    "candidate of a question": (change("questions", 0, put("candidates", 0, "line", to=99)), "'candidates'"),
    "span of a suspect": (change("suspects", 0, put("span", to=[0, 3])), "suspects.jsonl:1: 港口.txt:1:1: the page and"),
    "span of a suspect off the page": (change("suspects", 0, put("span", to=[9, 999])), "suspects.jsonl:1"),
    "text of a suspect": (change("suspects", 0, put("text", to="里的桃")), "suspects.jsonl:1: 港口.txt:12:3"),
    "alternative of a suspect": (change("suspects", 0, put("alternatives", to=["里的梨"])), "which stands there"),
    "alternatives that are none": (change("suspects", 0, put("alternatives", to="犁")), "is not a list of texts"),
    "context of a suspect": (change("suspects", 0, put("context", to="别的")), "'context'"),
    "confidence of a suspect": (change("suspects", 0, put("confidence", to=2)), "not between 0 and 1"),
    "rule of a suspect": (change("suspects", 0, put("rule", to="")), "names no rule"),
    "suspect dropped": (drop("suspects", 0), "manifest.json: 港口.txt: 'counts'"),
    "broken JSON": (rewrite("clean/edits.jsonl", lambda c: c.replace(b"}", b"", 1)), "edits.jsonl:1: is not JSON"),
    "a line that is a list": (rewrite("clean/edits.jsonl", lambda c: b"[]\n" + c), "edits.jsonl:1: is not a JSON object"),
    "nested without end": (rewrite("clean/edits.jsonl", lambda c: b"[" * 100_000 + b"\n" + c), "edits.jsonl:1: is not JSON"),
    "bytes that are no UTF-8": (rewrite("clean/edits.jsonl", lambda c: b"\xff\xfe{\n" + c), "edits.jsonl:1: is not JSON"),
    "a key twice": (rewrite("clean/articles.jsonl", repeated_key), "is not written as cleanpress writes it"),
    "other white space": (
        rewrite("clean/articles.jsonl", lambda c: c.replace(b": ", b":", 1)),
        "is not written as cleanpress writes it",
    ),
    "no line end": (rewrite("clean/articles.jsonl", lambda c: c[:-1]), "is not written as cleanpress writes it"),
    "an empty line": (rewrite("clean/leftovers.jsonl", lambda c: c + b"\n"), "leftovers.jsonl:3: is not JSON"),
    "a record of no page": (
        rewrite("clean/leftovers.jsonl", lambda c: c + b'{"page": "x"}\n'),
        "leftovers.jsonl:3: belongs to 'x'",
    ),
    "an emptied file": (rewrite("clean/articles.jsonl", lambda c: b""), "in no article"),
    "Markdown": (rewrite(MARKDOWN, lambda c: c.replace("冰".encode(), "水".encode())), "does not show the article"),
    "Markdown of a gap": (rewrite(MARKDOWN, lambda c: c.replace("〔此处缺文〕".encode(), b"")), "does not show"),
    "encoding": (of_manifest(put("inputs", 1, "encoding", to="gb18030")), "cannot be decoded as 'gb18030'"),
    "encoding that is none": (of_manifest(put("inputs", 1, "encoding", to="base64")), "cannot be decoded as 'base64'"),
    "count": (of_manifest(put("inputs", 1, "counts", "articles", to=3)), "'counts'"),
    "total": (of_manifest(put("totals", "characters", to=3)), "'totals'"),
    "warnings": (of_manifest(put("warnings", to=[])), "'warnings'"),
    "warnings of a page": (of_manifest(put("inputs", 1, "warnings", to=[])), "'warnings'"),
    "input dropped": (of_manifest(lambda m: m["inputs"].pop()), "belongs to '港口二.txt'"),
    "failed input dropped": (of_manifest(lambda m: m["inputs"].pop(0)), "'totals'"),
    "inputs unsorted": (of_manifest(lambda m: m["inputs"].reverse()), "not sorted"),
    "inputs damaged": (of_manifest(put("inputs", to=[3])), "list of inputs is damaged"),
    "input as an error": (
        of_manifest(lambda m: m["inputs"].__setitem__(2, {"path": OTHER, "error": "is empty"})),
        "belongs to '港口二.txt'",
    ),
    "output twice": (of_manifest(lambda m: m["outputs"].append(m["outputs"][0])), "listed twice"),
    "outputs damaged": (of_manifest(put("outputs", to={})), "list of outputs is damaged"),
    "unknown key in the manifest": (of_manifest(lambda m: m.update(note="hello")), "'note' does not belong"),
    "manifest without version": (of_manifest(lambda m: m.pop("version")), "'version'"),
}
# fmt: on
