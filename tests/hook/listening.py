"""A stand-in for the daemon: hears the hook, reads what is marked, writes all the time.

`python -m tests.hook.listening STATE SPOOL FILMS`, until it is killed. A film of Stash
is a file here that holds its number of edits; what is read of it is its snapshot.
"""

import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from reconciler import logs
from reconciler.clients.spool import Spool
from reconciler.clock import Clock
from reconciler.engine.hearing import hear
from state.ledger import Ledger, held
from tests.state.samples import snapshot, write

_OTHERS, _CHUNK = 100_000, 8
"""From which scene on they are only written, and how many to a transaction."""

_PAUSE, _REQUEST = 0.001, 0.1
"""Seconds between two transactions, and from what Stash says until it is recorded."""


def listen(state: Path, spool: Spool, films: Path) -> None:
    """Take what the hook leaves, pass by pass, beside ever more transactions."""
    with held(state, command="listening", since="now") as ledger:
        print("listening", flush=True)  # noqa: T201 - whoever has started us waits for it
        while True:
            write_others(ledger, _PAUSE)
            if not spool.is_empty() and hear(ledger, spool):
                edits = read_marked(ledger, films)
                write_others(ledger, _REQUEST)
                record(ledger, edits)


def write_others(ledger: Ledger, seconds: float) -> None:
    """Write other scenes, as those of a long pass are, for some time."""
    clock = Clock()
    end = clock.monotonic() + seconds
    for number in count():
        content = f'{{"part": {number}}}' + " " * 1000
        first = _OTHERS + number % 100 * _CHUNK
        scenes = range(first, first + _CHUNK)
        with ledger.transaction():
            ledger.scenes.put([write(snapshot(one, content=content)) for one in scenes])
        clock.wait(_PAUSE)
        if clock.monotonic() >= end:
            return


def read_marked(ledger: Ledger, films: Path) -> Mapping[int, str]:
    """Read how often each of the marked films has been edited."""
    marked = ledger.census.marked(1000, is_absent=False)
    return {one: (films / str(one)).read_text(encoding="utf-8") for one in marked}


def record(ledger: Ledger, edits: Mapping[int, str]) -> None:
    """Record what was read, and take the marks off at once."""
    with ledger.transaction():
        read = [write(snapshot(one, content=text)) for one, text in edits.items()]
        ledger.scenes.put(read)
        ledger.census.unmark(edits)


if __name__ == "__main__":
    logs.configure("critical", logs.Form.JSON, (), sys.stderr)
    listen(Path(sys.argv[1]), Spool(Path(sys.argv[2])), Path(sys.argv[3]))
