"""What another version of plexsync makes of what is stored: new forms, nothing owed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.core import canonical
from reconciler.engine.linking import IN_VERSION, Linker
from reconciler.engine.recording import CHUNK
from reconciler.engine.translate import restored
from state.ledger import Ledger
from state.records import SnapshotRecord

_BATCH = 200


@dataclass(slots=True, kw_only=True)
class Upgrader:
    """Puts stored snapshots into this version's form, without asking Stash.

    So the next scan finds them as they are. Something is owed only where this version
    wants something else of an item than the one before; only that is a new revision.
    """

    ledger: Ledger
    linker: Linker

    def upgrade(self) -> None:
        """Go through all that is stored; what is in form already stays as it is."""
        after = 0
        while found := self.ledger.scenes.after(after, _BATCH):
            for start in range(0, len(found), CHUNK):
                self._chunk(found[start : start + CHUNK])
            after = found[-1].scene

    def _chunk(self, snapshots: Sequence[SnapshotRecord]) -> None:
        scenes = [restored(snapshot) for snapshot in snapshots]
        known = self.linker.know(scenes)
        writes, moved = [], []
        for scene, old in zip(scenes, snapshots, strict=True):
            form = canonical.snapshot(scene)
            has_moved = self.linker.has_moved(scene, known)
            revision = old.revision + int(has_moved)
            new = replace(
                old,
                revision=revision,
                fingerprint=form.fingerprint,
                content=form.text,
            )
            if new != old:
                writes.append(new)
            if has_moved:
                moved.append((scene, revision))
        with self.ledger.transaction():
            self.ledger.scenes.rewrite(writes)
            for scene, revision in moved:
                self.linker.link(scene, revision, known, IN_VERSION)
