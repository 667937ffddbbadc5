"""Stash over GraphQL, on one kept connection; nothing is retried or probed up front.

A quiet pass costs one request. Only when a query fails and neither the network nor a
key is plainly to blame is Stash asked how it is, to say what has to be done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, count, pairwise
from typing import TypeVar

from gql import Client
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)
from requests.adapters import BaseAdapter

from reconciler.clients import stash_polls, stash_queries
from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.stash_faults import RefusedError, StashFaults
from reconciler.clients.stash_http import Address, Transport
from reconciler.clients.stash_polls import Asked, News
from reconciler.clients.stash_queries import (
    READ_PAGE,
    SCAN_PAGE,
    Found,
    Query,
    StashReport,
)
from reconciler.core.errors import ServerError
from reconciler.core.news import Named, Poll, RowsPage
from reconciler.core.values import Kind, ScanPage, Scene, SceneId

__all__ = ["StashClient", "StashReport"]

Answer = TypeVar("Answer")

_FOREIGN = (
    TransportConnectionFailed,
    TransportProtocolError,
    TransportQueryError,
    TransportServerError,
)


class StashClient:
    """A `Source`, for one thread at a time.

    *adapter* carries the requests instead of a socket.
    """

    def __init__(
        self, endpoint: Endpoint, tally: Tally, *, adapter: BaseAdapter | None = None
    ) -> None:
        address = Address.of(endpoint)
        self._tally = tally
        self._knows_files = True  # until it has refused to tell of them
        self._faults = StashFaults(
            endpoint=endpoint, where=address.shown, secrets=address.secrets
        )
        self._transport = Transport(endpoint, address, self._faults.quote, adapter)
        self._client = Client(transport=self._transport)
        self._session = self._client.connect_sync()  # type: ignore[no-untyped-call] # gql leaves it unannotated

    def close(self) -> None:
        self._client.close_sync()  # type: ignore[no-untyped-call] # as above

    def scan(self, *, since: str, fresh: str, after: SceneId) -> ScanPage:
        found = self._ask(stash_queries.scan(since=since, fresh=fresh, after=after))
        return self._page(after, found)

    def poll(  # noqa: PLR0913 - one request, and all that it asks for
        self,
        *,
        since: str,
        fresh: str,
        after: SceneId,
        named: str,
        jobs: Sequence[int],
        with_files: bool,
    ) -> Poll:
        asked = Asked(since=since, fresh=fresh, after=after, named=named, jobs=jobs)
        news = self._news(asked, with_files=with_files)
        return Poll(
            page=self._page(after, news.found),
            named=news.named,
            is_cut=news.is_cut,
            scenes=news.scenes,
            census=news.census,
            jobs=news.jobs,
            knows_files=Kind.FILE in news.census,
        )

    def rows(self, after: SceneId) -> RowsPage:
        found = self._ask(stash_polls.rows(after))
        self._check_order(after, [row.id for row in found])
        return RowsPage(
            rows=found[:SCAN_PAGE],
            is_last=len(found) <= SCAN_PAGE,
            clock=self._clock(),
        )

    def entities(self, kind: Kind) -> Iterator[tuple[Named, ...]]:
        pages = list(self._stretches(kind))
        ids = [row.id for row in chain.from_iterable(pages)]
        if any(left <= right for left, right in pairwise(ids)):
            raise self._faults.changed_meanwhile(f"one {kind} came twice")
        yield from (page[::-1] for page in reversed(pages) if page)

    def read(self, ids: Sequence[SceneId]) -> Iterator[Scene]:
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), READ_PAGE):
            yield from self._read(wanted[start : start + READ_PAGE])

    def probe(self) -> StashReport:
        """Ask Stash how it is; `objection` says what is wrong with the answer."""
        report = self._status()
        if self._faults.unready(report):
            return report
        return replace(report, scenes=self._send(stash_queries.size()))

    def objection(self, report: StashReport) -> ServerError | None:
        """Say what keeps a Stash that reports so from being read."""
        return self._faults.unready(report) or self._faults.too_old(report)

    def _page(self, after: SceneId, found: Found) -> ScanPage:
        self._check_order(after, [row.id for row in found.rows])
        self._check_order(after, [scene.id for scene in found.scenes])
        rows = found.rows[:SCAN_PAGE]
        ids = {row.id for row in rows}
        return ScanPage(
            clock=self._clock(),
            rows=rows,
            # The two lists are not one snapshot: a row can be in the second alone.
            scenes=tuple(scene for scene in found.scenes if scene.id in ids),
            is_last=len(found.rows) <= SCAN_PAGE,
        )

    def _clock(self) -> datetime:
        reply = self._transport.reply
        if reply is None or reply.date is None:
            raise self._faults.no_date()
        return reply.date

    def _news(self, asked: Asked, *, with_files: bool) -> News:
        """Ask for files as well, until it is known that Stash cannot tell of them."""
        with_files = with_files and self._knows_files
        try:
            return self._send(stash_polls.poll(asked, with_files=with_files))
        except RefusedError as refusal:
            if not (with_files and refusal.is_misunderstood):
                self._explain(refusal)
                raise
        news = self._ask(stash_polls.poll(asked, with_files=False))
        self._knows_files = False
        return news

    def _stretches(self, kind: Kind) -> Iterator[tuple[Named, ...]]:
        """Page through a kind from the highest id down, as long as its count holds.

        A row that goes and one that comes leave the count alone, but the new one is
        above all others: it pushes those still to come on, as far as the other pulled.
        """
        seen, total = 0, None
        for page in count(1):
            stretch = self._ask(stash_polls.entities(kind, page))
            if total not in {None, stretch.count}:
                raise self._faults.changed_meanwhile(f"{total} became {stretch.count}")
            total = stretch.count
            seen += len(stretch.rows)
            yield stretch.rows
            if len(stretch.rows) < SCAN_PAGE or seen >= total:
                break
        if seen != total:
            raise self._faults.changed_meanwhile(f"{seen} came of {total}")

    def _read(self, ids: list[SceneId]) -> Iterator[Scene]:
        """Read a page; where Stash refuses it for one missing scene, halve it."""
        if len(ids) == 1:
            yield from self._single(ids[0])
            return
        found = self._several(ids)
        if found is None:
            half = len(ids) // 2
            yield from self._read(ids[:half])
            yield from self._read(ids[half:])
            return
        for id_ in ids:
            # Absence is proved: what a list leaves out is asked for by itself.
            yield from [found[id_]] if id_ in found else self._single(id_)

    def _several(self, ids: list[SceneId]) -> dict[SceneId, Scene] | None:
        try:
            scenes = self._send(stash_queries.several(ids))
        except RefusedError as refusal:
            if refusal.is_answer:
                return None
            self._explain(refusal)
            raise
        return {scene.id: scene for scene in scenes}

    def _single(self, id_: SceneId) -> Iterator[Scene]:
        scene = self._ask(stash_queries.single(id_))
        if scene is not None:
            yield scene

    def _status(self) -> StashReport:
        try:
            return self._send(stash_queries.status())
        except RefusedError as refusal:
            if refusal.is_misunderstood:
                raise self._faults.not_stash(refusal.words) from refusal
            raise

    def _ask(self, query: Query[Answer]) -> Answer:
        try:
            return self._send(query)
        except RefusedError as refusal:
            self._explain(refusal)
            raise

    def _explain(self, refusal: RefusedError) -> None:
        """Raise what is behind *refusal*, if a probe can tell."""
        try:
            report = self._status()
        except RefusedError:
            return
        if refusal.is_misunderstood:
            raise self._faults.misunderstood(report, refusal.words) from refusal
        if unready := self._faults.unready(report):
            raise unready from refusal

    def _send(self, query: Query[Answer]) -> Answer:
        self._tally[query.kind] += 1
        try:
            data = self._session.execute(query.request)
        except _FOREIGN as error:
            raise self._faults.of(error, self._transport.reply) from error
        try:
            return query.read(data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._faults.not_stash("gave data of another shape") from error

    def _check_order(self, after: SceneId, ids: list[SceneId]) -> None:
        if any(left >= right for left, right in pairwise([after, *ids])):
            raise self._faults.out_of_order()
