"""A unit's text: led to a plexsync, fitted to a user's own systemd, sealed.

All of it takes texts and returns texts. The seal is a first line with the digest of the
rest: so what somebody has edited is known, and is nobody else's to throw away.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

_SHIPPED = "ExecStart=/usr/bin/plexsync "
_CLOSED = "ProtectHome=yes\n"
_SEAL = re.compile(r"# plexsync (\S+) put this here \(([0-9a-f]{16})\)[^\n]*\n")

NEEDS_ROOT = frozenset(
    {
        "CapabilityBoundingSet",
        "DevicePolicy",
        "DynamicUser",
        "LoadCredential",
        "PrivateDevices",
        "PrivateTmp",
        "PrivateUsers",
        "ProcSubset",
        "ProtectClock",
        "ProtectControlGroups",
        "ProtectHome",
        "ProtectHostname",
        "ProtectKernelLogs",
        "ProtectKernelModules",
        "ProtectKernelTunables",
        "ProtectProc",
        "ProtectSystem",
        "RemoveIPC",
        "SetCredential",
        "StateDirectory",
        "StateDirectoryMode",
        "User",
    }
)
"""What a user's own systemd cannot do, or not everywhere; or, of the state's folder,
does elsewhere than plexsync by itself."""

_SYSTEMS_OWN = ("network-online.target", "time-sync.target")


def led_to(text: str, program: Path) -> str:
    """Have a unit start *program*."""
    return text.replace(_SHIPPED, f"ExecStart={_quoted(program)} ")


def let_into(text: str, folders: Iterable[Path]) -> str:
    """Let a unit see *folders* of a home, and still nothing else of any home."""
    bound = "".join(f"BindReadOnlyPaths={_quoted(folder)}\n" for folder in folders)
    if not bound:
        return text
    why = "# Of all homes it sees only where plexsync itself is.\n"
    return text.replace(_CLOSED, f"{why}ProtectHome=tmpfs\n{bound}")


def for_user(text: str) -> str:
    """Leave out of a unit what is only for root, with the comments on it."""
    kept: list[str] = []
    comments: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            comments.append(line)
            continue
        if not _is_for_root(line):
            kept += [*comments, line]
        comments = []
    fitted = "\n".join(kept).replace("multi-user.target", "default.target")
    return re.sub(r"\n{3,}", "\n\n", fitted) + "\n"


def _is_for_root(line: str) -> bool:
    key, _, value = line.partition("=")
    return key in NEEDS_ROOT or any(name in value for name in _SYSTEMS_OWN)


def sealed(text: str, version: str) -> str:
    """Put the seal on a unit."""
    advice = "change it by a drop-in: systemctl edit"
    return f"# plexsync {version} put this here ({_digest(text)}); {advice}\n{text}"


def is_sealed(text: str) -> bool:
    """Whether we have put this unit where it is; it may have been edited since."""
    return _SEAL.match(text) is not None


def is_untouched(text: str) -> bool:
    """Whether a unit is as we have put it there."""
    seal = _SEAL.match(text)
    return seal is not None and seal[2] == _digest(text[seal.end() :])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _quoted(path: Path) -> str:
    """Write a path as systemd reads it: % begins a specifier, and white space ends."""
    text = str(path).replace("%", "%%")
    if not re.search(r"[\s\"'\\;]", text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
