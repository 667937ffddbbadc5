"""A sample of what `make soak` fuzzes for as long as there is time."""

from tests.fuzz.cases import failures

SAMPLE = range(200)


def test_only_errors_of_ours_come_of_spoilt_answers() -> None:
    assert [wrong for wrong in failures(SAMPLE) if wrong] == []
