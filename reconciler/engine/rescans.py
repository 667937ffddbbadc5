"""Folders that Plex is asked to scan, for scenes that have begun to wait."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog

from reconciler.clock import Clock
from reconciler.core import folders
from reconciler.core.errors import RestingError, ServerError
from reconciler.core.match import folder_of, inside
from reconciler.core.rest import is_of_server
from reconciler.core.values import ItemKey, Section
from reconciler.engine.lulls import Lulls
from reconciler.engine.ports import Library
from reconciler.engine.report import Tally
from reconciler.engine.surveying import Surveyor
from reconciler.engine.translate import restored
from state.ledger import Ledger

log = structlog.get_logger(__name__)

_DAY = 24 * 3600
"""Seconds after which a scene has not begun to wait any more."""

_BATCH = 200
"""Scenes of a library that are seen to in one pass."""


@dataclass(slots=True, kw_only=True)
class Rescans:
    """Asks for scans of single folders, of each scene's once while it waits.

    Only a pass that has asked Plex for its libraries does, since only then is it known
    which of them are being scanned.
    """

    ledger: Ledger
    library: Library
    surveyor: Surveyor
    lulls: Lulls
    clock: Clock
    tally: Tally
    is_paused: Callable[[], bool]

    def ask(self) -> None:
        """Ask for those that are due, and tell what came of it."""
        if not self.surveyor.is_connected or self.is_paused():
            return
        left = folders.MOST
        for target, section in sorted(self.surveyor.sections.items()):
            for folder, scenes in self._due(target, section)[:left]:
                left -= 1
                self._scan(target, section, folder, scenes)

    def _due(self, target: int, section: Section) -> list[tuple[str, list[int]]]:
        """Name the folders that are due, with their scenes; see to those without."""
        since = self.clock.unix() - _DAY
        waits = self.ledger.waits.untended(target, since=since, limit=_BATCH)
        if not waits or self.surveyor.doubter.is_doubted(section.title):
            return []
        lost = self.ledger.waits.bereft(target, since=since, limit=_BATCH)
        if len(lost) == _BATCH:
            return []  # something is being moved: Plex is left to see it by itself
        due = self._by_folder(target, section, waits, lost)
        self._tend(target, due.pop("", []))
        return [] if not due or self.lulls.reason(target) else list(due.items())

    def _by_folder(
        self, target: int, section: Section, waits: Iterable[int], lost: Iterable[int]
    ) -> dict[str, list[int]]:
        """Sort scenes by the folder that may be named; under "" those without."""
        paths = self._paths([*waits, *lost])
        had = [path for scene in lost for path in paths.get(scene, ())]
        found: dict[str, list[int]] = {}
        for scene in waits:
            folder = folders.candidate(paths.get(scene, ()), section.folders)
            if not folder or folders.takes_in(folder, had):
                folder = ""
            elif not self.ledger.items.beginning(target, inside(folder_of(folder)), 1):
                folder = ""  # nothing shows that Plex knows the place by that name
            found.setdefault(folder, []).append(scene)
        return found

    def _paths(self, scenes: Iterable[int]) -> Mapping[int, list[str]]:
        linker = self.surveyor.linker
        known = self.ledger.scenes.get(scenes)
        return {scene: linker.paths(restored(one)) for scene, one in known.items()}

    def _scan(
        self, target: int, section: Section, folder: str, scenes: list[int]
    ) -> None:
        """Ask for one folder; what goes wrong is told, and not tried again.

        But where nothing can be sent at all, another pass does it.
        """
        try:
            why = self._danger(target, folder) or self.library.scan(section, folder)
        except ServerError as error:
            if isinstance(error, RestingError) or is_of_server(error):
                raise
            why = str(error)
        self._tend(target, scenes)
        log.info("scan asked for", library=target, scenes=len(scenes), refusal=why)
        asked = f"plex was asked to scan {folder}"
        self.tally.note(f"{folder} is not scanned by plex: {why}" if why else asked)

    def _danger(self, target: int, folder: str) -> str:
        """Say why a scan might cost items; Plex is asked where it has some there."""
        held = self.ledger.items.beginning(target, inside(folder))
        items = [ItemKey(item) for item in sorted(folders.witnesses(held))]
        if len(items) > folders.MOST_WITNESSES:
            return f"it has items in more than {folders.MOST_WITNESSES} folders there"
        if items and not self.library.reached(items) >= set(items):
            return "it does not say that it reaches the files that it has there"
        return ""

    def _tend(self, target: int, scenes: list[int]) -> None:
        if scenes:
            with self.ledger.transaction():
                self.ledger.waits.tend(target, scenes)
