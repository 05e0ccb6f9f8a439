"""Pages on a Ray cluster, a node of which dies: the bytes are those of one process."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cleanpress
from cleanpress.batch.cluster import _Task, _worker
from cleanpress.batch.find import find
from cleanpress.batch.pool import Orders
from cleanpress.batch.run import Batch, Listener, run
from cleanpress.batch.state import State
from cleanpress.cli import cli
from cleanpress.config import Config
from cleanpress.corpus.engine import Lost, cluster
from cleanpress.errors import CleanpressError, UsageError
from cleanpress.formats.write import code
from commandline import PAGE, tree

ray = pytest.importorskip("ray", reason="needs Ray: the extra ray of cleanpress")
pytestmark = pytest.mark.filterwarnings("default")


def scans(count: int) -> None:
    """Pages in a tree, one of which holds no text."""
    Path("scans/mai").mkdir(parents=True)
    for number in range(count):
        text = PAGE.replace("今年", f"第{number}年")
        Path("scans/mai", f"{number:02d}.txt").write_text(text, encoding="utf-8")
    Path("scans/empty.txt").write_bytes(b"")


def invoke(*arguments: str) -> int:
    return CliRunner().invoke(cli, ["run", *arguments], catch_exceptions=False).exit_code


class Killing(Listener):
    """Takes a node away when some pages are done."""

    def __init__(self, nodes: Any, dying: Any) -> None:
        self.nodes, self.dying, self.seen = nodes, dying, 0

    def done(self, name: str) -> None:
        self.seen += 1
        if self.seen == 4:
            self.nodes.remove_node(self.dying, allow_graceful=False)


def test_a_cluster_of_which_a_node_dies_writes_what_one_process_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ray.cluster_utils import Cluster

    monkeypatch.chdir(tmp_path)
    scans(16)
    assert invoke("scans", "-o", "here", "--format", "tei") == 1
    sources = find(["scans"], "there").sources
    nodes: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        killing = Killing(nodes, nodes.add_node(num_cpus=1))
        nodes.add_node(num_cpus=1)
        config = Config(formats=("jsonl", "tei"))
        outcome = run(Batch(sources, "there", config, engine=cluster(nodes.address)), killing)
    finally:
        nodes.shutdown()
    assert killing.seen == 16
    assert outcome.written
    assert tree(Path("there")) == tree(Path("here"))
    assert sorted(path.name for path in Path().iterdir()) == ["here", "scans", "there"]


def test_the_command_goes_on_where_an_earlier_run_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scans(2)
    assert invoke("scans", "-o", "here") == 1
    shutil.copytree("here", "there")
    Path("scans/mai/01.txt").write_text("灯又亮了起来，船靠岸了。\n", encoding="utf-8")
    assert invoke("scans", "-o", "here") == 1
    assert invoke("scans", "-o", "there", "--engine", "ray") == 1
    assert tree(Path("there")) == tree(Path("here"))
    # Where nothing is to be done, no cluster is needed.
    assert invoke("scans", "-o", "there", "--engine", "ray", "--ray-address", "127.0.0.1:1") == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--ray-address", "auto"], "--ray-address says where"),
        (["--engine", "ray", "--ask", "http://localhost:1", "--ask-model", "m"], "--ask does not go with"),
        (["--engine", "ray", "--ray-address", "127.0.0.1:1"], "there is no Ray cluster at 127"),
    ],
)
def test_wrong_use_is_one_line(
    more: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scans(1)
    with pytest.raises(UsageError, match=message):
        invoke("scans", "-o", "out", *more)
    with pytest.raises(UsageError, match="none of -o, --report"):
        invoke("-", "--engine", "ray")
    assert [path.name for path in Path().iterdir()] == ["scans"]


def test_a_task_that_kills_its_process_is_lost_and_the_others_go_on() -> None:
    # Within the test, so that it travels as a value: no node knows this file.
    def dies_on_two(number: int) -> int:
        if number == 2:
            os._exit(1)
        return number

    with cluster(None) as engine:
        found = list(engine.each(dies_on_two, [1, 2, 3], tries=1))
    assert [found[0], found[2]] == [1, 3]
    assert isinstance(found[1], Lost)
    assert found[1].item == 2


def test_a_node_without_the_folder_is_named(tmp_path: Path) -> None:
    orders = Orders(Config(), {}, State(tmp_path), None, 0)
    with pytest.raises(UsageError, match=f"gone: node {socket.gethostname()} does not see it"):
        _worker(_Task(orders, str(tmp_path / "gone"), cleanpress.__version__, code()))
    with pytest.raises(CleanpressError, match="install the same"):
        _worker(_Task(orders, str(tmp_path), "0", code()))
    with pytest.raises(UsageError, match="another build"):
        _worker(_Task(orders, str(tmp_path), cleanpress.__version__, "0"))
