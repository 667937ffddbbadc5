"""What Plex has, into the ledger: libraries, and which item holds which file."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from reconciler.core import absence
from reconciler.core.errors import DoubtError
from reconciler.core.match import stash_paths
from reconciler.core.values import ItemKey, Kind, ListedItem, Section
from reconciler.engine.doubting import Doubter
from reconciler.engine.linking import IN_PLEX, Linker
from reconciler.engine.ports import Library
from reconciler.engine.recording import CHUNK, Recorder
from reconciler.engine.report import Audience, Tally
from state.ledger import Ledger
from state.records import TargetRecord
from state.shown import Shown

log = structlog.get_logger(__name__)

_CHUNK = 500
_BATCH = 49
"""Items to a read, and one more that is there."""

_MISSED, _DAY = 490, 24 * 3600
"""Items that are asked for once more, at most, and for how many seconds."""


_MARGIN = 120
"""Seconds that a listing of what is new reaches back behind the last one.

As much as Plex's clock may be set back, or an item come late, without being missed.
"""


@dataclass(slots=True, kw_only=True)
class _Listing:
    """What a listing of a library comes to, while it goes on."""

    target: TargetRecord
    section: Section
    is_full: bool
    shown: Shown = field(default_factory=Shown)
    files: int = 0
    newest: int = 0
    """The newest stamp of an item, by Plex's clock."""


@dataclass(slots=True, kw_only=True)
class Surveyor:
    """Keeps the ledger's picture of the libraries: as few requests as will do."""

    ledger: Ledger
    library: Library
    linker: Linker
    recorder: Recorder
    doubter: Doubter
    audience: Audience
    tally: Tally
    sections: dict[int, Section] = field(default_factory=dict)
    """The sections of the targets, by the ledger's id, once the server was asked."""
    missing: frozenset[str] = frozenset()
    """Titles that the configuration names and the server, once asked, did not."""
    is_connected: bool = False
    watch: Callable[[int, Sequence[ItemKey]], None] | None = None
    """Told of each page of what has changed in a target, in a sweep."""

    def know_targets(self) -> None:
        """Take the targets from the ledger, without a request."""
        titles = self.linker.settings.rules.keys()
        self.linker.targets = {
            target.id: target
            for target in self.ledger.items.targets()
            if target.is_active and target.title in titles
        }

    def has_unlisted(self) -> bool:
        """Whether a library that the configuration names was never listed whole."""
        listed = {t.title for t in self.linker.targets.values() if t.marker}
        return bool(self.linker.settings.rules.keys() - listed)

    def connect(self) -> Mapping[int, Section]:
        """Ask the server for its libraries, once; tell which is not there."""
        if not self.is_connected:
            self._take(self.library.sections())
            self.is_connected = True
        return self.sections

    def is_missing(self, title: str) -> bool:
        """Whether the server has no such library: nothing is read or written there."""
        self.connect()
        return title in self.missing

    def survey(self, *, is_full: bool) -> None:
        """Read what was added or moved since the last listing, or everything.

        One request tells whether a library has changed; nothing more is read of one
        that has not. What is doubted of one keeps no other from being read.
        """
        self.is_connected = False
        for key, section in self.connect().items():
            target = self.linker.targets[key]
            is_whole = is_full or self._needs_all(target, section)
            # a person's edit need not move the marker
            if is_whole or self.watch or target.marker != section.marker:
                self._list(target, section, is_full=is_whole)

    def is_in_doubt(self) -> bool:
        """Whether a library has listed too little: it may list more by now."""
        return self.doubter.is_doubted(*self.linker.settings.rules)

    def _needs_all(self, target: TargetRecord, section: Section) -> bool:
        """Whether what was added since the last listing is not enough to know."""
        if not target.marker or self.doubter.is_approved(target.title):
            return True
        if section.clock is not None and section.clock < target.cursor:
            return True  # it was set back: what is new may be stamped as if it were old
        has_changed = target.marker != section.marker
        return has_changed and self.doubter.is_doubted(target.title)

    def _take(self, sections: Iterable[Section]) -> None:
        by_title = {section.title: section for section in sections}
        titles = self.linker.settings.rules
        self.missing = frozenset(titles.keys() - by_title.keys())
        for title in sorted(self.missing):
            self.tally.miss(missing_library(title, by_title))
        if self.missing != self.ledger.items.missing().keys():
            with self.ledger.transaction():
                now = self.linker.clock.unix()
                self.ledger.items.put_missing(sorted(self.missing), now=now)
        mine = [by_title[title] for title in titles if title in by_title]
        wanted = {(s.machine, s.uuid, s.title) for s in mine}
        known = self.ledger.items.targets()
        # what is known of one that is missing is kept: it may be back at once
        places = {(s.machine, s.uuid) for s in mine}
        wanted |= {
            (target.machine, target.section, target.title)
            for target in known
            if target.is_active and target.title in self.missing
            if (target.machine, target.section) not in places
        }
        if wanted != {(t.machine, t.section, t.title) for t in known if t.is_active}:
            with self.ledger.transaction():
                self.ledger.items.put_targets(sorted(wanted))
        self.know_targets()
        by_key = {(s.machine, s.uuid): s for s in mine}
        self.sections = {
            key: by_key[target.machine, target.section]
            for key, target in self.linker.targets.items()
            if target.title not in self.missing
        }

    def _list(self, target: TargetRecord, section: Section, *, is_full: bool) -> None:
        listing = _Listing(target=target, section=section, is_full=is_full)
        self.audience.stage(f"listing {section.title}", None)
        self._read(listing)
        if not is_full:
            self._revisit(listing)
        # what a scan has not come to yet is not gone
        elif not section.is_scanning:
            self._drop_unlisted(listing)
        after = replace(
            target, marker=section.marker, cursor=_reached(target.cursor, listing)
        )
        if after != target:
            with self.ledger.transaction():
                self.ledger.items.listed(
                    target.id, marker=after.marker, cursor=after.cursor
                )
        log.info("listed", library=target.id, files=listing.files, complete=is_full)
        self.know_targets()

    def _read(self, listing: _Listing) -> None:
        cursor = max(0, listing.target.cursor - _MARGIN)
        since = None if listing.is_full else cursor
        told = set[ItemKey]()  # what was added lately was changed lately as well
        for page in self.library.listing(listing.section, since=since):
            self._put(listing, page.items)
            if self.watch is not None:
                news = [item.key for item in page.items if item.updated_at >= cursor]
                self.watch(listing.target.id, news)
            keys = {item.key for item in page.items}
            self.audience.advance(len(keys - told))
            told |= set() if listing.is_full else keys

    def _revisit(self, listing: _Listing) -> None:
        """Ask for items again that scenes have lost, and that may hold their files.

        One that was renamed, or taken out of the trash, bears no newer stamp.
        """
        target = listing.target.id
        since = self.linker.clock.unix() - _DAY
        missed = self.ledger.waits.missed(target, since=since, limit=_MISSED)
        # where none is there that is asked for, Plex does not say so of each
        links = self.ledger.links.page(after=0, limit=1, target=target)
        for start in range(0, len(missed), _BATCH):
            asked = [*missed[start : start + _BATCH], *(link.item for link in links)]
            found = self.library.read([ItemKey(item) for item in asked])
            self._put(
                listing,
                [
                    ListedItem(key=key, paths=item.paths, updated_at=0)
                    for key, item in found.items()
                    if item.section == listing.section.key
                ],
            )

    def _put(self, listing: _Listing, items: Sequence[ListedItem]) -> None:
        listing.files += sum(len(item.paths) for item in items)
        stamps = (item.updated_at for item in items)
        listing.newest = max(listing.newest, *stamps, 0)
        for start in range(0, len(items), _CHUNK):
            for part in self._apart(listing, items[start : start + _CHUNK]):
                self._put_together(listing, part)

    def _apart(
        self, listing: _Listing, items: Sequence[ListedItem]
    ) -> Iterator[Sequence[ListedItem]]:
        """Yield those that are as they are known, and a few at a time those that moved.

        What has been listed is no news again, so it is linked in the same transaction.
        """
        known = self.ledger.items.paths(listing.target.id, [one.key for one in items])
        moved = [one for one in items if known.get(one.key, set()) != set(one.paths)]
        news = {one.key for one in moved}
        yield [one for one in items if one.key not in news]
        for start in range(0, len(moved), CHUNK):
            yield moved[start : start + CHUNK]

    def _put_together(self, listing: _Listing, items: Sequence[ListedItem]) -> None:
        pairs = [(item.key, path) for item in items for path in item.paths]
        with self.ledger.transaction():
            moved = self.ledger.items.put(
                listing.target.id,
                listing.shown,
                pairs,
                is_complete=listing.is_full,
            )
            self._relink(moved)

    def _drop_unlisted(self, listing: _Listing) -> None:
        key, title = listing.target.id, listing.target.title
        known = self.ledger.items.count(key)
        if self.doubter.is_doubted(title):
            # those that deliveries have found gone since are still doubted
            known += len(self.ledger.waits.missed(key, since=0, limit=-1))
        is_approved = self.doubter.is_approved(title)
        why = absence.too_few_files(
            title, listing.files, known, is_approved=is_approved
        )
        if why is not None:
            self.doubter.cast(DoubtError(title, why))
            return
        self.doubter.drop(title)
        for gone in self.ledger.items.unlisted(key, listing.shown):
            with self.ledger.transaction():
                self.ledger.items.drop(gone)
            self._relink(gone.values())

    def _relink(self, paths: Iterable[str]) -> None:
        """Look again at the scenes whose files' items have come, gone or moved."""
        mappings = self.linker.settings.mappings
        named = [name for path in paths for name in stash_paths(path, mappings)]
        scenes = list(self.ledger.scenes.referring(Kind.FILE, named)) if named else []
        if scenes:
            found = self.ledger.scenes.get(scenes)
            self.recorder.relink([found[scene] for scene in sorted(found)], IN_PLEX)


def missing_library(title: str, there: Iterable[str]) -> str:
    """Say that Plex has no such library, and which are *there*."""
    return (
        f'plex has no library "{title}"; it has {_quoted(there)}:'
        " correct [plex] libraries"
    )


def _reached(cursor: int, listing: _Listing) -> int:
    """Say up to which stamp a listing has come."""
    reached = max(cursor, listing.newest)
    # one that is stamped in the future must not hide what comes before it; and where
    # the clock was set back, the cursor goes back with it
    clock = listing.section.clock
    return reached if clock is None else min(reached, clock)


def _quoted(titles: Iterable[str]) -> str:
    return ", ".join(f'"{title}"' for title in sorted(titles)) or "none"
