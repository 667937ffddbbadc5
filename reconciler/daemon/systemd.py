"""What systemd is told: datagrams to the socket that it names (sd_notify(3))."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Notifier:
    """Tells the service manager how things are; silent where there is none."""

    address: str = ""
    every: float | None = None
    """Seconds within which it wants to hear of us; None: it does not."""
    _status: str = field(default="", init=False)

    @classmethod
    def of(cls, environ: Mapping[str, str], pid: int) -> "Notifier":
        """Find out who wants to be told, and how often (sd_watchdog_enabled(3))."""
        span = environ.get("WATCHDOG_USEC", "")
        is_ours = environ.get("WATCHDOG_PID", str(pid)) == str(pid)
        every = int(span) / 1e6 if span.isdecimal() and is_ours else None
        return cls(address=environ.get("NOTIFY_SOCKET", ""), every=every)

    def ready(self) -> None:
        """Say that what was started, or was reloading, is there."""
        self._send("READY=1")

    def reloading(self, monotonic: float) -> None:
        """Say that the configuration is read anew, at a moment in seconds."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={int(monotonic * 1e6)}")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Feed the watchdog."""
        if self.every is not None:
            self._send("WATCHDOG=1")

    def status(self, sentence: str) -> None:
        """Say how things are, where that is news."""
        if sentence != self._status:
            self._status = sentence
            self._send(f"STATUS={sentence}")

    def _send(self, *lines: str) -> None:
        if not self.address:
            return
        # an address that begins with @ is abstract: systemd writes its null so
        address = self.address
        address = "\0" + address[1:] if address.startswith("@") else address
        with (
            suppress(OSError),  # nobody listens: there is nobody to be told that
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to,
        ):
            to.connect(address)
            to.sendall("\n".join(lines).encode())
