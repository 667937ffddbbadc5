"""`make soak`: what takes hours: every kill there is, the machine, spoilt answers."""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import track

from reconciler import logs
from tests.crash.kills import Library
from tests.fuzz.cases import fuzz
from tests.machine.soak import soak


def main() -> int:
    """Kill, live random histories, and spoil answers; say what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, help="stop after so long")
    parser.add_argument("--scenes", type=int, default=1000)
    options = parser.parse_args()
    logs.configure("critical", logs.Form.JSON, (), sys.stderr)
    # a third of the minutes each; without a limit the machine has an hour, and the
    # spoilt answers ten minutes
    end = time.monotonic() + 20 * (options.minutes or float("inf"))
    with tempfile.TemporaryDirectory(prefix="plexsync-soak-") as folder:
        library = Library(Path(folder), options.scenes)
        total = library.boundaries()
        # in no order, so that a short soak has seen something of everything
        boundaries = Random(1).sample(range(1, total + 1), total)
        wrongs: list[str] = []
        done = 0
        for boundary in track(boundaries, "kills", console=Console(stderr=True)):
            if time.monotonic() > end:
                break
            wrongs += library.kill(boundary)
            done += 1
    seed = int(time.monotonic())
    minutes = options.minutes / 3 if options.minutes else 60
    failures = soak(minutes, seed)
    cases, uncaught = fuzz(options.minutes / 3 if options.minutes else 10, seed)
    for wrong in [*wrongs, *failures, *uncaught]:
        sys.stdout.write(f"{wrong}\n")
    sys.stdout.write(
        f"{done} kills of {total} boundaries, {len(wrongs)} wrongs;"
        f" {minutes:g} minutes of the machine from seed {seed},"
        f" {len(failures)} failures; {cases} spoilt answers and passes from the same"
        f" seed, {len(uncaught)} uncaught\n"
    )
    return 1 if wrongs or failures or uncaught else 0


if __name__ == "__main__":
    sys.exit(main())
