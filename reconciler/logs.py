"""Logs: one chain for our events and for the libraries', without secrets, to a stream.

Three forms: for people at a terminal, JSON lines for machines, and for the journal,
which keeps the time itself and takes the level from a prefix.
"""

import json
import logging
import math
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import PurePath
from typing import Any, TextIO
from urllib.parse import quote
from uuid import UUID

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, LogfmtRenderer, format_exc_info
from structlog.stdlib import (
    ExtraAdder,
    PositionalArgumentsFormatter,
    ProcessorFormatter,
)
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "***"

_CHATTY = ("apprise", "apscheduler", "gql", "peewee", "plexapi", "urllib3")
_SHORTEST_LITERAL = 4  # a shorter one would blot out ordinary words
_DEEPEST = 8
_JOURNAL_ORDER = ("level", "event", "logger")
_PRIORITIES = ((50, 2), (40, 3), (30, 4), (20, 6))  # logging's, the journal's

_NAMES = (
    "x[_-]plex[_-]token|token|api[_-]?key|secret|passw(?:or)?d|authorization|cookie"
)
_SECRET_KEY = re.compile(_NAMES, re.IGNORECASE)
# A name, what parts it from its value (in a URL, a header, JSON, a repr), the value;
# but not where reconciler.config says what is wrong with plex.token.
_ASSIGNED = re.compile(
    rf"""((?:{_NAMES})(?:\\*["'])?"""
    r"""(?:[ ]*[=:][ ]*|%3D|(?<=["']),[ ]*)(?:b?\\*["'])?)"""
    r"""(?!plex\.|stash\.|no\ssetting)"""
    r"""((?:bearer|basic)[ ]+)?((?<=["'])[^"'\\]+|[^\s"'\\&,;)}\]<>]+)""",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(bearer[ ]+)[\w.~+/=-]{6,}", re.IGNORECASE)
_USERINFO = re.compile(r"://[^\s/@'\"]+@")
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and new line
_ODD_IN_KEY = re.compile(r"[^\w.-]")


class Form(StrEnum):
    """How an event is written."""

    CONSOLE = "console"
    JSON = "json"
    JOURNAL = "journal"


def form_for(stream: TextIO, environ: Mapping[str, str]) -> Form:
    """Choose by what reads *stream*: the journal, a person, or anything else."""
    if _is_journal(stream, environ.get("JOURNAL_STREAM", "")):
        return Form.JOURNAL
    return Form.CONSOLE if stream.isatty() else Form.JSON


def _is_journal(stream: TextIO, journal: str) -> bool:
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False  # no descriptor, or closed
    return journal == f"{status.st_dev}:{status.st_ino}"


def graded(text: str, level: int, stream: TextIO, environ: Mapping[str, str]) -> str:
    """Let the journal know how grave a sentence is that is no event; change no other.

    *level* is logging's.
    """
    is_journal = form_for(stream, environ) is Form.JOURNAL
    return _prefixed(text, level) if is_journal else text


def colour_for(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Say whether to use colour: on a terminal, unless NO_COLOR is set."""
    dull = environ.get("NO_COLOR") or environ.get("TERM") == "dumb"
    return stream.isatty() and not dull


class Redactor:
    """Takes secrets out: by the name beside them, by their form, by themselves."""

    def __init__(self, secrets: Iterable[str]) -> None:
        literals = {
            form
            for secret in secrets
            if len(secret) >= _SHORTEST_LITERAL
            for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])
        }
        longest_first = sorted(literals, key=len, reverse=True)
        self._literal = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def text(self, text: str) -> str:
        """Return *text* without secrets and without what steers a terminal."""
        text = self._literal.sub(HIDDEN, text)
        text = _ASSIGNED.sub(lambda m: f"{m[1]}{m[2] or ''}{HIDDEN}", text)
        text = _BEARER.sub(rf"\1{HIDDEN}", text)
        text = _USERINFO.sub(f"://{HIDDEN}@", text)
        return _STEERING.sub(lambda m: f"\\x{ord(m[0]):02x}", text)

    def table(self, table: Mapping[Any, object], depth: int = 0) -> dict[str, Any]:
        """Return *table* without secrets, and without what its keys say is secret."""
        return {
            self.text(str(key)): self._under(str(key), value, depth)
            for key, value in table.items()
        }

    def arguments(self, args: object) -> Any:  # noqa: ANN401 - what `%` takes
        """Return a log call's arguments without secrets, fit for the same format."""
        if isinstance(args, Mapping):
            return self.table(args)
        texts = (str, Mapping, list, tuple)
        given = args if isinstance(args, tuple) else ()
        return tuple(self._value(a, 0) if isinstance(a, texts) else a for a in given)

    def _under(self, key: str, value: object, depth: int) -> object:
        is_telling = value is not None and value != "" and not isinstance(value, bool)
        if is_telling and _SECRET_KEY.search(key):
            return HIDDEN
        return self._value(value, depth)

    def _value(self, value: object, depth: int) -> object:
        """Return *value* without secrets, in types that JSON knows."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            shown = self.text(str(value))
            return value if shown == str(value) and math.isfinite(value) else shown
        if isinstance(value, Mapping) and depth < _DEEPEST:
            return self.table(value, depth + 1)
        if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
            return [self._value(each, depth + 1) for each in value]
        if isinstance(value, date):
            return value.isoformat()
        is_plain = isinstance(value, str | PurePath | UUID | BaseException)
        return self.text(str(value) if is_plain else repr(value))


def configure(  # noqa: PLR0913 - one call at the start of the program
    level: str,
    form: Form,
    secrets: Iterable[str],
    stream: TextIO,
    *,
    colour: bool = False,
    chatty_level: str = "WARNING",
) -> None:
    """Send every log of this process to *stream*; calling it again replaces that.

    *chatty_level* is the least of the libraries that tell of every request.
    """
    redactor = Redactor(secrets)
    handler = _Handler(stream)
    handler.setFormatter(_Formatter(form, redactor, colour=colour))
    handler.addFilter(_quieten(logging.getLevelNamesMapping()[chatty_level.upper()]))
    root = logging.getLogger()
    for other in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.processors.StackInfoRenderer(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # or a second `configure`, with the secrets that it has read, would go unheard
        cache_logger_on_first_use=False,
    )


_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
)


def _quieten(least: int) -> Callable[[logging.LogRecord], bool]:
    """Filter at the handler: plexapi sets its logger's level when it is imported."""

    def is_wanted(record: logging.LogRecord) -> bool:
        return record.levelno >= least or record.name.split(".")[0] not in _CHATTY

    return is_wanted


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, to be told from others'."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's
        """Tell of an event that cannot be written, but not its arguments.

        The standard library would print them, secrets and all.
        """
        error = sys.exception()
        if isinstance(error, OSError) or record.msg == _LOST:
            return  # nobody reads the stream any more
        lost = logging.LogRecord(
            record.name, logging.ERROR, record.pathname, record.lineno, _LOST, (), None
        )
        lost.error, lost.at = type(error).__name__, f"{lost.filename}:{lost.lineno}"
        self.emit(lost)


_LOST = "log call failed"


class _Formatter(ProcessorFormatter):
    """The end of the chain, where both kinds of event meet."""

    def __init__(self, form: Form, redactor: Redactor, *, colour: bool) -> None:
        super().__init__(
            processors=_chain(form, redactor, colour=colour),
            foreign_pre_chain=[*_SHARED, ExtraAdder()],
        )
        self._redactor = redactor
        self._is_prefixed = form is Form.JOURNAL

    def format(self, record: logging.LogRecord) -> str:
        copy = logging.makeLogRecord(record.__dict__)
        copy.args = self._redactor.arguments(record.args)
        text = super().format(copy)
        return _prefixed(text, record.levelno) if self._is_prefixed else text


def _prefixed(text: str, level: int) -> str:
    """Put the journal's priority before every line of *text*."""
    priority = next((n for least, n in _PRIORITIES if level >= least), 7)
    return "\n".join(f"<{priority}>{line}" for line in text.split("\n"))


def _chain(form: Form, redactor: Redactor, *, colour: bool) -> list[Processor]:
    """Redact after the traceback has become text, and before anything is rendered."""

    def redact_arguments(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        if "positional_args" in event:
            event["positional_args"] = redactor.arguments(event["positional_args"])
        return event

    def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return redactor.table(event)

    renderers: dict[Form, tuple[Processor, ...]] = {
        Form.CONSOLE: (
            # rich, the default, would show local variables after the redaction
            ConsoleRenderer(colors=colour, exception_formatter=plain_traceback),
        ),
        Form.JSON: (JSONRenderer(),),
        Form.JOURNAL: (
            _flatten,
            LogfmtRenderer(key_order=_JOURNAL_ORDER, bool_as_flag=False),
        ),
    }
    return [
        redact_arguments,
        PositionalArgumentsFormatter(),
        *(() if form is Form.JOURNAL else (_timestamp,)),
        format_exc_info,
        ProcessorFormatter.remove_processors_meta,
        redact,
        *renderers[form],
    ]


def _timestamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    moment = datetime.fromtimestamp(event["_record"].created, UTC)
    event["timestamp"] = moment.isoformat(timespec="milliseconds")
    return event


def _flatten(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Make keys and values that logfmt can carry."""
    return {
        _ODD_IN_KEY.sub("_", key): json.dumps(value)
        if isinstance(value, dict | list)
        else value
        for key, value in event.items()
    }
