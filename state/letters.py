"""Dead letters: fields that are not tried again without a person or a new change.

The outbox buries them, and takes them back where their fields are owed again. What is
dropped is no letter any more; that it was is remembered, or the field would be tried
again by whoever looks at everything.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Self

from state.carried import take_letters
from state.database import LedgerDatabase
from state.models import DeadLetter, Link
from state.records import DeadLetterRecord, FailureRecord

_OUTDATE = "DELETE FROM dead_letter WHERE link = ? AND revision != ?"


class Letters:
    """The book of dead letters."""

    def __init__(self, db: LedgerDatabase, *, is_dropped: bool = False) -> None:
        self._db = db
        self._is_one = DeadLetter.dropped_at.is_null(not is_dropped)

    @property
    def dropped(self) -> Self:
        """The same book of what was dropped of them, and is left still."""
        return type(self)(self._db, is_dropped=True)

    def count(self) -> int:
        """Count the dead letters."""
        return DeadLetter.select().where(self._is_one).count()

    def newest(self, limit: int) -> list[DeadLetterRecord]:
        """Read the newest dead letters, the newest first."""
        query = DeadLetter.select().where(self._is_one)
        newest = DeadLetter.buried_at.desc()
        order = query.order_by(newest, DeadLetter.link, DeadLetter.field)
        return _records(list(order.limit(limit)))

    def page(
        self,
        *,
        after: tuple[int, str] = (0, ""),
        limit: int,
        scenes: Iterable[int] | None = None,
        fields: Iterable[str] | None = None,
        kind: str | None = None,
    ) -> list[DeadLetterRecord]:
        """Read dead letters in the order of their links and fields, behind one."""
        link, name = after
        is_behind = (DeadLetter.link > link) | (
            (DeadLetter.link == link) & (DeadLetter.field > name)
        )
        query = DeadLetter.select().where(self._is_one & is_behind)
        if scenes is not None:
            mine = Link.select(Link.id).where(Link.scene.in_(list(scenes)))
            query = query.where(DeadLetter.link.in_(mine))
        if fields is not None:
            query = query.where(DeadLetter.field.in_(list(fields)))
        if kind is not None:
            query = query.where(DeadLetter.kind == kind)
        order = query.order_by(DeadLetter.link, DeadLetter.field)
        return _records(list(order.limit(limit)))

    def withheld(self, links: Iterable[int]) -> dict[int, dict[str, int]]:
        """Tell which fields of some links are not to be tried: field -> revision.

        Those that were dropped are among them.
        """
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for row in DeadLetter.select().where(DeadLetter.link.in_(list(links))):
            found[row.link][row.field] = row.revision
        return found

    def drop(self, letters: Iterable[DeadLetterRecord], *, now: int) -> int:
        """Forget letters, and leave their fields until the scenes change; how many."""
        mine = [
            (DeadLetter.link == one.link) & (DeadLetter.field == one.field)
            for one in letters
        ]
        if not mine:
            return 0
        change = DeadLetter.update(dropped_at=now)
        return int(change.where(self._is_one & reduce(or_, mine)).execute())

    def outdate(self, link: int, revision: int) -> None:
        """Forget what is of another revision of a link's scene than its newest."""
        self._db.ask(_OUTDATE, link, revision)

    def take_over(self, old: Path) -> None:
        """Have those of the state in the file *old* as well; not in a transaction.

        With their links and scenes, but with nothing else of it.
        """
        take_letters(self._db, old)

    def prune(self, before: int) -> int:
        """Forget letters that were given up before then; tell how many."""
        is_old = self._is_one & (DeadLetter.buried_at < before)
        return int(DeadLetter.delete().where(is_old).execute())


def _records(letters: list[DeadLetter]) -> list[DeadLetterRecord]:
    links = Link.select().where(Link.id.in_([letter.link for letter in letters]))
    scenes = {link.id: link.scene for link in links}
    return [_record(letter, scenes[letter.link]) for letter in letters]


def _record(letter: DeadLetter, scene: int) -> DeadLetterRecord:
    return DeadLetterRecord(
        link=letter.link,
        field=letter.field,
        scene=scene,
        target=letter.target,
        revision=letter.revision,
        attempts=letter.attempts,
        first_at=letter.first_at,
        buried_at=letter.buried_at,
        dropped_at=letter.dropped_at,
        failure=FailureRecord(
            error=letter.error,
            kind=letter.kind,
            chain=tuple(json.loads(letter.chain)),
            server=letter.server,
        ),
    )
