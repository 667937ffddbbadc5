import pytest

from reconciler.core.wording import moment, several


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 items"), (1, "1 item"), (2, "2 items")]
)
def test_one_thing_is_counted_in_the_singular(count: int, words: str) -> None:
    assert several(count, "item") == words


def test_a_time_is_written_in_utc_whatever_the_machine_s_zone() -> None:
    assert moment(1_760_000_000) == "2025-10-09 08:53:20 UTC"
