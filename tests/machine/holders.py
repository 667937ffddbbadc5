"""Which scene has the file at which place, read from Stash's own tables.

A place is a path below the library's folder, without its ending: Plex has the same.
"""

from collections.abc import Mapping
from hashlib import sha256

from tests.world import World

_STASH, _PLEX, _ENDING = "/data/films/", "/media/films/", ".mp4"


def holders(world: World) -> Mapping[str, int]:
    """Name the places at which scenes have files, each with its scene."""
    stash = world.stash
    return {
        path.removeprefix(_STASH).removesuffix(_ENDING): scene
        for scene in stash.scenes
        for path in stash.paths_of(scene)
        if path.startswith(_STASH)
    }


def in_stash(place: str) -> str:
    """Give the path that Stash has for a place."""
    return f"{_STASH}{place}{_ENDING}"


def in_plex(place: str) -> str:
    """Give the path that Plex has for it."""
    return f"{_PLEX}{place}{_ENDING}"


def fingerprints(stem: str) -> tuple[tuple[str, str], ...]:
    """Give what Stash finds a film's file to be by what is in it."""
    return (("oshash", sha256(stem.encode()).hexdigest()[:16]),)
