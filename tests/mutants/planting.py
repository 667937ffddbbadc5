"""What a planted bug is, and how it is put into a copy of the code."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A piece of our code, replaced by one that breaks a law."""

    name: str
    """What is wrong, in a few words."""
    file: str
    old: str
    """Occurs exactly once in the file."""
    new: str
    caught_by: tuple[str, ...]
    """The narrowest tests that have to fail on it."""

    def planted(self, text: str) -> str:
        """Put the bug into the text of its file."""
        if text.count(self.old) != 1:
            raise ValueError(
                f'"{self.name}": its place is {text.count(self.old)} times in'
                f" {self.file}: say anew where it belongs"
            )
        return text.replace(self.old, self.new)

    def plant(self, root: Path) -> str:
        """Put the bug into a copy of the repository; give what was there."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        path.write_text(self.planted(text), encoding="utf-8")
        return text


def laws(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_laws.py."""
    return tuple(f"tests/engine/test_laws.py::test_{name}" for name in names)


def seeing(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_seeing_laws.py."""
    return tuple(f"tests/engine/test_seeing_laws.py::test_{name}" for name in names)


def long(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_long_laws.py."""
    return tuple(f"tests/engine/test_long_laws.py::test_{name}" for name in names)


def late(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_late_laws.py."""
    return tuple(f"tests/engine/test_late_laws.py::test_{name}" for name in names)


def parts(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_part_laws.py."""
    return tuple(f"tests/engine/test_part_laws.py::test_{name}" for name in names)


def losing(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_lost_laws.py."""
    return tuple(f"tests/engine/test_lost_laws.py::test_{name}" for name in names)


def letters(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_letter_laws.py."""
    return tuple(f"tests/engine/test_letter_laws.py::test_{name}" for name in names)


def restoring(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_restoring_laws.py."""
    return tuple(f"tests/engine/test_restoring_laws.py::test_{name}" for name in names)


def carrying(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_carried_laws.py."""
    return tuple(f"tests/engine/test_carried_laws.py::test_{name}" for name in names)


def crashes(*names: str) -> tuple[str, ...]:
    """Name tests of tests/crash/test_laws.py."""
    return tuple(f"tests/crash/test_laws.py::test_{name}" for name in names)


def decisions(*names: str) -> tuple[str, ...]:
    """Name tests of tests/core/test_laws.py."""
    return tuple(f"tests/core/test_laws.py::test_{name}" for name in names)


def asking(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_asking_laws.py."""
    return tuple(f"tests/engine/test_asking_laws.py::test_{name}" for name in names)


def hearing(*names: str) -> tuple[str, ...]:
    """Name tests of tests/engine/test_hearing_laws.py."""
    return tuple(f"tests/engine/test_hearing_laws.py::test_{name}" for name in names)
