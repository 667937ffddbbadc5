"""Which scenes have an item, why the others have none, and what would mend it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.core.match import Mapping as PathMapping
from reconciler.core.match import folders_apart, plex_path, stash_paths
from reconciler.core.values import Kind, Scene
from reconciler.engine.settings import Settings
from reconciler.engine.translate import restored
from state.ledger import Ledger

ONE = "one item holds its file"
NO_ITEM = "no item holds its file"
NO_FILE = "has no file in stash"
CONTESTED = "shares its item with another scene"
SEVERAL = "several items hold its files: each is written"

_NO_HINT = "compare a path in stash with that of the same file in plex"
_BATCH = 200
_SAMPLES = 5
_FOLDERS = 1000
"""Folders of scenes without an item that are told apart."""
_LOOKUPS = 40
"""Searches for files of the same name: each walks over all that Plex has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A scene that does not stand to Plex as it should."""

    scene: int
    standing: str
    stash: str
    """Its file's path; empty where it has none."""
    plex: str
    """The same path as Plex is expected to name it."""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A pair for [[paths]] that would give scenes their items."""

    stash: str
    plex: str
    scenes: int
    """Scenes without an item in that folder of Stash."""
    is_correction: bool
    """[[paths]] maps that folder already, elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """How the scenes stand to the libraries' items."""

    scenes: int
    matched: int
    """Scenes that are written: one item or several, and no other scene claims them."""
    counts: Mapping[str, int]
    """Standing -> scenes; a scene with an item in any library has one."""
    samples: Sequence[Sample]
    """Some of each standing but the good one."""
    hints: Sequence[Hint]
    files: int
    """Files that the libraries' items hold."""

    @property
    def is_amiss(self) -> bool:
        """Whether both have files, and none of them in common."""
        has_files = self.scenes > self.counts.get(NO_FILE, 0)
        return has_files and self.files > 0 and set(self.counts) <= {NO_ITEM, NO_FILE}

    def amiss(self, advice: str = "") -> str:
        """Say so, and what is to be done: *advice*, where there are hints."""
        files = f"{self.files} file" if self.files == 1 else f"{self.files} files"
        return (
            f"not one scene has an item, of {self.scenes}, and plex has {files}: the"
            " two know their files by different paths, and [[paths]] has to say which"
            f" are the same; {advice if self.hints else _NO_HINT}"
        )


@dataclass(slots=True)
class _Folder:
    """The scenes without an item whose files are in one folder of Stash."""

    scenes: int = 0
    samples: list[Sample] = field(default_factory=list)


def find_parted(ledger: Ledger, settings: Settings, *, has_changed: bool) -> str | None:
    """Say that no scene has an item, or none any more, though both servers have files.

    The configuration is to blame where Plex has files of the same names elsewhere, or
    where items were lost as it *has_changed*. Looked at with a new one, and for as long
    as all are lost.
    """
    counts = ledger.links.counts()
    has_lost = bool(counts.get("lost"))
    if not has_changed and (counts.get("linked") or not has_lost):
        return None
    found = find_matches(ledger, settings)
    if not found.is_amiss or not (found.hints or (has_changed and has_lost)):
        return None
    pairs = (
        f'stash = "{hint.stash}" with plex = "{hint.plex}"' for hint in found.hints
    )
    return found.amiss(f"{' or '.join(pairs)} would do: `plexsync check` tells more")


def find_matches(ledger: Ledger, settings: Settings) -> Matches:
    """Count the scenes by how they match: one walk over the ledger's snapshots."""
    counts: Counter[str] = Counter()
    samples: dict[str, list[Sample]] = {}
    folders: dict[str, _Folder] = {}
    for sample in _standings(ledger, settings):
        counts[sample.standing] += 1
        if sample.standing == NO_ITEM:
            _file(sample, folders)
        elif sample.standing != ONE:
            samples.setdefault(sample.standing, []).append(sample)
            del samples[sample.standing][_SAMPLES:]
    lost = sorted(folders.values(), key=lambda folder: -folder.scenes)
    samples[NO_ITEM] = _spread(lost, _SAMPLES)
    return Matches(
        scenes=counts.total(),
        matched=counts[ONE] + counts[SEVERAL],
        counts=dict(counts),
        samples=[sample for several in samples.values() for sample in several],
        hints=_hints(ledger, settings, lost),
        files=sum(
            ledger.items.count(target.id)
            for target in ledger.items.targets()
            if target.is_active
        ),
    )


def _standings(ledger: Ledger, settings: Settings) -> Iterator[Sample]:
    after = 0
    while found := ledger.scenes.after(after, _BATCH):
        after = found[-1].scene
        scenes = [restored(snapshot) for snapshot in found]
        every = ledger.links.of_scenes(scene.id for scene in scenes)
        live = {
            scene: {link.id: link.item for link in links if not link.is_lost}
            for scene, links in every.items()
        }
        contested = ledger.links.contested(key for own in live.values() for key in own)
        for scene in scenes:
            links = live.get(scene.id, {})
            path = scene.files[0].path if scene.files else ""
            yield Sample(
                scene=scene.id,
                standing=_standing(scene, links, contested),
                stash=path,
                plex=plex_path(path, settings.mappings),
                items=tuple(sorted(set(links.values()))),
            )


def _standing(scene: Scene, links: Mapping[int, str], contested: set[int]) -> str:
    if not scene.files:
        return NO_FILE
    if not links:
        return NO_ITEM
    if contested.intersection(links):
        return CONTESTED
    return ONE if len(links) == 1 else SEVERAL


def _file(sample: Sample, folders: dict[str, _Folder]) -> None:
    name = _parent(sample.stash)
    if name not in folders and len(folders) == _FOLDERS:
        name = next(reversed(folders))
    folder = folders.setdefault(name, _Folder())
    folder.scenes += 1
    if len(folder.samples) < _SAMPLES:
        folder.samples.append(sample)


def _spread(folders: Sequence[_Folder], count: int) -> list[Sample]:
    """Take samples of as many folders as can be: the first of each, then the next."""
    turns = (
        folder.samples[turn]
        for turn in range(_SAMPLES)
        for folder in folders
        if turn < len(folder.samples)
    )
    return [sample for sample, _ in zip(turns, range(count), strict=False)]


def _hints(
    ledger: Ledger, settings: Settings, folders: Sequence[_Folder]
) -> list[Hint]:
    """Find files of the same names in Plex, and what would map them to each other."""
    pairs: Counter[tuple[str, str]] = Counter()
    for sample in _spread(folders, _LOOKUPS):
        found = {
            _pair(sample.stash, other, settings.mappings)
            for other in ledger.items.named_alike(sample.plex)
            if _name(other) == _name(sample.plex)
            and not _is_claimed(ledger, other, settings.mappings)
        }
        pairs.update(found)
    mapped = {mapping.stash for mapping in settings.mappings}
    return [
        Hint(
            stash=stash,
            plex=plex,
            scenes=sum(f.scenes for f in folders if _is_in(f.samples[0].stash, stash)),
            is_correction=stash in mapped,
        )
        for (stash, plex), _ in pairs.most_common(_SAMPLES)
    ]


def _pair(path: str, other: str, mappings: Sequence[PathMapping]) -> tuple[str, str]:
    """Name the folders to map; none above one that is mapped: that one would win."""
    stash, plex = folders_apart(path, other)
    holders = (m.stash for m in mappings if _is_in(path, m.stash))
    holder = max(holders, key=len, default="")
    if not _is_in(holder, stash):
        return stash, plex
    below = holder[len(stash.rstrip("/\\")) :]
    below = below.replace("\\", "/").replace("/", _separator(other))
    return holder, plex.rstrip("/\\") + below


def _is_claimed(ledger: Ledger, path: str, mappings: Sequence[PathMapping]) -> bool:
    """Whether a scene has this very file: then it is nobody else's."""
    names = stash_paths(path, mappings)
    return next(iter(ledger.scenes.referring(Kind.FILE, names)), None) is not None


def _is_in(path: str, folder: str) -> bool:
    bare = folder.rstrip("/\\")
    return path.startswith((f"{bare}/", f"{bare}\\"))


def _name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _parent(path: str) -> str:
    return path[: len(path) - len(_name(path))]


def _separator(path: str) -> str:
    return "\\" if "\\" in path and not path.startswith("/") else "/"
