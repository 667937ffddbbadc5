"""Which scene has which film's file, read from Stash's own tables."""

from collections.abc import Mapping

from tests.world import World

_ROOT, _ENDING = "/data/films/", ".mp4"


def holders(world: World) -> Mapping[str, int]:
    """Name the films that scenes have files of, each with its scene."""
    stash = world.stash
    return {
        film_at(path): scene
        for scene in stash.scenes
        for path in stash.paths_of(scene)
        if path.startswith(_ROOT)
    }


def film_at(path: str) -> str:
    """Name the film whose file is at a path of Stash."""
    return path.removeprefix(_ROOT).removesuffix(_ENDING)


def stash_path(stem: str) -> str:
    """Give the path that Stash has for a film."""
    return f"{_ROOT}{stem}{_ENDING}"
