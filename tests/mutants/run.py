"""`make mutants`: plants one bug after the other and sees whether a law catches it."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from tests.mutants.planted import PLANTED
from tests.mutants.planting import Bug

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
PATIENCE = 120.0
"""Seconds; a bug that keeps its tests from ending is caught as well."""
MACHINE = ("tests/machine/test_machine.py",)
"""What is left to catch a bug that its own tests let through."""
MACHINES_PATIENCE = 600.0
_FALLS_OVER = ("NameError", "UnboundLocalError", "ImportError", "AttributeError")
"""What a bug fails with that is none: it would break any test, and proves no law."""
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "venv", "dist", "build", "__pycache__", ".*_cache", ".hypothesis"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """What came of one bug."""

    bug: Bug
    by: str
    """The first test that failed; empty where the bug survived."""
    why: str
    """What the test says of it."""
    seconds: float

    @property
    def falls_over(self) -> bool:
        """Whether the bug itself does not run, so that nothing was tried."""
        return self.why.startswith(_FALLS_OVER)

    @property
    def is_caught(self) -> bool:
        return bool(self.by) and not self.falls_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How some tests ended."""

    is_green: bool
    failed: str
    """The first test that failed, or what went wrong instead."""
    why: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the bugs that are named, or all; 1 if any survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of its name")
    parser.add_argument(
        "--no-machine",
        action="store_true",
        help="do not try what its own tests let through on the state machine",
    )
    parser.add_argument(
        "--why", action="store_true", help="tell what each test says of its bug"
    )
    options = parser.parse_args(arguments)
    bugs = [bug for bug in PLANTED if _is_meant(bug, options.names)]
    if not bugs:
        sys.stderr.write("no planted bug is named so\n")
        return 2
    for bug in bugs:  # a place that has gone is told at once, not after minutes
        bug.planted((ROOT / bug.file).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="plexsync-mutants-") as folder:
        copies = [Path(folder) / str(number) for number in range(AT_ONCE)]
        for copy in copies:
            shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
        caught = _catch_all(bugs, copies)
        if not options.no_machine:
            caught = _catch_rest(caught, copies)
    return _tell(caught, says_why=options.why)


def _is_meant(bug: Bug, names: Sequence[str]) -> bool:
    return not names or any(name.casefold() in bug.name.casefold() for name in names)


def _catch_all(bugs: Sequence[Bug], copies: Sequence[Path]) -> list[Caught]:
    """Try each bug on its own tests."""
    tests = dict.fromkeys(test for bug in bugs for test in bug.caught_by)
    _prove(copies[0], list(tests))
    return _in_turn([partial(catch, bug, bug.caught_by) for bug in bugs], copies)


def _catch_rest(tried: Sequence[Caught], copies: Sequence[Path]) -> list[Caught]:
    """Try on the state machine what its own tests let through."""
    rest = [one.bug for one in tried if not one.by]
    if not rest:
        return list(tried)
    _prove(copies[0], MACHINE)
    tries = [partial(catch, bug, MACHINE, patience=MACHINES_PATIENCE) for bug in rest]
    again = iter(_in_turn(tries, copies))
    return [one if one.by else next(again) for one in tried]


def _prove(copy: Path, tests: Sequence[str]) -> None:
    """Let the tests pass without a bug: what fails anyhow would catch anything."""
    sound = run_tests(copy, tests, patience=MACHINES_PATIENCE)
    if not sound.is_green:
        sys.exit(f"without any bug this fails already: {sound.failed}\n{sound.why}")


def _in_turn(
    tries: Sequence[Callable[[Path], Caught]], copies: Sequence[Path]
) -> list[Caught]:
    """Try as many at a time as there are copies to plant in."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one_try(number: int) -> tuple[int, Caught]:
        copy = free.get()
        try:
            return number, tries[number](copy)
        finally:
            free.put(copy)

    screen = Console(stderr=True)
    with ThreadPoolExecutor(len(copies)) as pool:
        done = as_completed([pool.submit(one_try, n) for n in range(len(tries))])
        shown = track(
            done,
            "bugs",
            total=len(tries),
            console=screen,
            disable=not screen.is_terminal,
        )
        found = dict(one.result() for one in shown)
    return [found[number] for number in range(len(tries))]


def catch(
    bug: Bug, tests: Sequence[str], copy: Path, *, patience: float = PATIENCE
) -> Caught:
    """Plant a bug in a copy of the repository, run tests there, and restore it."""
    start = time.monotonic()
    was = bug.plant(copy)
    try:
        run = run_tests(copy, tests, patience=patience)
    finally:
        (copy / bug.file).write_text(was, encoding="utf-8")
    by = "" if run.is_green else run.failed
    return Caught(bug=bug, by=by, why=run.why, seconds=time.monotonic() - start)


def run_tests(copy: Path, tests: Sequence[str], *, patience: float) -> Run:
    """Run tests in a copy of the repository, in a process of their own."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    # a bug and its repair may have the same size and be of the same second
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own tests, in our own copy
            [*command, *tests],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Run(is_green=False, failed=f"no end within {patience:g} seconds")
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, flags=re.MULTILINE)
    failed = found.group(1) if found else done.stdout[-2000:] + done.stderr[-2000:]
    said = re.search(r"^E +(.+)$", done.stdout, flags=re.MULTILINE)
    why = said.group(1) if said else ""
    return Run(is_green=done.returncode == 0, failed=failed, why=why)


def _tell(caught: Sequence[Caught], *, says_why: bool) -> int:
    table = Table("bug", "caught by", "seconds", box=None, pad_edge=False)
    for one in caught:
        by = f"it falls over: {one.why}" if one.falls_over else one.by or "NOTHING"
        by = f"{by}\n  {one.why}" if says_why else by
        table.add_row(one.bug.name, escape(by), f"{one.seconds:.1f}")
    console = Console()
    # a test's name is whole wherever the output goes
    width = console.width if console.is_terminal else 200
    Console(width=width).print(table)
    count = sum(one.is_caught for one in caught)
    sys.stdout.write(f"{count} of {len(caught)} bugs caught\n")
    return 0 if count == len(caught) else 1


if __name__ == "__main__":
    sys.exit(main())
