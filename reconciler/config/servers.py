"""Where the two servers are, and how each of them is to be treated."""

from pydantic import SecretStr, ValidationInfo, field_validator

from reconciler.config.kinds import LocalFile, Secret, Share, Timeout, Titles, Url
from reconciler.config.table import Table
from reconciler.core.values import OnDelete

_NONE = SecretStr("")


class Server(Table):
    """Where a server is and how patient to be with it; times are in seconds."""

    url: Url = ""
    connect_timeout: Timeout = 5.0
    read_timeout: Timeout = 30.0
    ca_file: LocalFile | None = None
    verify: bool = True

    @field_validator("verify")
    @classmethod
    def _verifies_by_its_authorities(cls, verify: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic passes it by position
        if info.data.get("ca_file") and not verify:
            raise ValueError("is false while ca_file is given; remove one of the two")
        return verify

    @property
    def trust(self) -> bool | str:
        """Whether to check certificates; a path names the authorities to check by."""
        return str(self.ca_file) if self.ca_file else self.verify


class Stash(Server):
    """The server that says what is wanted."""

    api_key: Secret = _NONE
    api_key_file: LocalFile | None = None
    on_delete: OnDelete = OnDelete.KEEP

    @property
    def secret(self) -> str:
        return self.api_key.get_secret_value()


class Plex(Server):
    """The server that is made to say the same, in the libraries named."""

    token: Secret = _NONE
    token_file: LocalFile | None = None
    libraries: Titles = ()
    share: Share = 0.3
    backup: bool = True
    scan: bool = False

    @property
    def secret(self) -> str:
        return self.token.get_secret_value()
