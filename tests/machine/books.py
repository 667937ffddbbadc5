"""What the state says, asked in SQL of the ledger that is open."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciler.engine.conflicts import count_conflicts, find_conflicts
from tests.machine.kept import KeptWorld


def ask(world: KeptWorld, query: str) -> int:
    """Ask the state for a number."""
    ((number,),) = rows(world, query)
    return int(number)


def rows(world: KeptWorld, query: str) -> list[tuple[Any, ...]]:
    """Ask the state for rows."""
    with world.opened() as ledger:
        return ledger._db.ask(query)


def owed(world: KeptWorld) -> int:
    """Count the entries that are owed."""
    return ask(world, "SELECT COUNT(*) FROM outbox")


def held(world: KeptWorld) -> int:
    """Count the entries of passes that the brake holds."""
    return ask(
        world,
        "SELECT COUNT(*) FROM outbox JOIN pass ON pass.id = outbox.pass"
        " WHERE stage = 'planned' AND pass.held IS NOT NULL",
    )


def opened(world: KeptWorld) -> int:
    """Count the writes of which it is not known what became of them."""
    return ask(world, "SELECT COUNT(*) FROM journal WHERE outcome IS NULL")


def is_cut_short(world: KeptWorld) -> bool:
    """Whether a scan of Stash is to go on where it was cut short."""
    return bool(ask(world, "SELECT COUNT(*) FROM scan WHERE cursor_clock IS NOT NULL"))


def waiting(world: KeptWorld) -> int:
    """Count the scenes that wait for an item."""
    return ask(world, "SELECT COUNT(*) FROM waiting")


def wished(world: KeptWorld) -> int:
    """Count the fields that have a wish, but for those whose item is lost."""
    return ask(
        world,
        "SELECT COUNT(*) FROM field JOIN link ON link.id = field.link"
        " WHERE wish IS NOT NULL AND NOT lost",
    )


def doubted(world: KeptWorld) -> set[str]:
    """Name what is doubted, and not believed on a person's word."""
    return {
        name for (name,) in rows(world, "SELECT subject FROM doubt WHERE NOT approved")
    }


def wrongs_of_state(world: KeptWorld) -> Iterator[str]:
    """Law 5: whatever crashed, the state is whole and no write is left open."""
    if dead := ask(world, "SELECT COUNT(*) FROM dead_letter"):
        yield f"{dead} dead letters"
    if left := opened(world):
        yield f"{left} journal rows are open"
    with world.opened() as ledger:
        if (answer := ledger.integrity()) != "ok":
            yield f"integrity: {answer}"
        counted, listed = count_conflicts(ledger), list(find_conflicts(ledger))
        if counted != len(listed):
            yield f"{counted} conflicts are counted, {len(listed)} are listed"


def listing(folder: Path) -> dict[str, tuple[int, bytes]]:
    """List the state's folder: names, times and contents."""
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.iterdir()
    }
