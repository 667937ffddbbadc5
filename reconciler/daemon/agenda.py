"""What is to be done next: a set of tasks that are due, the most urgent first."""

import threading
from enum import IntEnum


class Task(IntEnum):
    """What the daemon does; the lower, the more urgent."""

    RELOAD = 1
    """Read the configuration anew."""
    SERVE = 2
    """Do what a command asks for at the door."""
    HEAR = 3
    """A pass, if the hook has left word."""
    POLL = 4
    """A pass: ask Stash what is new, and deliver."""
    DELIVER = 5
    """Go on with what is owed."""
    SWEEP = 6
    """A pass that verifies a slice of the library too."""
    PRUNE = 7
    """Forget what is too old."""
    BACK_UP = 8
    """Copy the state."""


class Agenda:
    """Tasks come from any thread and are taken by one; one that is due is due once."""

    def __init__(self) -> None:
        self._due: set[Task] = set()
        self._is_closed = False
        self._moved = threading.Condition()

    def post(self, task: Task) -> None:
        """Make a task due."""
        with self._moved:
            self._due.add(task)
            self._moved.notify()

    def take(self, patience: float | None = None) -> Task | None:
        """Take the most urgent task; None once it is closed, or after *patience*.

        In seconds; None waits for ever.
        """
        with self._moved:
            self._moved.wait_for(lambda: self._due or self._is_closed, patience)
            if self._is_closed or not self._due:
                return None
            task = min(self._due)
            self._due.remove(task)
            return task

    def calls_from(self, task: Task) -> bool:
        """Whether something is due that is more urgent than a task."""
        with self._moved:
            return bool(self._due) and min(self._due) < task

    def close(self) -> None:
        """Let nothing more be taken."""
        with self._moved:
            self._is_closed = True
            self._moved.notify_all()
