"""The kinds of value that a key can have.

Every error here goes on from the key's name: what is wrong; what would be right.
"""

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from reconciler.core.lull import AllDayError, Hours

PLEX: Literal["plex"] = "plex"
"""In the place of hours: those in which Plex itself has maintenance."""

_HOUR = 3600.0
_DAY = 24 * _HOUR
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": _HOUR, "d": _DAY}
_DURATION = re.compile(r"(-?\d+(?:\.\d+)?) ?([smhd]?)")
_PERCENT = re.compile(r"(-?\d+(?:\.\d+)?) ?%?")
_COUNT = re.compile(r"[0-9]{1,9}")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SHARE = re.compile(r"\\\\[^\\/]+[\\/]+[^\\/]+")
_LISTEN = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})")
_NOTICE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_PAGES = ("/graphql", "/web", "/web/index.html")  # what people copy from a browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine reaches it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _seconds(value: object) -> float:
    number = _number(value)
    if isinstance(value, str) and (found := _DURATION.fullmatch(value.strip())):
        number = float(found[1]) * _UNITS[found[2]]
    if number is None:
        raise ValueError(
            'is not a duration; write "60s", "5m", "24h" or a number of seconds'
        )
    return number


def _percent(value: object) -> float:
    number = _number(value)
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value.strip())):
        number = float(found[1])
    if number is None or not 0 <= number <= 100:  # noqa: PLR2004 - per cent
        raise ValueError("is not a percentage; write a number from 0 to 100")
    return number


def _count(value: object) -> int:
    if isinstance(value, str) and _COUNT.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("is not a count; write a whole number, 0 or more")
    return value


def _quiet(value: object) -> Hours | str:
    """Take hours, or the word that stands for those of Plex's own."""
    if str(value).strip().lower() == PLEX:
        return PLEX
    try:
        return Hours.parse(str(value))
    except AllDayError:
        raise ValueError(
            'ends where it begins; write "00:00-24:00" for the whole day,'
            " or say `plexsync pause`"
        ) from None
    except ValueError:
        raise ValueError(
            'is no stretch of hours; write it like "02:00-05:00", or "plex" for the'
            " hours of Plex's own maintenance"
        ) from None


def _between(low: float, high: float, words: str) -> Callable[[float], float]:
    def check(value: float) -> float:
        if not low <= value <= high:
            raise ValueError(f"is out of range; it can be {words}")
        return value

    return check


def _url(value: str) -> str:
    text = value.strip()
    try:
        parts = urlsplit(text)
        is_readable = text.isprintable() and " " not in text and parts.port != 0
    except ValueError:
        is_readable = False
    if not is_readable:
        raise ValueError(
            "is not a URL; write the server's address, like http://127.0.0.1:9999"
        )
    if complaint := _complaint_about(parts, text):
        raise ValueError(complaint)
    return text.rstrip("/")


def _complaint_about(parts: SplitResult, text: str) -> str:
    page = next((end for end in _PAGES if text.rstrip("/").endswith(end)), "")
    if parts.scheme not in {"http", "https"}:
        return "begins with neither http:// nor https://; put one of them before it"
    if "@" in parts.netloc:
        return "holds a user name or password; leave it out, the secret has its own key"
    if not parts.hostname:
        return "has no host; write it like http://127.0.0.1:9999"
    if "?" in text or "#" in text:
        return "holds a query or fragment; end it before the ? or #"
    if page:
        return f"ends in {page}; leave that out, the server's address is enough"
    return ""


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value().strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("holds a character that no secret has; copy it once more")
    return SecretStr(text)


def _address(value: object) -> Address | None:
    if value == "":
        return None
    found = _LISTEN.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or not 0 < int(found[3]) < 2**16:
        raise ValueError("is not host:port; write it like 127.0.0.1:9797")
    return Address(host=found[1] or found[2], port=int(found[3]))


def _notices(value: object) -> tuple[SecretStr, ...]:
    """Take a list of URLs, or a text with white space between them."""
    urls = value.split() if isinstance(value, str) else value
    if not (isinstance(urls, list) and all(isinstance(url, str) for url in urls)):
        raise ValueError('is not a list; write it like ["json://127.0.0.1:8080/"]')
    wrong = (n for n, url in enumerate(urls, 1) if not _NOTICE.fullmatch(url.strip()))
    if number := next(wrong, 0):
        raise ValueError(
            f"has no URL in entry {number}; write each like json://127.0.0.1:8080/"
        )
    return tuple(SecretStr(url.strip()) for url in urls)


def _local(value: object) -> Path:
    path = Path(value) if isinstance(value, str | Path) else Path()
    if not path.is_absolute() or "\0" in str(path):
        raise ValueError(
            "is not an absolute path; begin it with / (or with ~/ where HOME is set)"
        )
    return path


def _prefix(value: str) -> str:
    if value.startswith("/"):
        return value.rstrip("/") or "/"
    if _DRIVE.match(value) or _SHARE.match(value):
        bare = value.rstrip("\\/")
        return value[:3] if bare.endswith(":") else bare  # the root keeps its slash
    raise ValueError(
        "is not an absolute path; write /videos, D:\\videos or \\\\server\\videos"
    )


def same_prefix(value: str) -> str:
    """Fold *value* so that two spellings of one folder are equal."""
    if value.startswith("/"):
        return value.rstrip("/")
    return value.replace("/", "\\").rstrip("\\").casefold()


def _titles(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("names no library; name at least one as Plex shows it")
    if not all(title.strip() for title in value):
        raise ValueError("has an entry without a name; name the library or remove it")
    if twice := next((t for t, n in Counter(value).items() if n > 1), ""):
        place = value.index(twice) + 1
        raise ValueError(f"names the library of entry {place} twice; name each once")
    return value


Seconds = Annotated[float, BeforeValidator(_seconds)]
Timeout = Annotated[
    Seconds, AfterValidator(_between(0.001, _HOUR, "more than 0 and up to 1h"))
]
Poll = Annotated[Seconds, AfterValidator(_between(1, 7 * _DAY, "from 1s to 7d"))]
Sweep = Annotated[Seconds, AfterValidator(_between(60, 366 * _DAY, "from 1m to 366d"))]
Keep = Annotated[
    Seconds, AfterValidator(_between(_DAY, 3660 * _DAY, "from 1d to 3660d"))
]
Percent = Annotated[float, BeforeValidator(_percent)]
Share = Annotated[float, AfterValidator(_between(0.01, 1, "from 0.01 to 1"))]
QuietHours = Annotated[Hours | Literal["plex"], BeforeValidator(_quiet)]
Count = Annotated[int, BeforeValidator(_count)]
Copies = Annotated[Count, AfterValidator(_between(1, 1000, "from 1 to 1000"))]
Url = Annotated[str, AfterValidator(_url)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
Listen = Annotated[Address | None, BeforeValidator(_address)]
Notices = Annotated[tuple[SecretStr, ...], BeforeValidator(_notices)]
LocalFile = Annotated[Path, BeforeValidator(_local)]
Prefix = Annotated[str, AfterValidator(_prefix)]
Titles = Annotated[tuple[str, ...], AfterValidator(_titles)]
