"""Whether two paths, as two servers name them, are one file: exactly, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A folder as Stash names it, and the same folder as Plex names it."""

    stash: str
    plex: str


def plex_path(path: str, mappings: Sequence[Mapping]) -> str:
    """Name Stash's *path* as Plex does: by the longest folder that holds it."""
    pairs = [(mapping.stash, mapping.plex) for mapping in mappings]
    return _mapped(path, pairs)


def stash_paths(path: str, mappings: Sequence[Mapping]) -> tuple[str, ...]:
    """Name all paths that `plex_path` would turn into Plex's *path*."""
    candidates = {path} | {
        _moved(path, mapping.plex, mapping.stash)
        for mapping in mappings
        if holds(mapping.plex, path)
    }
    return tuple(sorted(c for c in candidates if plex_path(c, mappings) == path))


def stem(path: str) -> str:
    """Take the file's name without folder and ending, on whatever system it lies."""
    name = path.rsplit(_separator(path), 1)[-1]
    bare, dot, _ending = name.rpartition(".")
    return bare if dot and bare else name


def folder_of(path: str) -> str:
    """Name the folder that a file or a folder lies in; empty for what lies in none."""
    return path.rpartition(_separator(path))[0]


def inside(folder: str) -> str:
    """Say how the path of whatever lies below a folder begins.

    By whole names only: /films does not hold /films-2/a.mp4.
    """
    return _folder(folder) + _separator(folder)


def holds(folder: str, path: str) -> bool:
    """Whether a path lies below a folder, however far."""
    return path.startswith(inside(folder))


def folders_apart(one: str, other: str) -> tuple[str, str]:
    """Cut off what two paths end on in common: what is left is what a mapping maps."""
    ones, others = one.split(_separator(one)), other.split(_separator(other))
    while ones and others and ones[-1] == others[-1]:
        ones.pop()
        others.pop()
    return _joined(ones, _separator(one)), _joined(others, _separator(other))


def _mapped(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    holding = [pair for pair in pairs if holds(pair[0], path)]
    if not holding:
        return path
    return _moved(path, *max(holding, key=lambda pair: len(_folder(pair[0]))))


def _joined(names: Sequence[str], separator: str) -> str:
    # the root keeps its separator: / and C:\, never C:
    path = separator.join(names)
    return path if separator in path else path + separator


def _moved(path: str, origin: str, destination: str) -> str:
    below = path[len(_folder(origin)) :]
    return _folder(destination) + below.replace(
        _separator(origin), _separator(destination)
    )


def _folder(folder: str) -> str:
    return folder.rstrip("/\\")


def _separator(path: str) -> str:
    return "\\" if "\\" in path and not path.startswith("/") else "/"
