"""Which entries of the outbox are asked for."""

from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from peewee import fn

from state.database import LedgerDatabase
from state.models import Field, Outbox
from state.records import Stage
from state.worded import GIVEN, Worded

WISHED = Field.select(Field.link).where(Field.wish.is_null(is_null=False))
"""The links with a field that a person asked something of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Which entries are asked for."""

    stage: Stage | None = None
    now: int | None = None
    """Leave out what is not to be tried yet."""
    horizon: int | None = None
    """What is not to be tried before then either was put off by a clock that was wrong,
    and is not left out."""
    target: int | None = None
    after: int = 0
    """Continue behind this link."""
    pass_id: int | None = None
    is_unseen: bool = False
    """Only those of which it is not known yet what they would come to."""
    is_wished: bool = False
    """Only those with a field that a person asked something of."""


_IS_RIPE = Outbox.not_before <= GIVEN

_CONDITIONS = {
    "after": Outbox.link > GIVEN,
    "stage": Outbox.stage == GIVEN,
    "now": _IS_RIPE,
    "horizon": _IS_RIPE | (Outbox.not_before > GIVEN),
    "target": Outbox.target == GIVEN,
    "pass_id": Outbox.pass_id == GIVEN,
    "is_unseen": Outbox.overwrites.is_null(),
    "is_wished": Outbox.link.in_(WISHED),
}


_IS_TRIED = (Outbox.stage == Stage.RELEASED) & (Outbox.attempts > 0)
_COUNT = fn.COUNT(Outbox.link)

_TRIED = Worded(
    Outbox.select()
    .where(_IS_TRIED)
    .order_by(Outbox.not_before, Outbox.link)
    .limit(GIVEN)
)
_TRIED_COUNT = Worded(Outbox.select(_COUNT).where(_IS_TRIED))
_PUT_OFF = Worded(
    Outbox.select(_COUNT, fn.MIN(Outbox.not_before)).where(
        _IS_TRIED, Outbox.not_before > GIVEN, Outbox.not_before <= GIVEN
    )
)


def read_due(db: LedgerDatabase, due: Due, limit: int) -> list[Any]:
    """Read rows of the outbox in the order of their links."""
    given = _given(due)
    return _worded(*given).models(db, *chain.from_iterable(given.values()), limit)


@cache
def _worded(*names: str) -> Worded:
    query = Outbox.select().where(*(_CONDITIONS[name] for name in names))
    return Worded(query.order_by(Outbox.link).limit(GIVEN))


def read_tried(db: LedgerDatabase, limit: int) -> list[Any]:
    """Read rows that delivery has tried in vain, the next to be tried first."""
    return _TRIED.models(db, limit)


def count_tried(db: LedgerDatabase) -> int:
    """Count what delivery has tried in vain."""
    ((count,),) = _TRIED_COUNT.rows(db)
    return int(count)


def count_put_off(db: LedgerDatabase, now: int, horizon: int) -> tuple[int, int | None]:
    """Count what is tried again after *now* and by *horizon*, and say when first."""
    ((count, first),) = _PUT_OFF.rows(db, now, horizon)
    return int(count), first


def _given(due: Due) -> dict[str, tuple[object, ...]]:
    """Name the conditions, each with the values that it needs."""
    given: dict[str, tuple[object, ...]] = {"after": (due.after,)}
    if due.now is not None and due.horizon is not None:
        given["horizon"] = (due.now, due.horizon)
    elif due.now is not None:
        given["now"] = (due.now,)
    for name in ("stage", "target", "pass_id"):
        if (value := getattr(due, name)) is not None:
            given[name] = (value,)
    given |= {name: () for name in ("is_unseen", "is_wished") if getattr(due, name)}
    return given
