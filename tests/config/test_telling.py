"""Where a daemon listens and whom it tells: what may be written, what is hidden."""

import io
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler import logs
from reconciler.config.kinds import Address
from reconciler.config.loading import load
from reconciler.config.models import Config

Read = Callable[..., Config]

URLS = {
    "tgram": "tgram://123456789:AAbot-token-of-mine/-100200300",
    "discord": "discord://4455667788990011/webhook-token_of-Mine",
    "mail": "mailtos://someone:pass%2Fphrase9@mail.example:465?to=me%40home.example",
    "json": "json://127.0.0.1:8080/a-path-of-mine/?+Authorization=Bearer%20hidden99",
    "ntfy": "ntfys://topic-of-mine",
}
KEYS = {
    *("123456789", "AAbot-token-of-mine", "-100200300"),
    *("4455667788990011", "webhook-token_of-Mine"),
    *("someone", "pass%2Fphrase9", "pass/phrase9", "me@home.example"),
    *("a-path-of-mine", "Bearer hidden99", "topic-of-mine"),
}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str = "", **environ: str) -> Config:
        file = tmp_path / "plexsync.toml"
        file.write_text(text, encoding="utf-8")
        return load(file, {"HOME": str(tmp_path), **environ})

    return read


@pytest.mark.parametrize(
    ("listen", "address", "is_loopback"),
    [
        ("127.0.0.1:9797", Address(host="127.0.0.1", port=9797), True),
        ("127.8.9.1:1", Address(host="127.8.9.1", port=1), True),
        ("localhost:65535", Address(host="localhost", port=65535), True),
        ("[::1]:9797", Address(host="::1", port=9797), True),
        ("0.0.0.0:9797", Address(host="0.0.0.0", port=9797), False),
        ("[::]:9797", Address(host="::", port=9797), False),
        ("nas.example:9797", Address(host="nas.example", port=9797), False),
    ],
)
def test_other_machines_may_ask_only_where_that_is_written_and_warned_of(
    read: Read,
    listen: str,
    address: Address,
    is_loopback: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    config = read(f'[health]\nlisten = "{listen}"')

    assert config.health.listen == address
    assert str(address) == listen
    if is_loopback:
        assert config.warnings == ()
    else:
        (warning,) = config.warnings
        assert warning == (
            f"{config.file}: health.listen lets whoever reaches {address.host} ask how"
            f" things stand, without a password; write 127.0.0.1:{address.port} unless"
            " that is meant"
        )


def test_nothing_listens_and_nobody_is_told_unless_that_is_written(read: Read) -> None:
    for config in (read(), read('[health]\nlisten = ""\n[notify]\nurls = []')):
        assert config.health.listen is None
        assert config.notify.addresses == ()
        assert not config.notify.titles
        assert config.secrets() == ()


def listed(*urls: str) -> str:
    return "[notify]\nurls = [" + ", ".join(f'"{url}"' for url in urls) + "]"


def test_addresses_come_from_the_first_source_that_has_any(
    read: Read, tmp_path: Path
) -> None:
    for name in ("own", "notify_urls", "other"):
        (tmp_path / name).write_text(f"json://{name}.example/\n\n json://second/\n")
        (tmp_path / name).chmod(0o600)
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    own = '[notify]\nurls_file = "~/own"'

    def told(**environ: str) -> tuple[str, ...]:
        return read(own, **environ).notify.addresses

    assert told() == ("json://own.example/", "json://second/")
    assert told(**environ)[0] == "json://notify_urls.example/"
    environ["PLEXSYNC_NOTIFY__URLS_FILE"] = str(tmp_path / "other")
    assert told(**environ)[0] == "json://other.example/"
    del environ["PLEXSYNC_NOTIFY__URLS_FILE"]
    environ["PLEXSYNC_NOTIFY__URLS"] = "json://a/?to=1,2 json://b/"
    assert told(**environ) == ("json://a/?to=1,2", "json://b/")


def test_addresses_that_everyone_can_read_are_a_warning(read: Read) -> None:
    read().file.chmod(0o644)

    (warning,) = read(listed(URLS["json"])).warnings

    assert "holds notify.urls and every user of this machine can read it" in warning


def test_an_address_and_its_parts_are_secrets(read: Read) -> None:
    config = read(listed(*URLS.values()))

    assert set(URLS.values()) | KEYS <= set(config.secrets())
    assert not any(key in repr(config) for key in {*URLS.values(), *KEYS})


def test_no_part_of_an_address_gets_into_a_log(read: Read) -> None:
    """But the names of machines do, without which nobody could mend anything."""
    config = read(listed(*URLS.values()))
    stream = io.StringIO()
    logs.configure("info", logs.Form.JSON, config.secrets(), stream)
    for key in {*URLS.values(), *KEYS}:
        logging.getLogger("others").warning("failed at /%s/send", key)
    logging.getLogger("others").warning("no answer from mail.example and 127.0.0.1")

    said = stream.getvalue()

    assert not any(key in said for key in {*URLS.values(), *KEYS})
    assert "mail.example and 127.0.0.1" in said
