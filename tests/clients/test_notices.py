"""Messages go out by apprise as they are meant, and tell nothing of where they go."""

import io
import json
import logging
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reconciler import logs
from reconciler.clients.notices import senders
from reconciler.core.errors import UserError
from tests.sandbox.server import Request, Response, Server

TOKEN = "token-of-mine-41d8"


class Inbox:
    """Where messages arrive, over HTTP."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.status = 200
        self.server = Server(self._take)

    def _take(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(status=self.status, kind="message")

    @property
    def url(self) -> str:
        """Its address, in the form that apprise has for it."""
        return f"json://{urlsplit(self.server.url).netloc}/{TOKEN}/"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox()
    with inbox.server:
        yield inbox


def test_a_message_arrives_as_it_is(inbox: Inbox) -> None:
    (sender,) = senders([inbox.url])
    body = "held pass: <b>7</b> & \\n *not* _markdown_ :smile:\n  second line é"

    assert sender.send("plexsync: held pass", body)

    (request,) = inbox.requests
    sent = json.loads(request.body)
    assert (request.method, request.path) == ("POST", f"/{TOKEN}/")
    assert (sent["title"], sent["message"]) == ("plexsync: held pass", body)


def test_each_url_has_a_sender_of_its_own(inbox: Inbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    first, second = senders([f"json://127.0.0.1:{port}/", inbox.url])

    assert not first.send("plexsync", "one")
    assert second.send("plexsync", "two")
    assert [json.loads(one.body)["message"] for one in inbox.requests] == ["two"]


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_a_message_that_is_refused_was_not_taken(inbox: Inbox, status: int) -> None:
    inbox.status = status
    (sender,) = senders([inbox.url])

    assert not sender.send("plexsync", "body")


def test_one_that_is_silent_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (sender,) = senders([f"json://127.0.0.1:{port}/?rto=0.2"])
        begun = time.monotonic()

        assert not sender.send("plexsync", "body")

    assert time.monotonic() - begun < 3


def test_no_secret_of_a_url_gets_into_a_log(inbox: Inbox) -> None:
    stream = io.StringIO()
    level = logging.getLogger().level
    logs.configure(
        "debug", logs.Form.JSON, (inbox.url, TOKEN), stream, chatty_level="DEBUG"
    )
    try:
        inbox.status = 500
        (sender,) = senders([inbox.url])
        sender.send("plexsync", "body")
        inbox.server.stop()
        sender.send("plexsync", "body")
        with pytest.raises(UserError):
            senders([f"nothing://{TOKEN}"])
    finally:
        logs.configure("critical", logs.Form.JSON, (), sys.stderr)
        logging.getLogger().setLevel(level)

    assert "Failed to send JSON" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


def test_nothing_is_written_to_the_disk(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (sender,) = senders([inbox.url])

    sender.send("plexsync", "body")

    assert list(tmp_path.iterdir()) == []


def test_every_url_that_apprise_does_not_know_is_told_by_its_place() -> None:
    urls = ["json://127.0.0.1/", f"nothing://{TOKEN}", "tgram://"]

    with pytest.raises(UserError) as refusal:
        senders(urls)

    assert [sentence.split(" is no URL")[0] for sentence in refusal.value.problems] == [
        "notify.urls (entry 2)",
        "notify.urls (entry 3)",
    ]
    assert TOKEN not in str(refusal.value)


def test_without_apprise_that_is_told_and_only_if_somebody_is_to_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    assert senders([]) == ()
    with pytest.raises(UserError) as refusal:
        senders(["json://127.0.0.1/"])

    (sentence,) = refusal.value.problems
    assert "apprise is not there" in sentence
    assert "pip install 'plexsync[notify]'" in sentence
