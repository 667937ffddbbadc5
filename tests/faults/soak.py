"""Faults for as long as there is time: what is wrong after each of them."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from random import Random

from tests.faults.catalogue import TROUBLES, UPHEAVALS
from tests.faults.mishaps import MISHAPS
from tests.faults.mixtures import mixed, mixed_on_the_way
from tests.faults.trial import MOST, Trial

_ALL = (*TROUBLES, *UPHEAVALS, *MISHAPS)
ALONE = len(_ALL)


def alone(seed: int) -> Iterator[list[str]]:
    """Let each fault befall by itself, in process or on the way; in no order."""
    chance = Random(seed)
    for trouble in chance.sample(_ALL, ALONE):
        with tempfile.TemporaryDirectory(prefix="plexsync-fault-") as folder:
            trial = Trial(Path(folder))
            trial.change(chance)
            is_on_the_way = trouble in MISHAPS
            with trial.over_sockets() if is_on_the_way else nullcontext():
                late = trial.live([trouble]) > MOST
                wrongs = [*(["not done"] if late else []), *trial.wrongs()]
        yield [f"{trouble.name}: {wrong}" for wrong in wrongs]


def in_mixtures(seed: int) -> Iterator[list[str]]:
    """Mix for ever what the servers themselves show."""
    return _each(mixed, seed)


def in_mixtures_on_the_way(seed: int) -> Iterator[list[str]]:
    """Mix for ever that and what the roads to them show, over sockets."""
    return _each(mixed_on_the_way, seed)


def _each(mix: Callable[[Path, int], list[str]], seed: int) -> Iterator[list[str]]:
    for number in count(seed):
        with tempfile.TemporaryDirectory(prefix="plexsync-fault-") as folder:
            yield mix(Path(folder), number)
