"""On a Ray cluster: several nodes on this machine, one of which dies; the result is that of one process."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from cleanpress.cli import cli
from cleanpress.corpus import dedup
from cleanpress.corpus.dedup import Corpus, find_copies
from cleanpress.corpus.engine import cluster
from cleanpress.corpus.read import Shape
from cleanpress.errors import InputError, UsageError
from cleanpress.verification import verify

ray = pytest.importorskip("ray", reason="needs Ray: pip install '.[ray]'")
pytestmark = pytest.mark.filterwarnings("default")


def texts(count: int) -> list[str]:
    rng = Random(11)
    letters = [chr(c) for c in range(0x4E00, 0x5200)]
    stock = ["".join(rng.choices(letters, k=60)) for _ in range(count)]
    return stock + [text[:30] + "错" + text[31:] for text in stock[::2]]


def test_a_cluster_of_which_a_node_dies_gives_what_one_process_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ray.cluster_utils import Cluster

    path = tmp_path / "c.txt"
    path.write_text("".join(f"{text}\n" for text in texts(4000)), encoding="utf-8")
    corpus = Corpus((str(path),), Shape())
    expected = find_copies(corpus, tmp_path / "here", 1, lambda *_: None)
    monkeypatch.setattr(dedup, "TEXTS_A_TASK", 200)
    monkeypatch.setattr(dedup, "BANDS_A_TASK", 2)
    nodes: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        dying = nodes.add_node(num_cpus=1)
        nodes.add_node(num_cpus=1)
        killed = threading.Event()

        def report(what: str, done: int, _: int) -> None:
            if what == "signing" and done > 1000 and not killed.is_set():
                killed.set()
                nodes.remove_node(dying, allow_graceful=False)

        found = find_copies(corpus, tmp_path / "there", 1, report, engine=cluster(nodes.address))
    finally:
        nodes.shutdown()
    assert killed.is_set()
    assert len(found.copies) == 2000
    assert np.array_equal(found.copies, expected.copies)
    assert found.skipped == expected.skipped


def test_a_cluster_for_a_run_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [json.dumps({"id": k, "text": text}) for k, text in enumerate(texts(300))]
    Path("c.jsonl").write_text("\n".join(rows), encoding="utf-8")
    for out, more in (("one", []), ("two", ["--engine", "ray"])):
        arguments = ["dedup", "c.jsonl", "-o", out, "--id-key", "id", *more]
        assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0
    assert verify(Path("two")).findings == []
    for file in Path("one").rglob("*"):
        if file.is_file():
            assert (Path("two") / file.relative_to("one")).read_bytes() == file.read_bytes()
    Path("c.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"^c\.jsonl:1: is not JSON"):
        CliRunner().invoke(
            cli, ["dedup", "c.jsonl", "-o", "three", "--engine", "ray"], catch_exceptions=False
        )


def test_no_cluster_is_one_line() -> None:
    with pytest.raises(UsageError, match="there is no Ray cluster at 127"), cluster("127.0.0.1:1"):
        pass
