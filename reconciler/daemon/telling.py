"""Telling people, unasked, of what they should know: once as it begins, and as it ends.

What comes and goes by itself is told only where it lasts.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol

import structlog

from reconciler.engine.conflicts import find_conflicts
from reconciler.engine.health import HealthItem, Trouble
from reconciler.engine.letters import Sought, find_letters
from reconciler.engine.status import Status
from reconciler.render.standing import details
from state.ledger import Ledger
from state.notices import NoticeRecord

log = structlog.get_logger(__name__)

LASTING = 15 * 60
"""Seconds that what comes and goes by itself has to be there, or gone, to be told."""

_BY_ITSELF = frozenset(
    {
        Trouble.OUTAGE,
        Trouble.UNAUTHORISED,
        Trouble.DOUBT,
        Trouble.MISSING,
        Trouble.STALE,
    }
)
_TOLD = _BY_ITSELF | {
    Trouble.HELD,
    Trouble.LETTERS,
    Trouble.CONFLICTS,
    Trouble.REFUSED,
    Trouble.RESTORED,
}

_PATIENCE = 5.0
"""Seconds that a pass waits for a message to be taken."""
_NAMED = 10
"""Lines that name things beneath one item."""


class Sender(Protocol):
    """One whom messages are sent to."""

    def send(self, title: str, body: str) -> bool:
        """Send a message, and say whether it was taken; raises nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is to be told, and what will have been told then."""

    begun: tuple[HealthItem, ...] = ()
    over: tuple[NoticeRecord, ...] = ()
    after: Mapping[str, NoticeRecord] = field(default_factory=dict)
    """By what they are about."""

    @property
    def is_news(self) -> bool:
        """Whether there is anything to be told."""
        return bool(self.begun or self.over)

    @property
    def title(self) -> str:
        """Name the types."""
        types = dict.fromkeys(item.type.value for item in self.begun)
        over = dict.fromkeys(f"over: {one.kind}" for one in self.over)
        return f"plexsync: {', '.join((*types, *over))}"


def telling(
    told: Mapping[str, NoticeRecord], items: Sequence[HealthItem], now: int
) -> Telling:
    """Compare what there is *now*, in unix seconds, with what a person was told."""
    after: dict[str, NoticeRecord] = {}
    begun, over = [], []
    there = {item.about: item for item in items if item.type in _TOLD}
    for about, item in there.items():
        known = told.get(about)
        if _is_news(known, item) and _has_lasted(item, now):
            begun.append(item)
            after[about] = _notice(item)
        elif known is not None:
            after[about] = replace(known, gone_at=None)
    for about, known in told.items():
        if about in there:
            continue
        gone = now if known.gone_at is None else known.gone_at
        if known.kind in _BY_ITSELF and now - gone < LASTING:
            after[about] = replace(known, gone_at=gone)
        else:
            over.append(known)
    return Telling(begun=tuple(begun), over=tuple(over), after=after)


def _is_news(known: NoticeRecord | None, item: HealthItem) -> bool:
    """Whether it was not told, or as another trouble, or half as many of them."""
    if known is None or known.kind != item.type:
        return True
    return item.count >= 2 * known.count


def _has_lasted(item: HealthItem, now: int) -> bool:
    since = now if item.since is None else item.since
    return item.type not in _BY_ITSELF or now - since >= LASTING


def _notice(item: HealthItem) -> NoticeRecord:
    return NoticeRecord(kind=item.type.value, message=item.message, count=item.count)


@dataclass(slots=True, kw_only=True)
class Herald:
    """Tells what is news after a pass; what nobody takes is told again after the next.

    Nothing that becomes of a message harms a pass, or holds it up for long.
    """

    senders: Sequence[Sender]
    has_titles: bool = False
    """Whether libraries, files and what servers say are named."""
    now: Callable[[], int]
    """Unix seconds."""
    patience: float = _PATIENCE
    trouble: HealthItem | None = None
    """That nobody could be told, where that is so."""
    _message: "_Message | None" = None
    """What is on its way."""

    def tell(self, ledger: Ledger, status: Status, items: Sequence[HealthItem]) -> None:
        """Tell what has changed since a person was told last."""
        if not self.senders:
            return
        self._settle(ledger)
        if self._message is not None:
            return
        found = telling(ledger.notices.standing(), items, self.now())
        if not found.is_news:
            _record(ledger, found.after)
            return
        message = _Message(found, self._body(found, ledger, status), self.senders)
        self._message = message
        message.start()
        message.join(self.patience)
        self._settle(ledger)

    def _settle(self, ledger: Ledger) -> None:
        """See what became of the message that was on its way."""
        message = self._message
        if message is None:
            return
        if message.is_alive():
            self.trouble = _untold(len(self.senders))
            return
        self._message = None
        failed = [place for place, taken in message.outcomes.items() if not taken]
        for place in failed:
            log.warning("telling failed", entry=place)
        if len(failed) == len(self.senders):
            self.trouble = _untold(len(failed))
            return
        self.trouble = None
        found = message.telling
        log.info("told", begun=len(found.begun), over=len(found.over))
        _record(ledger, found.after)

    def _body(self, found: Telling, ledger: Ledger, status: Status) -> str:
        lines = []
        for item in found.begun:
            lines.append(f"{item.type}: {item.message}; {item.hint}")
            if self.has_titles:
                lines += [
                    f"  {line}" for line in _named(ledger, status, item, self.now())
                ]
        lines += [f"over: {one.kind}: {one.message}" for one in found.over]
        return "\n".join(lines)


class _Message(threading.Thread):
    """One message on its way, to each in turn; it never keeps the process alive."""

    def __init__(self, found: Telling, body: str, senders: Sequence[Sender]) -> None:
        super().__init__(name="herald", daemon=True)
        self.telling, self._body, self._senders = found, body, senders
        self.outcomes = dict.fromkeys(range(1, len(senders) + 1), False)

    def run(self) -> None:
        for place, sender in enumerate(self._senders, start=1):
            self.outcomes[place] = sender.send(self.telling.title, self._body)


def _record(ledger: Ledger, after: Mapping[str, NoticeRecord]) -> None:
    """Record what was told; where nothing has changed, nothing is written."""
    before = ledger.notices.standing()
    if before == after:
        return
    with ledger.transaction():
        for about in before.keys() - after.keys():
            ledger.notices.drop(about)
        for about, notice in after.items():
            if before.get(about) != notice:
                ledger.notices.put(about, notice)


def _named(ledger: Ledger, status: Status, item: HealthItem, now: int) -> list[str]:
    """Name what an item is about, as far as a message has room."""
    match item.type:
        case Trouble.LETTERS:
            letters = islice(find_letters(ledger, Sought()), _NAMED)
            found = [f"{x.library}, {x.name}, {x.field}: {x.error}" for x in letters]
        case Trouble.CONFLICTS:
            left = islice(find_conflicts(ledger), _NAMED)
            found = [f"{x.library}, {x.name}, {x.field}: {x.reason}" for x in left]
        case _:
            return list(details(status, item, now))[:_NAMED]
    more = item.count - len(found)
    return [*found, f"... and {more} more"] if more > 0 else found


def _untold(urls: int) -> HealthItem:
    which = "the URL" if urls == 1 else f"none of the {urls} URLs"
    verb = "has not taken" if urls == 1 else "has taken"
    return HealthItem(
        type=Trouble.UNTOLD,
        message=f"{which} of [notify] {verb} the last message",
        hint="the log says why; it is sent again with the next pass, and"
        " `plexsync check` tells whether the URLs are any",
        about="herald",
    )
