"""Messages to people, by the URLs of apprise, which is loaded only if there are any."""

import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from reconciler.core.errors import UserError

_ABSENT = (
    "notify.urls is set, but apprise is not there: install it by `pip install"
    " 'plexsync[notify]'`, or take notify.urls out"
)


class AppriseSender:
    """Sends messages to one URL."""

    def __init__(self, apprise: ModuleType, service: object, asset: object) -> None:
        self._apprise: Any = apprise.Apprise(service, asset=asset)
        self._format: object = apprise.NotifyFormat.TEXT

    def send(self, title: str, body: str) -> bool:
        """Send a message, and say whether it was taken; nothing is raised.

        A service that is silent is given up after some seconds: 4 to connect and 4
        without a byte, unless its URL says otherwise. One that is reached by a library
        of its own may take as long as that does.
        """
        sent = self._apprise.notify(title=title, body=body, body_format=self._format)
        return bool(sent)


def senders(urls: Sequence[str]) -> tuple[AppriseSender, ...]:
    """Make a sender for each URL; a `UserError` says why that cannot be."""
    if not urls:
        return ()
    try:
        apprise = importlib.import_module("apprise")
    except ImportError:
        raise UserError([_ABSENT]) from None
    asset = _asset(apprise)
    services = [apprise.Apprise.instantiate(url, asset=asset) for url in urls]
    wrong = [place for place, one in enumerate(services, start=1) if one is None]
    if wrong:
        raise UserError([_unknown(place) for place in wrong])
    return tuple(AppriseSender(apprise, one, asset) for one in services)


def _asset(apprise: ModuleType) -> object:
    """Keep apprise from writing to the disk, and from threads that outlive a stop."""
    asset = apprise.AppriseAsset(
        storage_mode=apprise.PersistentStoreMode.MEMORY, service_timeout=0
    )
    asset.app_id = "plexsync"
    asset.app_desc = "Keeps a Plex library equal to what Stash says"
    return asset


def _unknown(place: int) -> str:
    return (
        f"notify.urls (entry {place}) is no URL that apprise knows, or lacks a part:"
        " correct it by the page of its service at https://appriseit.com"
    )
