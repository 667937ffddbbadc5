"""Where settings come from, and which source wins."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from reconciler.config import places
from reconciler.config.keys import VARIABLES
from reconciler.config.kinds import Address
from reconciler.config.loading import load
from reconciler.config.models import Config, Library
from reconciler.core.lull import Hours
from reconciler.core.values import OnDelete, Policy

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        file = tmp_path / "plexsync.toml"
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        return file

    return write


@pytest.fixture
def home(tmp_path: Path) -> Mapping[str, str]:
    return {"HOME": str(tmp_path / "home")}


def found(config: Config, *names: str) -> object:
    value: object = config
    for name in names:
        value = getattr(value, name)
    return value


OVERRIDES: dict[str, tuple[str, object]] = {  # None: shown by a test of its own
    "PLEXSYNC_STASH__URL": ("http://stash.example", "http://stash.example"),
    "PLEXSYNC_STASH__API_KEY": ("", None),
    "PLEXSYNC_STASH__API_KEY_FILE": ("", None),
    "PLEXSYNC_STASH__CONNECT_TIMEOUT": ("500", 500.0),
    "PLEXSYNC_STASH__READ_TIMEOUT": ("1.5m", 90.0),
    "PLEXSYNC_STASH__CA_FILE": ("/", Path("/")),
    "PLEXSYNC_STASH__VERIFY": ("false", False),
    "PLEXSYNC_PLEX__URL": ("http://[::1]:32400", "http://[::1]:32400"),
    "PLEXSYNC_PLEX__TOKEN": ("", None),
    "PLEXSYNC_PLEX__TOKEN_FILE": ("", None),
    "PLEXSYNC_PLEX__CONNECT_TIMEOUT": ("0.5s", 0.5),
    "PLEXSYNC_PLEX__READ_TIMEOUT": ("60", 60.0),
    "PLEXSYNC_PLEX__CA_FILE": ("/dev", Path("/dev")),
    "PLEXSYNC_PLEX__VERIFY": ("no", False),
    "PLEXSYNC_PLEX__LIBRARIES": ("Films, 1984", ("Films", "1984")),
    "PLEXSYNC_PLEX__SHARE": ("0.5", 0.5),
    "PLEXSYNC_PLEX__BACKUP": ("false", False),
    "PLEXSYNC_PLEX__SCAN": ("yes", True),
    "PLEXSYNC_STATE__PATH": ("", None),
    "PLEXSYNC_STATE__BACKUPS": ("", None),
    "PLEXSYNC_STATE__KEEP_BACKUPS": ("", None),
    "PLEXSYNC_SCHEDULE__POLL": ("5m", 300.0),
    "PLEXSYNC_SCHEDULE__SWEEP": ("7d", 604800.0),
    "PLEXSYNC_SCHEDULE__QUIET": (
        "02:00-05:00, Plex, 23:00-01:00",
        (Hours.parse("02:00-05:00"), "plex", Hours.parse("23:00-01:00")),
    ),
    "PLEXSYNC_SCHEDULE__QUIET_WHILE_STREAMING": ("true", True),
    "PLEXSYNC_JOURNAL__KEEP": ("30d", 2592000.0),
    "PLEXSYNC_JOURNAL__DEAD_LETTERS": ("7d", 604800.0),
    "PLEXSYNC_FIELDS__TITLE": ("enforce", Policy.ENFORCE),
    "PLEXSYNC_FIELDS__SUMMARY": ("fill", Policy.FILL),
    "PLEXSYNC_FIELDS__STUDIO": ("off", Policy.OFF),
    "PLEXSYNC_FIELDS__DATE": ("off", Policy.OFF),
    "PLEXSYNC_FIELDS__GENRES": ("off", Policy.OFF),
    "PLEXSYNC_FIELDS__ACTORS": ("off", Policy.OFF),
    "PLEXSYNC_FIELDS__LOCK": ("false", False),
    "PLEXSYNC_STASH__ON_DELETE": ("restore", OnDelete.RESTORE),
    "PLEXSYNC_BRAKE__OVERWRITES": ("12.5 %", 12.5),
    "PLEXSYNC_BRAKE__OVERWRITES_FLOOR": ("0", 0),
    "PLEXSYNC_BRAKE__REMOVALS": ("0", 0.0),
    "PLEXSYNC_BRAKE__REMOVALS_FLOOR": ("7", 7),
    "PLEXSYNC_HOOK__SPOOL": ("/var/spool/plexsync", Path("/var/spool/plexsync")),
    "PLEXSYNC_HEALTH__LISTEN": (
        "[::1]:9797",
        Address(host="::1", port=9797),
    ),
    "PLEXSYNC_NOTIFY__URLS": ("", None),
    "PLEXSYNC_NOTIFY__URLS_FILE": ("", None),
    "PLEXSYNC_NOTIFY__TITLES": ("true", True),
    "PLEXSYNC_LIBRARIES": ("{}", {}),
    "PLEXSYNC_PATHS": ("[]", ()),
}


def test_there_is_a_variable_for_every_key() -> None:
    assert OVERRIDES.keys() == VARIABLES.keys()


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        (name, value, want)
        for name, (value, want) in OVERRIDES.items()
        if want is not None
    ],
)
def test_a_variable_is_stronger_than_the_file(
    write: Write,
    home: Mapping[str, str],
    variable: str,
    value: str,
    expected: object,
) -> None:
    file = write(
        """
        [plex]
        libraries = ["Shorts"]
        [[paths]]
        stash = "/a"
        plex = "/b"
        """
    )

    config = load(file, {**home, variable: value})

    assert found(config, *VARIABLES[variable]) == expected


def test_an_address_loses_its_last_slash(write: Write, home: Mapping[str, str]) -> None:
    config = load(write('[stash]\nurl = "HTTPS://stash.example/prefix/"'), home)

    assert config.stash.url == "HTTPS://stash.example/prefix"


def test_a_list_with_commas_in_its_names_is_json(
    write: Write, home: Mapping[str, str]
) -> None:
    config = load(write(""), {**home, "PLEXSYNC_PLEX__LIBRARIES": '["Short, old"]'})

    assert config.plex.libraries == ("Short, old",)


def test_tables_of_the_operator_s_own_names_come_as_json(
    write: Write, home: Mapping[str, str]
) -> None:
    environ = {
        **home,
        "PLEXSYNC_PLEX__LIBRARIES": "Films",
        "PLEXSYNC_LIBRARIES": '{"Films": {"fields": {"title": "fill"}}}',
        "PLEXSYNC_PATHS": r'[{"stash": "D:\\videos\\", "plex": "/media/"}]',
    }

    config = load(write(""), environ)

    assert config.libraries == {
        "Films": Library.model_validate({"fields": {"title": "fill"}})
    }
    assert [(p.stash, p.plex) for p in config.paths] == [("D:\\videos", "/media")]


def test_an_empty_variable_is_not_set(write: Write, home: Mapping[str, str]) -> None:
    config = load(
        write("[schedule]\npoll = 5"), {**home, "PLEXSYNC_SCHEDULE__POLL": ""}
    )

    assert config.schedule.poll == 5.0


SECRETS = pytest.mark.parametrize(
    ("section", "key", "credential"),
    [("plex", "token", "plex_token"), ("stash", "api_key", "stash_api_key")],
)


@SECRETS
def test_the_first_source_of_a_secret_has_the_say(
    tmp_path: Path, write: Write, section: str, key: str, credential: str
) -> None:
    variable = f"PLEXSYNC_{section}__{key}".upper()
    for name in ("own", "other", credential):
        (tmp_path / name).write_text(f"from-{name}\n")
    file = write(f'[{section}]\n{key}_file = "~/own"')
    environ = {"HOME": str(tmp_path)}

    def secret() -> str:
        config = load(file, environ)
        (only,) = config.secrets()
        assert only not in repr(config)
        assert found(config, section, "secret") == only
        return only

    assert secret() == "from-own"
    environ["CREDENTIALS_DIRECTORY"] = str(tmp_path)
    assert secret() == f"from-{credential}"
    environ[f"{variable}_FILE"] = f"{tmp_path}/other"
    assert secret() == "from-other"
    del environ[f"{variable}_FILE"]
    environ[variable] = "from-variable"
    assert secret() == "from-variable"


@SECRETS
def test_a_source_that_does_not_have_the_say_is_not_read(
    write: Write, home: Mapping[str, str], section: str, key: str, credential: str
) -> None:
    file = write(f'[{section}]\n{key} = "a"\n{key}_file = "/nowhere/{credential}"')
    variable = f"PLEXSYNC_{section}__{key}".upper()

    config = load(file, {**home, variable: "from-variable"})

    assert config.secrets() == ("from-variable",)


@pytest.mark.parametrize("blank", ["", "\n"])
def test_an_empty_credential_says_that_there_is_none(
    tmp_path: Path, write: Write, blank: str
) -> None:
    """What the file says holds then, as it does without the credential."""
    for name in ("stash_api_key", "notify_urls"):
        (tmp_path / name).write_text(blank)
    environ = {"HOME": str(tmp_path), "CREDENTIALS_DIRECTORY": str(tmp_path)}

    without = load(write(""), environ)
    with_one = load(write('[stash]\napi_key = "inline"'), environ)

    assert without.secrets() == ()
    assert with_one.secrets() == ("inline",)


def test_without_secrets_there_is_nothing_to_hide(
    write: Write, home: Mapping[str, str]
) -> None:
    config = load(write('[plex]\ntoken = ""'), home)

    assert config.secrets() == ()


def test_a_secret_that_everyone_can_read_is_a_warning(
    tmp_path: Path, write: Write, home: Mapping[str, str]
) -> None:
    named = tmp_path / "plex token"
    named.write_text("from-a-file")
    named.chmod(0o644)
    file = write(f'[stash]\napi_key = "inline"\n[plex]\ntoken_file = "{named}"')
    file.chmod(0o644)

    config = load(file, home)

    assert config.warnings == (
        (
            f"{file}: holds stash.api_key and every user of this machine can read it; "
            f"run chmod o-r {file}"
        ),
        (
            f"{named}: holds plex.token and every user of this machine can read it; "
            f"run chmod o-r '{named}'"
        ),
    )


def test_a_secret_that_a_group_can_read_is_none(
    write: Write, home: Mapping[str, str]
) -> None:
    file = write('[plex]\ntoken = "inline"')
    file.chmod(0o640)

    assert load(file, home).warnings == ()


def test_a_file_without_secrets_may_be_read_by_all(
    write: Write, home: Mapping[str, str]
) -> None:
    file = write('[plex]\nurl = "http://plex.example"')
    file.chmod(0o644)

    assert load(file, home).warnings == ()


def test_a_named_file_comes_before_the_usual_places(
    write: Write, tmp_path: Path
) -> None:
    own = tmp_path / "home/.config/plexsync/plexsync.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[schedule]\npoll = 1")
    named = write("[schedule]\npoll = 2")
    argued = tmp_path / "argued.toml"
    argued.write_text("[schedule]\npoll = 3")
    environ = {"HOME": str(tmp_path / "home")}

    assert load(None, environ).file == own
    environ["PLEXSYNC_CONFIG"] = str(named)
    assert load(None, environ).file == named
    assert load(argued, environ).file == argued
    assert load(argued, environ).schedule.poll == 3.0


ETC = Path("/etc/plexsync/plexsync.toml")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HOME": "/h"}, (Path("/h/.config/plexsync/plexsync.toml"), ETC)),
        (
            {"HOME": "/h", "XDG_CONFIG_HOME": "/x"},
            (Path("/x/plexsync/plexsync.toml"), ETC),
        ),
        (
            {"HOME": "/h", "XDG_CONFIG_HOME": "relative"},
            (Path("/h/.config/plexsync/plexsync.toml"), ETC),
        ),
        ({}, (ETC,)),
    ],
)
def test_the_usual_places(
    environ: Mapping[str, str], expected: tuple[Path, ...]
) -> None:
    assert places.usual(environ) == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {"HOME": "/h", "XDG_STATE_HOME": "/x", "STATE_DIRECTORY": "/var/lib/p:/b"},
            "/var/lib/p/plexsync.db",
        ),
        ({"HOME": "/h", "XDG_STATE_HOME": "/x"}, "/x/plexsync/plexsync.db"),
        ({"HOME": "/h"}, "/h/.local/state/plexsync/plexsync.db"),
        ({"HOME": "/h", "PLEXSYNC_STATE__PATH": "~/mine.db"}, "/h/mine.db"),
    ],
)
def test_where_the_ledger_is(
    write: Write, environ: Mapping[str, str], expected: str
) -> None:
    assert load(write(""), environ).state == Path(expected)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ("/h/.local/state/plexsync/plexsync.db.backups", 7)),
        ({"PLEXSYNC_STATE__PATH": "/var/p.db"}, ("/var/p.db.backups", 7)),
        (
            {
                "PLEXSYNC_STATE__PATH": "/var/p.db",
                "PLEXSYNC_STATE__BACKUPS": "~/copies",
                "PLEXSYNC_STATE__KEEP_BACKUPS": "3",
            },
            ("/h/copies", 3),
        ),
    ],
)
def test_where_the_backups_are_and_how_many(
    write: Write, environ: Mapping[str, str], expected: tuple[str, int]
) -> None:
    config = load(write(""), {"HOME": "/h", **environ})
    assert (str(config.backups), config.keep_backups) == expected


def test_a_byte_order_mark_is_no_mistake(write: Write, home: Mapping[str, str]) -> None:
    assert load(write("\ufeff[schedule]\npoll = 5"), home).schedule.poll == 5.0


def test_the_spool_of_the_hook_is_named_or_there_is_none(
    write: Write, home: Mapping[str, str]
) -> None:
    named = load(write('[hook]\nspool = "~/spool"'), home)

    assert named.hook.spool == Path(home["HOME"]) / "spool"
    assert load(write(""), home).hook.spool is None
