"""Every row of the table in docs/design.md, done to the double and to a real Stash."""

from collections.abc import Callable, Iterator

import pytest

from tests.seeing.conftest import SECONDS
from tests.seeing.listed import OPERATIONS
from tests.seeing.operation import Operation
from tests.seeing.play import play
from tests.seeing.schedule import EVERY
from tests.seeing.stage import Stage

VERSIONS = ("0.30.1.19", "0.27.2")


def _is_of(operation: Operation, version: tuple[int, ...]) -> bool:
    return operation.since <= version < operation.before


def _on_the_double() -> Iterator[object]:
    for version in VERSIONS:
        numbers = tuple(map(int, version.split(".")))
        for one in OPERATIONS:
            if _is_of(one, numbers):
                name = f"{one.name} ({version})"
                yield pytest.param(version, one, id=name, marks=_marks(version, one))


def _marks(version: str, operation: Operation) -> list[pytest.MarkDecorator]:
    """Leave what the newest version has been asked to the slow tests."""
    is_newest = version == VERSIONS[0]
    newest = tuple(map(int, VERSIONS[0].split(".")))
    return [] if is_newest or not _is_of(operation, newest) else [pytest.mark.slow]


@pytest.mark.parametrize(("version", "operation"), [*_on_the_double()])
def test_what_happens_in_the_double_is_seen_in_time(
    operation: Operation, stage: Stage, record_property: Callable[[str, object], None]
) -> None:
    sight = play(operation, stage)

    if sight:
        record_property(SECONDS, sight.seconds)
        assert sight.passes == 1
        assert sight.seconds <= EVERY


def _on_a_real_one() -> Iterator[object]:
    for one in OPERATIONS:
        marks = [pytest.mark.live]
        if one.only_double:
            marks.append(pytest.mark.skip(reason=one.only_double))
        yield pytest.param(one, marks=marks, id=f"{one.name} within {one.within}")


@pytest.mark.parametrize("operation", [*_on_a_real_one()])
def test_what_happens_in_a_real_stash_is_seen_in_time(
    operation: Operation,
    live_stage: Stage,
    record_property: Callable[[str, object], None],
) -> None:
    if not _is_of(operation, live_stage.server.version):
        pytest.skip("another version of Stash")

    sight = play(operation, live_stage)

    if sight:
        record_property(SECONDS, sight.seconds)
        assert sight.passes == 1
