"""Which folder Plex may be asked to scan, so that the scan can cost nothing.

Paths are as Plex names them. Where a folder is not there, as one that is not mounted,
Plex takes what it knows below it for deleted.
"""

from collections.abc import Iterable, Sequence

from reconciler.core.match import folder_of, holds, inside

MOST = 10
"""Folders that are named in one pass."""

MOST_WITNESSES = 50
"""Items that Plex is asked about before a folder is named."""


def candidate(paths: Iterable[str], locations: Sequence[str]) -> str:
    """Name the folder of a file that a library would hold; empty where none would.

    It lies below one of the library's own folders. Those are never named, nor is what
    holds one of them: they are what is mounted.
    """
    for path in paths:
        folder = folder_of(path)
        is_mine = any(holds(location, folder) for location in locations)
        if is_mine and not any(
            inside(location).startswith(inside(folder)) for location in locations
        ):
            return folder
    return ""


def takes_in(folder: str, lost: Iterable[str]) -> bool:
    """Whether a folder holds one of the files that had an item by another name.

    Plex knows a file again that was renamed where one scan sees both its names: one of
    this folder alone would make another item of it.
    """
    return any(holds(folder, path) for path in lost)


def witnesses(held: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Take of (item, path) one item for each folder: of all, Plex has to see the file.

    A folder below another may be mounted by itself.
    """
    return frozenset({folder_of(path): item for item, path in held}.values())
