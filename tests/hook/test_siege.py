"""Runs of the hook beside a listener that writes its ledger and is killed meanwhile."""

from pathlib import Path

from tests.hook.siege import Siege


def test_no_word_is_lost_beside_a_listener_that_is_killed(tmp_path: Path) -> None:
    siege = Siege(folder=tmp_path, films=23)

    siege.run(40, kills=6)

    assert siege.heard() == siege.edits


def test_no_word_is_lost_while_nobody_listens(tmp_path: Path) -> None:
    siege = Siege(folder=tmp_path, films=5)

    for _ in range(10):
        siege.edit()

    assert siege.heard() == siege.edits
