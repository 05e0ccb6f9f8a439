from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

from cleanpress import cli
from commandline import PAGE, Outcome, Run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Call the command in an empty folder, in this process: imports are paid for once."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")

    def call(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["cleanpress", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capfd.readouterr()
        assert isinstance(stop.value.code, int)
        assert "Traceback" not in out + err
        return Outcome(stop.value.code, out, err)

    return call


# A deadline measures the machine and what else runs on it, not the program.
settings.register_profile("cleanpress", deadline=None)
settings.load_profile("cleanpress")
