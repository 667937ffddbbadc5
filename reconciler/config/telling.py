"""The tables that say who may ask how things stand, and who is told unasked."""

from reconciler.config.kinds import Listen, LocalFile, Notices
from reconciler.config.table import Table


class Health(Table):
    """Where to tell how things stand, to whoever asks."""

    listen: Listen = None


class Notify(Table):
    """Whom to tell of what a person should know, by the URLs of apprise."""

    urls: Notices = ()
    urls_file: LocalFile | None = None
    titles: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """The URLs in clear: each holds secrets."""
        return tuple(url.get_secret_value() for url in self.urls)
