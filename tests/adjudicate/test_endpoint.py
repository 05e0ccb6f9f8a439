"""The endpoint against a real server on loopback: what it sends, and what it makes of every answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cleanpress.adjudicate.endpoint import LARGEST_ANSWER, MOST_FAILURES, Endpoint, chat_url
from cleanpress.adjudicate.forms import Answer, Form, NoAnswer, form_of, key_of
from cleanpress.adjudicate.memory import Memory
from cleanpress.errors import UsageError
from cleanpress.model import Question, Span

LEFT, RIGHT, OTHER = Span(0, 10), Span(20, 30), Span(40, 50)
TEXTS = {LEFT: "渔港的灯一夜没有熄，等着", RIGHT: "第一批船回来。", OTHER: "苹果今年卖到了三元一斤。"}


def form() -> Form:
    found = form_of(Question("join", LEFT, "does it go on?", (RIGHT, OTHER), 0.5), TEXTS)
    assert found is not None
    return found


Behaviour = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@contextmanager
def server(*behaviours: Behaviour) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that behaves in turn as told, the last behaviour for ever; yields its address and requests."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append({"path": self.path, "key": self.headers["Authorization"], **request})
            behaviours[min(len(seen), len(behaviours)) - 1](self, request)

        def log_message(self, *_: Any) -> None:
            return None

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/v1", seen
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def sends(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def says(content: object, **message: object) -> Behaviour:
    text = content if isinstance(content, str) else json.dumps(content)
    answer = {"model": "toy-7b", "choices": [{"message": {"content": text, **message}}]}
    return sends(json.dumps(answer).encode())


def test_a_choice_comes_back_with_the_name_of_the_model() -> None:
    with server(says({"choice": "B"})) as (url, seen):
        answer = Endpoint(url, "toy", key="secret")(form())
    assert (answer.choice, answer.by) == ("B", "toy-7b")
    assert answer.key == key_of(form(), "toy")
    assert seen[0]["path"] == "/v1/chat/completions"
    assert seen[0]["key"] == "Bearer secret"


def test_the_request_offers_the_choices_by_a_strict_schema() -> None:
    with server(says({"choice": "U"})) as (url, seen):
        Endpoint(url, "toy")(form())
    schema = seen[0]["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["properties"]["choice"]["enum"] == ["A", "B", "N", "U"]
    assert schema["schema"]["additionalProperties"] is False
    assert seen[0]["temperature"] == 0
    assert seen[0]["key"] is None
    assert TEXTS[RIGHT] in seen[0]["messages"][1]["content"]


NONSENSE = {
    "a choice that was not offered": says({"choice": "C"}),
    "text beside the choice": says({"choice": "A", "text": "又添一句"}),
    "prose": says("我认为是 A"),
    "a list": says(["A"]),
    "a number": says({"choice": 1}),
    "a list as choice": says({"choice": ["A"]}),
    "no JSON at all": sends(b"<html>hello</html>"),
    "an empty body": sends(b""),
    "no choices": sends(b'{"choices": []}'),
    "no message": sends(b'{"choices": [{}]}'),
    "null": sends(b"null"),
    "deep nesting": sends(b"[" * 100_000),
    "more than a novel": sends(b" " * (LARGEST_ANSWER + 1)),
}


@pytest.mark.parametrize("behaviour", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_leaves_the_question_open(behaviour: Behaviour) -> None:
    with server(behaviour) as (url, _), pytest.raises(NoAnswer, match="not offered"):
        Endpoint(url, "toy")(form())


def test_a_refusal_leaves_the_question_open() -> None:
    with (
        server(says("", refusal="I cannot help with that")) as (url, _),
        pytest.raises(NoAnswer, match="refused by the model"),
    ):
        Endpoint(url, "toy")(form())


@pytest.mark.parametrize("status", [400, 401, 404, 500])
def test_an_error_of_the_server_is_not_asked_twice(status: int) -> None:
    with server(sends(b"{}", status)) as (url, seen):
        with pytest.raises(NoAnswer, match=f"HTTP {status}"):
            Endpoint(url, "toy")(form())
        assert len(seen) == 1


def test_a_busy_server_is_asked_again_when_it_says() -> None:
    with server(sends(b"", 429, Retry_After="0"), says({"choice": "A"})) as (url, seen):
        assert Endpoint(url, "toy")(form()).choice == "A"
        assert len(seen) == 2


def test_a_redirect_is_not_followed() -> None:
    with server(says({"choice": "A"})) as (other, never):
        with (
            server(sends(b"", 302, Location=other)) as (url, _),
            pytest.raises(NoAnswer, match="HTTP 302"),
        ):
            Endpoint(url, "toy", key="secret")(form())
        assert not never


def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    release = threading.Event()

    def stall(*_: object) -> None:
        release.wait(10)

    with server(stall) as (url, _):
        with pytest.raises(NoAnswer, match="in time"):
            Endpoint(url, "toy", timeout=0.2)(form())
        release.set()


def test_an_answer_that_drips_is_not_waited_for() -> None:
    def drip(handler: BaseHTTPRequestHandler, _: object) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            try:
                handler.wfile.write(b" ")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.02)

    with server(drip) as (url, _), pytest.raises(NoAnswer, match="in time"):
        Endpoint(url, "toy", timeout=0.2)(form())


def test_a_server_that_is_not_there_is_soon_left_alone() -> None:
    with server(says({"choice": "A"})) as (url, _):
        gone = url
    endpoint = Endpoint(gone, "toy")
    for _ in range(MOST_FAILURES + 2):
        with pytest.raises(NoAnswer, match="no connection"):
            endpoint(form())
    assert endpoint.failures == MOST_FAILURES


@pytest.mark.parametrize(
    ("given", "posted_to"),
    [
        ("http://localhost:8080", "http://localhost:8080/v1/chat/completions"),
        ("http://localhost:8080/v1/", "http://localhost:8080/v1/chat/completions"),
        ("https://h.example/api/v3", "https://h.example/api/v3/chat/completions"),
        ("https://h.example/v1/chat/completions?x=1", "https://h.example/v1/chat/completions?x=1"),
    ],
)
def test_an_address_may_be_given_short_or_long(given: str, posted_to: str) -> None:
    assert chat_url(given) == posted_to


@pytest.mark.parametrize(
    "given", ["localhost:8080", "ftp://h/x", "http://", "http://h:port/", "", "http://u:p@h/"]
)
def test_what_is_no_address_is_wrong_use(given: str) -> None:
    with pytest.raises(UsageError):
        chat_url(given)


class Told:
    """An adviser that counts how often it is asked."""

    def __init__(self, choice: str) -> None:
        self.choice, self.times = choice, 0

    def __call__(self, asked: Form) -> Answer:
        self.times += 1
        return Answer(self.choice, "toy-7b", key_of(asked, "toy"))


def test_an_answer_is_remembered_by_its_content(tmp_path: Path) -> None:
    told = Told("A")
    first = Memory(told, "toy", tmp_path / "answers")(form())
    assert Memory(told, "toy", tmp_path / "answers")(form()) == first
    assert told.times == 1
    Memory(told, "another", tmp_path / "answers")(form())
    assert told.times == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"choice": "Z", "by": "toy"}', b'{"choice": "A"}'])
def test_a_damaged_memory_is_asked_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{key_of(form(), 'toy')}.json").write_bytes(content)
    told = Told("B")
    assert Memory(told, "toy", tmp_path)(form()).choice == "B"
    assert Memory(told, "toy", tmp_path)(form()).choice == "B"
    assert told.times == 1
