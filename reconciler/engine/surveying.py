"""What Plex has, into the ledger: libraries, and which item holds which file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from reconciler.core import absence
from reconciler.core.errors import DoubtError, UserError
from reconciler.core.match import stash_paths
from reconciler.core.values import ItemKey, Kind, ListedItem, Section
from reconciler.engine.doubting import Doubter
from reconciler.engine.linking import IN_PLEX, Linker
from reconciler.engine.ports import Library
from reconciler.engine.recording import Recorder
from reconciler.engine.report import Audience
from state.ledger import Ledger
from state.records import TargetRecord

log = structlog.get_logger(__name__)

_CHUNK = 500


@dataclass(slots=True, kw_only=True)
class Surveyor:
    """Keeps the ledger's picture of the libraries: as few requests as will do."""

    ledger: Ledger
    library: Library
    linker: Linker
    recorder: Recorder
    doubter: Doubter
    audience: Audience
    sections: dict[int, Section] = field(default_factory=dict)
    """The sections of the targets, by the ledger's id, once the server was asked."""
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
        """Ask the server for its libraries, once; `UserError` for one not there."""
        if not self.sections:
            self._take(self.library.sections())
        return self.sections

    def survey(self, *, is_full: bool) -> None:
        """Read what was added or moved since the last listing, or everything.

        One request tells whether a library has changed; nothing more is read of one
        that has not.
        """
        self.sections = {}
        for key, section in self.connect().items():
            target = self.linker.targets[key]
            # a person's edit need not move the marker
            if is_full or self.watch or target.marker != section.marker:
                self._list(target, section, is_full=is_full or not target.marker)

    def _take(self, sections: Iterable[Section]) -> None:
        by_title = {section.title: section for section in sections}
        if missing := sorted(self.linker.settings.rules.keys() - by_title.keys()):
            raise UserError(
                [
                    f'plex has no library "{title}"; it has {_quoted(by_title)}:'
                    " correct [plex] libraries"
                    for title in missing
                ]
            )
        mine = [by_title[title] for title in self.linker.settings.rules]
        wanted = {(s.machine, s.uuid, s.title) for s in mine}
        known = self.ledger.items.targets()
        if wanted != {(t.machine, t.section, t.title) for t in known if t.is_active}:
            with self.ledger.transaction():
                self.ledger.items.put_targets(sorted(wanted))
        self.know_targets()
        by_key = {(s.machine, s.uuid): s for s in mine}
        self.sections = {
            key: by_key[target.machine, target.section]
            for key, target in self.linker.targets.items()
        }

    def _list(self, target: TargetRecord, section: Section, *, is_full: bool) -> None:
        number = self.ledger.items.next_listing(target.id)
        cursor, listed = target.cursor, 0
        self.audience.stage(f"listing {section.title}", None)
        for page in self.library.listing(section, since=None if is_full else cursor):
            self._put(target, number, page.items, is_full=is_full)
            if self.watch is not None and not is_full:
                self.watch(target.id, [item.key for item in page.items])
            listed += len(page.items)
            stamps = (item.updated_at for item in page.items)
            # one that is stamped in the future must not hide what comes before it
            newest = max(stamps, default=0)
            if section.clock is not None:
                newest = min(newest, section.clock)
            cursor = max(cursor, newest)
            self.audience.advance(len(page.items))
        # what a scan has not come to yet is not gone
        if is_full and not section.is_scanning:
            self._drop_unlisted(target, number, listed)
        if (section.marker, cursor) != (target.marker, target.cursor):
            with self.ledger.transaction():
                self.ledger.items.listed(
                    target.id, marker=section.marker, cursor=cursor
                )
        log.info("listed", library=target.id, items=listed, complete=is_full)
        self.know_targets()

    def _put(
        self,
        target: TargetRecord,
        number: int,
        items: Sequence[ListedItem],
        *,
        is_full: bool,
    ) -> None:
        for start in range(0, len(items), _CHUNK):
            part = items[start : start + _CHUNK]
            pairs = [(item.key, path) for item in part for path in item.paths]
            with self.ledger.transaction():
                moved = self.ledger.items.put(
                    target.id, number, pairs, is_complete=is_full
                )
            self._relink(moved)

    def _drop_unlisted(self, target: TargetRecord, number: int, listed: int) -> None:
        known, title = self.ledger.items.count(target.id), target.title
        is_approved = self.doubter.is_approved(title)
        why = absence.too_few_files(title, listed, known, is_approved=is_approved)
        if why is not None:
            raise DoubtError(title, why)
        self.doubter.drop(title)
        while True:
            with self.ledger.transaction():
                gone = self.ledger.items.drop_unlisted(target.id, number, _CHUNK)
            self._relink(gone)
            if len(gone) < _CHUNK:
                return

    def _relink(self, paths: Iterable[str]) -> None:
        """Look again at the scenes whose files' items have come, gone or moved."""
        mappings = self.linker.settings.mappings
        named = [name for path in paths for name in stash_paths(path, mappings)]
        scenes = list(self.ledger.scenes.referring(Kind.FILE, named)) if named else []
        if scenes:
            found = self.ledger.scenes.get(scenes)
            self.recorder.relink([found[scene] for scene in sorted(found)], IN_PLEX)


def _quoted(titles: Iterable[str]) -> str:
    return ", ".join(f'"{title}"' for title in sorted(titles)) or "none"
