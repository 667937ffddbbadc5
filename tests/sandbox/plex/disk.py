"""What of the files on the disk the server can reach, and what lies below what."""

from collections.abc import Callable

from tests.sandbox.plex.model import Model

_LONG = "\\\\?\\"  # what long paths on Windows are told with


def lies_below(*places: str) -> Callable[[str], bool]:
    """Make what tells of many files whether they lie below one of some places."""
    bare = tuple(place.removeprefix(_LONG) for place in places)
    starts = tuple(f"{place}{end}" for place in bare for end in "/\\")

    def lies(file: str) -> bool:
        file = file.removeprefix(_LONG)
        return file.startswith(starts) or file in bare

    return lies


def in_reach(model: Model) -> dict[str, str]:
    """Return the files, with their content, that lie below nothing unmounted."""
    if not model.unmounted:
        return model.disk
    is_lost = lies_below(*model.unmounted)
    return {file: it for file, it in model.disk.items() if not is_lost(file)}


def is_there(model: Model, folder: str) -> bool:
    """Whether the server finds a folder: one without a file in reach is none."""
    return any(map(lies_below(folder), in_reach(model)))
