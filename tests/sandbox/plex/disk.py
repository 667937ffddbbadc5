"""What of the files on the disk the server can reach, and what lies below what."""

from collections.abc import Iterable

from tests.sandbox.plex.model import Model

_LONG = "\\\\?\\"  # what long paths on Windows are told with


def below(file: str, places: Iterable[str]) -> bool:
    file = file.removeprefix(_LONG)
    places = [place.removeprefix(_LONG) for place in places]
    return any(
        file == place or file.startswith((f"{place}/", f"{place}\\"))
        for place in places
    )


def in_reach(model: Model) -> dict[str, str]:
    """Return the files, with their content, that lie below nothing unmounted."""
    if not model.unmounted:
        return model.disk
    return {
        file: content
        for file, content in model.disk.items()
        if not below(file, model.unmounted)
    }


def is_there(model: Model, folder: str) -> bool:
    """Whether the server finds a folder: one without a file in reach is none."""
    return any(below(file, [folder]) for file in in_reach(model))
