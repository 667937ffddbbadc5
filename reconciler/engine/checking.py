"""Which scenes have an item, and why the others have none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.core.match import folders_apart, plex_path
from reconciler.core.values import Scene
from reconciler.engine.settings import Settings
from reconciler.engine.translate import restored
from state.ledger import Ledger

NO_FILE = "has no file in stash"
NO_ITEM = "no item holds its file"
CONTESTED = "shares its item with another scene"
SEVERAL = "several items hold its files"
ONE = "one item holds its file"

_BATCH = 200
_SAMPLES = 5
_HINTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """How the scenes stand to the libraries' items."""

    counts: Mapping[str, int]
    """Standing -> scenes; a scene that waits in any target counts as having no item."""
    samples: Sequence[str]
    """Some paths, as Plex should name them, that no item holds."""
    hints: Sequence[tuple[str, str]]
    """(folder as it is mapped now, folder in which Plex has files of the same name)."""


def find_matches(ledger: Ledger, settings: Settings) -> Matches:
    """Count the scenes by how they match: one walk over the ledger's snapshots."""
    counts: Counter[str] = Counter()
    samples: list[str] = []
    hints: Counter[tuple[str, str]] = Counter()
    after = 0
    while found := ledger.scenes.after(after, _BATCH):
        after = found[-1].scene
        for scene, standing in _standings(ledger, [restored(s) for s in found]):
            counts[standing] += 1
            if standing == NO_ITEM and len(samples) < _HINTS:
                path = plex_path(scene.files[0].path, settings.mappings)
                samples.append(path)
                hints.update(_hints(ledger, path))
    return Matches(
        counts=dict(counts),
        samples=samples[:_SAMPLES],
        hints=[pair for pair, _ in hints.most_common(_SAMPLES)],
    )


def _standings(ledger: Ledger, scenes: Sequence[Scene]) -> list[tuple[Scene, str]]:
    links = ledger.links.of_scenes(scene.id for scene in scenes)
    live = {
        scene: [k for k in found if not k.is_lost] for scene, found in links.items()
    }
    contested = ledger.links.contested(
        link.id for found in live.values() for link in found
    )
    return [
        (
            scene,
            _standing(scene, [link.id for link in live.get(scene.id, ())], contested),
        )
        for scene in scenes
    ]


def _standing(scene: Scene, links: Sequence[int], contested: set[int]) -> str:
    if not scene.files:
        return NO_FILE
    if not links:
        return NO_ITEM
    if contested.intersection(links):
        return CONTESTED
    return ONE if len(links) == 1 else SEVERAL


def _hints(ledger: Ledger, path: str) -> set[tuple[str, str]]:
    return {folders_apart(path, other) for other in ledger.items.named_alike(path)}
