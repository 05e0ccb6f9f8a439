"""An OpenAI-compatible chat endpoint as adviser: llama.cpp, vLLM, Ollama, or a hosted one.

It is told to answer by a strict schema, and whatever it sends is checked against the choices that were
offered: all else leaves the question open. The standard library speaks HTTP well enough for one small request
at a time.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cleanpress.adjudicate.forms import SYSTEM, Answer, Form, NoAnswer, key_of
from cleanpress.errors import UsageError

LARGEST_ANSWER = 1 << 20
"""Bytes of an answer that are read: a choice needs a hundred, a model that thinks aloud some thousands."""

BUSY = frozenset({429, 502, 503, 504})
"""Statuses that are worth a second try."""

LONGEST_PAUSE = 20.0
"""Seconds to wait before the second try, whatever Retry-After says."""

MOST_FAILURES = 3
"""Connections that may fail one after the other before nobody is asked any more."""

_SILENT = "could not be asked (no connection)"


@dataclass
class Endpoint:
    """Asks one server, one question after the other.

    ``url`` is the server's address with or without ``/chat/completions``; ``model`` the name it is asked for;
    ``key`` goes into the ``Authorization`` header and nowhere else; ``timeout`` are seconds for one question.
    Raises ``UsageError`` for an address that cannot be one.
    """

    url: str
    model: str
    key: str | None = None
    timeout: float = 60.0
    failures: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.url = chat_url(self.url)
        # An answer must come from the server that was named: no redirect is followed.
        handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
        if urlsplit(self.url).hostname in {"localhost", "127.0.0.1", "::1"}:
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def __call__(self, form: Form) -> Answer:
        """Ask. Raises ``NoAnswer`` for everything that is not one of the choices."""
        if self.failures >= MOST_FAILURES:
            raise NoAnswer(_SILENT)
        status, body = self._post(_request(form, self.model))
        if status != http.HTTPStatus.OK:
            raise NoAnswer(f"refused by the server (HTTP {status})")
        choice, by = read_choice(body, form.choices)
        return Answer(choice, by or self.model, key_of(form, self.model))

    def _post(self, request: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body, after a second try where the server was busy."""
        status, body, pause = self._once(request)
        if status in BUSY:
            time.sleep(min(pause, LONGEST_PAUSE))
            status, body, _ = self._once(request)
        return status, body

    def _once(self, request: dict[str, Any]) -> tuple[int, bytes, float]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        data = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        deadline = time.monotonic() + self.timeout
        try:
            post = urllib.request.Request(self.url, data, headers)
            with self._opener.open(post, timeout=self.timeout) as response:
                body = _read(response, deadline)
                self.failures = 0
                return response.status, body, 0.0
        except urllib.error.HTTPError as error:
            self.failures = 0
            with error:
                return error.code, b"", _pause(error.headers.get("Retry-After"))
        except TimeoutError:
            raise NoAnswer("not answered in time") from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise NoAnswer("not answered in time") from None
            self.failures += 1
            raise NoAnswer(_SILENT) from None
        except (OSError, http.client.HTTPException, ValueError):
            self.failures += 1
            raise NoAnswer(_SILENT) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def chat_url(url: str) -> str:
    """The address to post to. Raises ``UsageError`` for what is no http address, or holds a password."""
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port >= 0
    except ValueError:
        port_is_number = False
    if not port_is_number or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"--ask {url}: not an address; give one such as http://localhost:8080/v1")
    if parts.username or parts.password:
        raise UsageError("--ask: an address must not hold a password; put the key into CLEANPRESS_ASK_KEY")
    path = parts.path.rstrip("/")
    if not path.endswith("/chat/completions"):
        path = (path or "/v1") + "/chat/completions"
    return parts._replace(path=path, fragment="").geturl()


def _request(form: Form, model: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {"choice": {"type": "string", "enum": list(form.choices)}},
        "required": ["choice"],
        "additionalProperties": False,
    }
    return {
        "model": model,
        "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": form.text}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": schema},
        },
        "temperature": 0,
        "stream": False,
    }


def read_choice(body: bytes, choices: tuple[str, ...]) -> tuple[str, str]:
    """The choice in a server's answer and the model's name in it. Raises ``NoAnswer`` for anything else."""
    nonsense = NoAnswer("answered with something that was not offered")
    try:
        answer = json.loads(body)
        message = answer["choices"][0]["message"]
        by = answer.get("model")
        if message.get("refusal"):
            raise NoAnswer("refused by the model")
        content = json.loads(message["content"])
    except NoAnswer:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise nonsense from None
    if not isinstance(content, dict) or content.keys() != {"choice"} or content["choice"] not in choices:
        raise nonsense
    return str(content["choice"]), _plain(by) if isinstance(by, str) else ""


def _plain(name: str) -> str:
    """A model's name, fit for a record: one line, not a novel."""
    return " ".join("".join(c for c in name if c.isprintable()).split())[:100]


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """The body, within its size and its time: a server may send a byte a minute."""
    chunks, size = [], 0
    while chunk := response.read1(1 << 16):
        size += len(chunk)
        if size > LARGEST_ANSWER:
            raise NoAnswer("answered with something that was not offered")
        if time.monotonic() > deadline:
            raise TimeoutError
        chunks.append(chunk)
    return b"".join(chunks)


def _pause(retry_after: str | None) -> float:
    try:
        return max(0.0, float(retry_after or 1))
    except ValueError:
        # A date: not worth a calendar for one question.
        return 1.0
