"""What stands before Plex, and films enough that their delivery takes a while."""

import threading

from tests.sandbox.server import Request
from tests.systemd.service import Service

REELS = 120


class Gate:
    """Stands before Plex: counts what is written, and lets it hang when it is told."""

    def __init__(self, service: Service) -> None:
        self.puts = 0
        self.hung = 0
        self._is_open = threading.Event()
        self._is_open.set()
        service.desk.before_plex = self._pass

    def close(self) -> None:
        """Answer nothing any more."""
        self._is_open.clear()

    def open(self) -> None:
        """Answer everything, what came meanwhile too."""
        self._is_open.set()

    def _pass(self, request: Request) -> None:
        if not self._is_open.is_set():
            self.hung += 1
            self._is_open.wait(120)
        self.puts += request.method == "PUT"


def fill(service: Service) -> None:
    for number in range(REELS):
        service.desk.scene(f"reel-{number:03}")


def delivered(service: Service) -> int:
    stems = (f"reel-{number:03}" for number in range(REELS))
    return sum(service.desk.title(stem) == stem.title() for stem in stems)
