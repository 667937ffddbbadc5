"""How many rows of Stash come to a page: few, so that a scan is of many pages."""

from reconciler.clients import stash, stash_polls, stash_queries

WHOLE = stash_queries.SCAN_PAGE


def set_page(rows: int) -> None:
    """Have Stash read so many rows at a time, by whoever reads it next."""
    for module in (stash, stash_polls, stash_queries):
        setattr(module, "SCAN_PAGE", rows)  # noqa: B010 - a constant to mypy
