"""How long a backup is waited for."""

import pytest

from reconciler.core.backup import LEAST, LONGEST, MASS, PAUSE, is_mass, is_over


@pytest.mark.parametrize(
    ("waited", "goes_on", "over"),
    [
        (0.0, True, False),
        (LONGEST - 1, True, False),
        (LONGEST, True, True),
        (PAUSE - 1, False, False),
        (PAUSE, False, True),
        (0.0, None, False),
        (LEAST - 1, None, False),
        (LEAST, None, True),
        (-1.0, True, True),
        (-1.0, None, True),
    ],
)
def test_how_long_a_backup_is_waited_for(
    *, waited: float, goes_on: bool | None, over: bool
) -> None:
    assert is_over(waited, goes_on=goes_on) == over


def test_more_than_fifty_items_are_many() -> None:
    assert (is_mass(MASS), is_mass(MASS + 1)) == (False, True)
