"""No secret in any form of any log, ours or a library's; and each form's shape."""

import io
import json
import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

import pytest
import structlog

from reconciler.logs import (
    HIDDEN,
    Form,
    Redactor,
    colour_for,
    configure,
    form_for,
)

KNOWN = "kn0wn/sec+ret"
UNKNOWN = "unkn0wn-secret"
"""Not told to `configure`: found by its name or its form."""

FORMS = pytest.mark.parametrize("form", list(Form))


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(capture=False)
    for handler in [each for each in root.handlers if each not in handlers]:
        root.removeHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def started(form: Form, level: str = "debug") -> io.StringIO:
    out = io.StringIO()
    # pytest's own would write into every record, or fail on it, before ours
    logging.getLogger().handlers.clear()
    configure(level, form, [KNOWN], out)
    return out


def ours() -> structlog.stdlib.BoundLogger:
    log: structlog.stdlib.BoundLogger = structlog.get_logger("reconciler.test")
    return log


class Opaque:
    """An object whose repr tells all."""

    def __repr__(self) -> str:
        return f"<Opaque token={UNKNOWN} {KNOWN}>"


def fail(message: str) -> None:
    token = f"{KNOWN} in a local variable"
    raise RuntimeError(message, len(token))


def log_exception(log: Callable[[], None], message: str) -> None:
    try:
        fail(message)
    except RuntimeError:
        log()


LEAKS: dict[str, Callable[[], None]] = {
    "a known secret in an event": lambda: ours().info(f"asked with {KNOWN}"),
    "a known secret as a value": lambda: ours().info("asked", what=KNOWN),
    "a known secret in a URL": lambda: ours().info(
        "asked", url=f"http://plex.example/?q={quote(KNOWN, safe='')}"
    ),
    "a known secret as a key": lambda: ours().info("asked", values={KNOWN: 1}),
    "a secret key": lambda: ours().info("asked", token=UNKNOWN),
    "a secret key with a prefix": lambda: ours().info("asked", plex_token=UNKNOWN),
    "a secret key of another kind": lambda: ours().info("asked", apikey=[UNKNOWN]),
    "a header in a value": lambda: ours().info(
        "asked", request={"headers": {"X-Plex-Token": UNKNOWN, "ApiKey": UNKNOWN}}
    ),
    "deep in a value": lambda: ours().info(
        "asked", tried=[({"list": [{"authorization": UNKNOWN}]},)]
    ),
    "deeper than we look": lambda: ours().info(
        "asked", tried=[[[[[[[[[[{"token": UNKNOWN, "x": KNOWN}]]]]]]]]]]
    ),
    "an object's repr": lambda: ours().info("asked", what=Opaque()),
    "an object in a set": lambda: ours().info("asked", what={Opaque()}),
    "bytes": lambda: ours().info("asked", what=f"token={UNKNOWN} {KNOWN}".encode()),
    "a path": lambda: ours().info("asked", what=Path("/x") / KNOWN),
    "an exception as a value": lambda: ours().info("asked", error=ValueError(KNOWN)),
    "a query": lambda: ours().info("asked", url=f"/?X-Plex-Token={UNKNOWN}&size=1"),
    "Stash's query": lambda: ours().info("asked", url=f"/?a=1&apikey={UNKNOWN}#x"),
    "an encoded query": lambda: ours().info("asked", to=f"X-Plex-Token%3D{UNKNOWN}"),
    "a header's text": lambda: ours().info("asked", text=f"ApiKey: {UNKNOWN}\r\n"),
    "a bearer": lambda: ours().info("asked", text=f"with Bearer {UNKNOWN}"),
    "a basic header": lambda: ours().info(
        "asked", text=f"Authorization: Basic {UNKNOWN}"
    ),
    "a header's pair": lambda: ours().info(
        "asked", text=repr([("X-Plex-Token", UNKNOWN)])
    ),
    "a dict's text": lambda: ours().info("asked", text=repr({"token": UNKNOWN})),
    "JSON": lambda: ours().info("asked", text=json.dumps({"api_key": UNKNOWN})),
    "JSON in JSON": lambda: ours().info(
        "asked", text=json.dumps(json.dumps({"api_key": UNKNOWN}))
    ),
    "a user in a URL": lambda: ours().info("asked", url=f"http://me:{UNKNOWN}@host/"),
    "an argument": lambda: ours().info("asked with %s", KNOWN),
    "a named argument": lambda: ours().info("with %(token)s", {"token": UNKNOWN}),
    "a bound value": lambda: ours().bind(password=UNKNOWN).info("asked"),
    "too many arguments": lambda: ours().info("asked", KNOWN, UNKNOWN),
    "a library's argument": lambda: logging.getLogger("any").info("with %s", KNOWN),
    "a library's named argument": lambda: logging.getLogger("any").info(
        "with %(token)s", {"token": UNKNOWN}
    ),
    "a library's header argument": lambda: logging.getLogger("urllib3.pool").warning(
        "%s sent %d", {"X-Plex-Token": UNKNOWN}, 5
    ),
    "a library's object": lambda: logging.getLogger("any").info("%s", Opaque()),
    "a library's extra": lambda: logging.getLogger("any").info(
        "x", extra={"token": UNKNOWN, "url": f"?apikey={UNKNOWN}"}
    ),
    "a library's wrong call": lambda: logging.getLogger("any").info("%d", KNOWN),
    "a warning": lambda: warnings.warn(
        f"old token={UNKNOWN} {KNOWN}", DeprecationWarning, stacklevel=1
    ),
    "our traceback": lambda: log_exception(
        lambda: ours().exception("failed"), f"X-Plex-Token={UNKNOWN} {KNOWN}"
    ),
    "a library's traceback": lambda: log_exception(
        lambda: logging.getLogger("gql").exception("failed"),  # noqa: LOG004 - it is called inside one
        f"X-Plex-Token={UNKNOWN} {KNOWN}",
    ),
}


@FORMS
@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_no_secret_is_logged(form: Form, leak: Callable[[], None]) -> None:
    out = started(form)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        leak()

    text = out.getvalue()
    assert text
    assert UNKNOWN not in text
    assert KNOWN not in text
    assert quote(KNOWN, safe="") not in text


@pytest.mark.parametrize(
    "text",
    [
        "/config.toml: plex.token is not text; put it between quotes",
        "PLEXSYNC_PLEX__TOKEN: plex.token holds a character that no secret has",
        "/run/plex_token: plex.token_file names an empty file",
        "no token: give one",
        "16 tokens left, tokenise: on",
        "http://plex.example/library?size=5&sort=addedAt",
        "the bearer of news",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor([KNOWN, "abc"]).text(text) == text.replace(": give", f": {HIDDEN}")


def test_values_keep_their_types() -> None:
    table = {"n": 3, "f": 0.5, "yes": True, "none": None, "token": None, "t": (1, "a")}
    moment = datetime(2024, 5, 6, tzinfo=UTC)

    assert Redactor([]).table(table | {"at": moment}) == table | {
        "t": [1, "a"],
        "at": "2024-05-06T00:00:00+00:00",
    }


def test_a_number_can_be_a_secret() -> None:
    assert Redactor(["123456"]).table({"n": 123456}) == {"n": HIDDEN}


def test_what_steers_a_terminal_is_shown_instead() -> None:
    assert Redactor([]).text("a\x1b[2Jb\r\nc") == "a\\x1b[2Jb\\x0d\nc"


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_json_is_one_object_for_each_event() -> None:
    out = started(Form.JSON)

    ours().warning("held", pass_id=3, why=["too much"], share=float("nan"))
    log_exception(lambda: ours().exception("failed"), "two\nlines")

    held, failed = lines(out)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(held.pop("timestamp"))
    )
    assert held == {
        "event": "held",
        "level": "warning",
        "logger": "reconciler.test",
        "pass_id": 3,
        "why": ["too much"],
        "share": "nan",
    }
    assert failed["event"] == "failed"
    assert str(failed["exception"]).startswith("Traceback (most recent call last):\n")


def test_the_journal_gets_a_priority_and_no_time() -> None:
    out = started(Form.JOURNAL)
    log = ours()

    for method in (log.debug, log.info, log.warning, log.error, log.critical):
        method("held", why="too much")

    assert out.getvalue().splitlines() == [
        f'<{priority}>level={level} event=held logger=reconciler.test why="too much"'
        for priority, level in (
            (7, "debug"),
            (6, "info"),
            (4, "warning"),
            (3, "error"),
            (2, "critical"),
        )
    ]


def test_the_journal_gets_each_event_as_one_line() -> None:
    out = started(Form.JOURNAL)

    ours().info("a\nb", **{"odd key": {"x": [1]}, "yes": True})
    log_exception(lambda: ours().exception("failed"), "two\nlines")
    logging.getLogger("any").log(25, "a library's own level")

    first, second, third = out.getvalue().splitlines()
    assert first == (
        "<6>level=info event=a\\nb logger=reconciler.test "
        'odd_key="{\\"x\\": [1]}" yes=true'
    )
    assert second.startswith("<3>level=error event=failed")
    assert "two\\\\nlines" in second
    assert third.startswith("<6>")


def test_the_console_has_a_plain_traceback_and_no_locals() -> None:
    out = started(Form.CONSOLE)

    log_exception(lambda: ours().exception("failed", item=5), "the reason")

    text = out.getvalue()
    assert "\x1b" not in text
    assert "local variable" not in text.replace("in a local variable", "", 1)
    assert re.search(
        r"\[error +\] failed +\[reconciler\.test\] item=5\nTraceback", text
    )
    assert "RuntimeError: ('the reason', " in text


def test_colour_is_for_whoever_asked_for_it() -> None:
    out = io.StringIO()
    configure("info", Form.CONSOLE, [], out, colour=True)

    ours().info("held")

    assert "\x1b[" in out.getvalue()


def test_libraries_speak_through_the_same_chain() -> None:
    out = started(Form.JSON)

    with structlog.contextvars.bound_contextvars(pass_id=7):
        ours().info("asked")
        logging.getLogger("any.thing").info("answered %s", "well", extra={"n": 5})

    _, theirs = lines(out)
    del theirs["timestamp"]
    assert theirs == {
        "event": "answered well",
        "level": "info",
        "logger": "any.thing",
        "pass_id": 7,
        "n": 5,
    }


CHATTY = ("apscheduler.scheduler", "gql.transport", "plexapi", "urllib3.connectionpool")


@pytest.mark.parametrize("name", CHATTY)
def test_chatty_libraries_only_warn(name: str) -> None:
    out = started(Form.JSON, level="debug")
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel("DEBUG")  # as plexapi does with its own when it is imported

    logger.info("sent a request")
    logger.warning("was refused")
    logger.setLevel(before)

    assert [line["event"] for line in lines(out)] == ["was refused"]


def test_chatty_libraries_can_be_heard() -> None:
    out = io.StringIO()
    configure("debug", Form.JSON, [], out, chatty_level="debug")

    logging.getLogger("urllib3").debug("sent a request")

    assert [line["event"] for line in lines(out)] == ["sent a request"]


def test_the_level_holds_for_all() -> None:
    out = started(Form.JSON, level="WARNING")

    ours().info("asked")
    logging.getLogger("any").info("asked")
    ours().warning("held")

    assert [line["event"] for line in lines(out)] == ["held"]


def test_configuring_again_replaces_the_first() -> None:
    first, second = started(Form.JSON), io.StringIO()
    other = logging.StreamHandler(io.StringIO())
    logging.getLogger().addHandler(other)
    ours().info("before")
    configure("info", Form.JSON, [KNOWN], second)

    ours().info("after")

    assert other in logging.getLogger().handlers
    assert [line["event"] for line in lines(first)] == ["before"]
    assert [line["event"] for line in lines(second)] == ["after"]


def test_a_call_that_cannot_be_written_is_told_without_its_arguments(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = started(Form.JSON)

    logging.getLogger("any").info("%d of %d", KNOWN, UNKNOWN)

    (line,) = lines(out)
    assert line["event"] == "log call failed"
    assert line["logger"] == "any"
    assert line["error"] == "TypeError"
    assert str(line["at"]).startswith("test_logs.py:")
    assert capsys.readouterr() == ("", "")


def test_a_closed_stream_is_nobody_s_problem(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = started(Form.JSON)
    out.close()

    ours().info("unheard")

    assert capsys.readouterr() == ("", "")


class Terminal(io.StringIO):
    """Something that a person looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "form", "is_coloured"),
    [
        (Terminal(), {}, Form.CONSOLE, True),
        (Terminal(), {"NO_COLOR": "1"}, Form.CONSOLE, False),
        (Terminal(), {"NO_COLOR": ""}, Form.CONSOLE, True),
        (Terminal(), {"TERM": "dumb"}, Form.CONSOLE, False),
        (Terminal(), {"JOURNAL_STREAM": "1:2"}, Form.CONSOLE, True),
        (io.StringIO(), {}, Form.JSON, False),
        (io.StringIO(), {"JOURNAL_STREAM": ""}, Form.JSON, False),
    ],
)
def test_the_form_is_what_the_reader_can_use(
    stream: TextIO, environ: dict[str, str], form: Form, *, is_coloured: bool
) -> None:
    assert form_for(stream, environ) is form
    assert colour_for(stream, environ) is is_coloured


def test_the_journal_s_own_stream_is_known_by_its_device_and_inode(
    tmp_path: Path,
) -> None:
    with (tmp_path / "stream").open("w") as stream:
        status = os.fstat(stream.fileno())
        ours_is = f"{status.st_dev}:{status.st_ino}"

        assert form_for(stream, {"JOURNAL_STREAM": ours_is}) is Form.JOURNAL
        assert form_for(stream, {"JOURNAL_STREAM": f"{ours_is}0"}) is Form.JSON
