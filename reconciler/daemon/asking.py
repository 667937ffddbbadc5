"""What a command asks of the daemon at its door, and what it is answered."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeAlias

from pydantic import TypeAdapter, ValidationError

from reconciler import __version__
from reconciler.core.errors import PlexsyncError
from reconciler.core.values import Field, ItemKey
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Errand,
    Release,
    TakePlex,
    TakeStash,
    Undo,
)
from reconciler.engine.report import Audience, Line, PassReport
from reconciler.engine.running import Pass
from reconciler.engine.settings import Planned, Scope
from reconciler.engine.status import held_passes
from state.door import Visit, knock
from state.ledger import Ledger

_KINDS = {one.cause: one for one in (Undo, Release, Claim, TakeStash, TakePlex, Adopt)}

_Only: TypeAlias = list[tuple[str, str, dict[Field, Planned]]]
_SCOPE, _ONLY = TypeAdapter(Scope), TypeAdapter(_Only)


class AskedInVainError(PlexsyncError):
    """The daemon cannot do what it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A pass that is asked for: its scope, or a person's errand."""

    scope: Scope
    errand: Errand | None = None
    is_watched: bool = False
    """Whether a person waits at a terminal: Plex is asked as fast as it answers."""

    def act(self, one: Pass) -> PassReport:
        """Make the pass."""
        if self.errand is None:
            return one.reconcile()
        return one.carry_out(self.errand)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it, and what is left to do."""

    report: PassReport
    owed: int
    """Items that are still owed a delivery, those held included."""
    asked: int
    """Those of them that a person asked for by a command."""
    held: tuple[int, ...]
    """The passes that the brake holds."""
    requests: dict[str, int]
    """What was sent, by kind."""

    @classmethod
    def of(cls, report: PassReport, ledger: Ledger, requests: dict[str, int]) -> Self:
        """Read what is left to do after a pass."""
        return cls(
            report=report,
            owed=sum(ledger.outbox.counts().values()),
            asked=ledger.outbox.asked(),
            held=held_passes(ledger) if report.held else (),
            requests=requests,
        )


_LINE, _ANSWER = TypeAdapter(Line), TypeAdapter(Answer)


def ask(state: Path, request: Request, audience: Audience) -> Answer | None:
    """Have the daemon that holds the state do it; None where there is no daemon.

    `AskedInVainError` where it does not.
    """
    visit = knock(state)
    if visit is None:
        return None
    with visit, _goes_on(request):
        audience.stage("waiting for the daemon", None)
        visit.say(**asked_fields(request))
        while line := visit.hear():
            if "stage" in line:
                audience.stage(line["stage"], line["total"])
            elif "steps" in line:
                audience.advance(line["steps"])
            elif "line" in line:
                audience.line(_LINE.validate_python(line["line"]))
            elif "answer" in line:
                return _ANSWER.validate_python(line["answer"])
            else:
                raise AskedInVainError(str(line.get("refusal")))
    raise AskedInVainError(
        "the daemon went away before it was done: see its log, and run again"
    )


@contextmanager
def _goes_on(request: Request) -> Iterator[None]:
    """Say what becomes of a command that is interrupted while it waits."""
    try:
        yield
    except KeyboardInterrupt:
        what = "what is new" if request.errand is None else "what was asked for"
        raise KeyboardInterrupt(
            f"interrupted: the daemon goes on with {what}; `plexsync pause` has it stop"
        ) from None


def asked_fields(request: Request) -> dict[str, Any]:
    """Say it in a line."""
    scope, errand = request.scope, request.errand
    fields: dict[str, Any] = {"ask": "pass", "version": __version__}
    fields["watched"] = request.is_watched
    fields["scope"] = _SCOPE.dump_python(replace(scope, only=None), mode="json")
    only: _Only = [(k[0], k[1], dict(v)) for k, v in (scope.only or {}).items()]
    fields["only"] = (
        None if scope.only is None else _ONLY.dump_python(only, mode="json")
    )
    if errand is not None:
        kind = TypeAdapter(type(errand))
        fields["errand"] = {"cause": errand.cause}
        fields["errand"] |= kind.dump_python(errand, mode="json")
    return fields


def asked(line: Mapping[str, Any]) -> Request:
    """Read it from a line; `AskedInVainError` where it is of another version."""
    if line.get("version") != __version__:
        raise AskedInVainError(
            f"the daemon is of version {__version__} and this command is of"
            f" {line.get('version')}: restart the daemon"
        )
    try:
        scope: Scope = _SCOPE.validate_python(line["scope"])
        if line["only"] is not None:
            rows = _ONLY.validate_python(line["only"])
            only = {(title, ItemKey(key)): fields for title, key, fields in rows}
            scope = replace(scope, only=only)
        return Request(
            scope=scope,
            errand=_errand(line.get("errand")),
            is_watched=line["watched"] is True,
        )
    except (ValidationError, KeyError, TypeError) as error:
        raise AskedInVainError("what was asked of the daemon is no request") from error


def _errand(fields: Mapping[str, Any] | None) -> Errand | None:
    if fields is None:
        return None
    rest = {name: value for name, value in fields.items() if name != "cause"}
    kind: TypeAdapter[Errand] = TypeAdapter(_KINDS[fields["cause"]])
    return kind.validate_python(rest)


class Teller:
    """An audience at the other end of a visit."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def stage(self, name: str, total: int | None) -> None:
        """Send it on."""
        self._say(stage=name, total=total)

    def advance(self, steps: int = 1) -> None:
        """Send it on."""
        self._say(steps=steps)

    def line(self, line: Line) -> None:
        """Send it on."""
        self._say(line=_LINE.dump_python(line, mode="json"))

    def answer(self, answer: Answer) -> None:
        """Send what came of it."""
        self._say(answer=_ANSWER.dump_python(answer, mode="json"))

    def lend(self) -> None:
        """Say that the state may be had."""
        self._say(yours=True)

    def refuse(self, sentence: str) -> None:
        """Send why nothing comes of it."""
        self._say(refusal=sentence)

    def _say(self, **line: object) -> None:
        with suppress(
            OSError
        ):  # who asked is gone; what was begun is ended all the same
            self._visit.say(**line)
