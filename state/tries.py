"""How often each field of an entry was tried in vain, as the outbox keeps it."""

import json
from collections.abc import Mapping
from dataclasses import replace

from state.records import TriesRecord


def once_more(before: TriesRecord | None, now: int) -> TriesRecord:
    """Count a try."""
    if before is None:
        return TriesRecord(attempts=1, first_at=now)
    return replace(before, attempts=before.attempts + 1)


def most(tries: Mapping[str, TriesRecord]) -> int:
    """Say how often that field was tried that was tried most often."""
    return max((one.attempts for one in tries.values()), default=0)


def tries_of(text: str) -> dict[str, TriesRecord]:
    """Read tries from JSON."""
    return {
        name: TriesRecord(attempts=attempts, first_at=first_at)
        for name, (attempts, first_at) in json.loads(text).items()
    }


def tries_text(tries: Mapping[str, TriesRecord]) -> str:
    """Write tries as JSON."""
    return json.dumps({n: [one.attempts, one.first_at] for n, one in tries.items()})
