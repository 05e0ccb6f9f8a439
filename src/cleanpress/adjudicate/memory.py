"""Answers kept by content, one small file each: a rerun asks nobody and gives the same bytes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cleanpress.adjudicate.forms import Answer, Form, key_of
from cleanpress.errors import OutputError


@dataclass
class Memory:
    """An adviser that remembers what another one (``ask``) said of the same form for ``model``.

    A file that does not hold an answer to the form is asked again and replaced. What was left open is not
    kept. Raises ``OutputError`` where the folder cannot be written.
    """

    ask: Callable[[Form], Answer]
    model: str
    folder: Path

    def __call__(self, form: Form) -> Answer:
        """The answer as it was given, or a new one."""
        key = key_of(form, self.model)
        known = self._known(key, form)
        if known is not None:
            return known
        answer = self.ask(form)
        self._keep(answer)
        return answer

    def _known(self, key: str, form: Form) -> Answer | None:
        try:
            kept = json.loads((self.folder / f"{key}.json").read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(kept, dict) or not isinstance(kept.get("by"), str):
            return None
        return Answer(kept["choice"], kept["by"], key) if kept.get("choice") in form.choices else None

    def _keep(self, answer: Answer) -> None:
        content = json.dumps({"choice": answer.choice, "by": answer.by}, ensure_ascii=False) + "\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("wb", dir=self.folder, delete=False) as stream:
                stream.write(content.encode("utf-8", "backslashreplace"))
            os.replace(stream.name, self.folder / f"{answer.key}.json")
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(f"{self.folder}: answers cannot be kept: {reason}; see --ask-cache") from None
