"""Which entries of the outbox are asked for."""

from dataclasses import dataclass
from typing import Any

from state.models import Field, Outbox
from state.records import Stage

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


def wanted(due: Due) -> Any:  # noqa: ANN401 - an expression of peewee's
    """Say it in SQL."""
    found = Outbox.link > due.after
    if due.stage is not None:
        found &= Outbox.stage == due.stage
    if due.now is not None:
        is_ripe = Outbox.not_before <= due.now
        if due.horizon is not None:
            is_ripe |= Outbox.not_before > due.horizon
        found &= is_ripe
    if due.target is not None:
        found &= Outbox.target == due.target
    if due.pass_id is not None:
        found &= Outbox.pass_id == due.pass_id
    if due.is_unseen:
        found &= Outbox.overwrites.is_null()
    if due.is_wished:
        found &= Outbox.link.in_(WISHED)
    return found
