"""`make soak`: what takes hours: kills, random histories, spoilt answers, faults."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import track

from reconciler import logs
from tests.crash.kills import Library
from tests.crash.soak import at_boundaries, at_moments
from tests.faults.soak import ALONE, alone, in_mixtures, in_mixtures_on_the_way
from tests.fuzz.cases import failures
from tests.machine.soak import rounds

KILLS = 200
FOR_EVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Something that is tried again and again."""

    name: str
    tries: Iterator[list[str]]
    """What was wrong after each."""
    total: int | None = None
    """None: there is no end to them."""
    minutes: float = FOR_EVER
    """To stop after, unless another time is given."""


def trials(library: Library, seed: int) -> list[Trial]:
    """List what is tried, in its order."""
    boundaries = library.boundaries()
    moments = islice(at_moments(library, Random(seed)), KILLS)
    spoilt = ([wrong] if wrong else [] for wrong in failures(count(seed)))
    return [
        Trial(name="kills at random moments", tries=moments, total=KILLS),
        Trial(
            name="kills at boundaries",
            tries=at_boundaries(library, boundaries),
            total=boundaries,
        ),
        Trial(name="rounds of the machine", tries=rounds(seed), minutes=60),
        Trial(name="spoilt answers and passes", tries=spoilt, minutes=10),
        Trial(name="faults alone", tries=alone(seed), total=ALONE),
        Trial(name="mixtures of faults", tries=in_mixtures(seed), minutes=10),
        Trial(
            name="mixtures over sockets",
            tries=in_mixtures_on_the_way(seed),
            minutes=10,
        ),
    ]


def lived(trial: Trial, minutes: float) -> bool:
    """Try until all is tried, or the minutes are up; tell what was wrong."""
    end, done, wrongs = time.monotonic() + 60 * minutes, 0, list[str]()
    console = Console(stderr=True)
    for found in track(trial.tries, trial.name, trial.total, console=console):
        done += 1
        wrongs += found
        if time.monotonic() > end:
            break
    of_all = f"{done} of {trial.total}" if trial.total else f"{done}"
    told = [*wrongs, f"{of_all} {trial.name}: {len(wrongs)} wrong"]
    sys.stdout.writelines(f"{line}\n" for line in told)
    sys.stdout.flush()
    return not wrongs


def main() -> int:
    """Try everything, each for as long as it has; tell what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, help="stop after so long")
    parser.add_argument("--scenes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int(time.monotonic()))
    options = parser.parse_args()
    logs.configure("critical", logs.Form.JSON, (), sys.stderr)
    with tempfile.TemporaryDirectory(prefix="plexsync-soak-") as folder:
        sys.stdout.write(f"seed {options.seed}\n")
        every = trials(Library(Path(folder), options.scenes), options.seed)
        share = options.minutes / len(every) if options.minutes else None
        rights = [lived(trial, share or trial.minutes) for trial in every]
    return 0 if all(rights) else 1


if __name__ == "__main__":
    sys.exit(main())
