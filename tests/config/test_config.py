"""What the rest of the program asks of a `Config`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.config.loading import load
from reconciler.config.models import Config
from reconciler.core.brake import Limits
from reconciler.core.desire import Rule
from reconciler.core.errors import UserError
from reconciler.core.lull import Hours
from reconciler.core.match import Mapping
from reconciler.core.values import Field, Policy

Read = Callable[[str], Config]

TEXT = """
[stash]
url = "http://stash.example:9999"
[plex]
url = "http://plex.example:32400"
libraries = ["Films", "Shorts"]
[fields]
title = "enforce"
[libraries."Shorts".fields]
title = "fill"
genres = "off"
lock = false
[[paths]]
stash = "/data"
plex = "/media"
[[paths]]
stash = '\\\\nas\\videos\\'
plex = 'C:\\'
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str) -> Config:
        file = tmp_path / "plexsync.toml"
        file.write_text(text, encoding="utf-8")
        return load(file, {"HOME": str(tmp_path)})

    return read


def test_a_library_has_its_own_policies_over_the_general_ones(read: Read) -> None:
    config = read(TEXT)

    general = dict.fromkeys(Field, Policy.PUSH) | {Field.TITLE: Policy.ENFORCE}

    assert config.policies("Films") == general
    assert config.policies("Shorts") == general | {
        Field.TITLE: Policy.FILL,
        Field.GENRES: Policy.OFF,
    }
    assert config.locks("Films")
    assert not config.locks("Shorts")


def test_the_core_gets_its_own_types(read: Read) -> None:
    config = read(TEXT)

    assert config.rules().keys() == {"Films", "Shorts"}
    assert config.rules()["Shorts"] == {
        field: Rule(policy=policy, lock=False)
        for field, policy in config.policies("Shorts").items()
    }
    assert config.mappings()[0] == Mapping(stash="/data", plex="/media")
    assert config.limits() == Limits()


def test_paths_keep_their_root_and_lose_their_last_separator(read: Read) -> None:
    config = read(TEXT)

    assert [(p.stash, p.plex) for p in config.paths] == [
        ("/data", "/media"),
        ("\\\\nas\\videos", "C:\\"),
    ]


def test_the_same_meaning_in_other_words(read: Read) -> None:
    """Order, defaults written out, and what only says how to get there."""
    meaning = read(TEXT).meaning()
    same = {
        'libraries = ["Films", "Shorts"]': (
            'libraries = ["Shorts", "Films"]\ntoken = "another"\nread_timeout = 5'
        ),
        'url = "http://stash.example:9999"': 'url = "https://elsewhere.example"',
        'title = "enforce"': 'title = "enforce"\nsummary = "push"\nlock = true',
        'stash = "/data"': 'stash = "/data/"',
        "[[paths]]\nstash": '[schedule]\npoll = "5m"\n[brake]\nremovals = 5\n'
        "[[paths]]\nstash",
    }

    for old, new in same.items():
        assert old in TEXT
        assert read(TEXT.replace(old, new, 1)).meaning() == meaning, new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "enforce"', 'title = "push"'),
        ('title = "enforce"', 'title = "enforce"\nlock = false'),
        ('title = "fill"', 'title = "off"'),
        ("lock = false", "lock = true"),
        ('libraries = ["Films", "Shorts"]', 'libraries = ["Shorts"]'),
        ('plex = "/media"', 'plex = "/other"'),
        ('[[paths]]\nstash = "/data"\nplex = "/media"\n', ""),
    ],
)
def test_another_meaning(read: Read, old: str, new: str) -> None:
    assert old in TEXT
    assert read(TEXT.replace(old, new)).meaning() != read(TEXT).meaning()


def test_an_override_that_says_what_holds_anyway_means_nothing(read: Read) -> None:
    plain = '[plex]\nlibraries = ["Films"]\n'

    spelled = read(f'{plain}[libraries.Films.fields]\ntitle = "push"').meaning()

    assert spelled == read(plain).meaning()


def test_meaning_is_stable_across_versions(read: Read) -> None:
    """A changed digest holds the next pass of every installation."""
    assert read(TEXT).meaning() == (
        "eebe90b1c6a94ea1debb4dfc13bfa2def67bd71ab22176bd5b8d6fba4f2e6dd6"
    )


def test_a_config_without_servers_can_be_read(read: Read) -> None:
    config = read("")

    config.require()
    with pytest.raises(UserError) as told:
        config.require("stash", "plex")

    assert told.value.problems == (
        (
            f"{config.file}: stash.url is missing; "
            "write the server's address, like http://127.0.0.1:9999"
        ),
        (
            f"{config.file}: plex.url is missing; "
            "write the server's address, like http://127.0.0.1:32400"
        ),
        (
            f"{config.file}: plex.libraries is missing; "
            "name at least one library as Plex shows it"
        ),
    )


def test_only_the_servers_asked_for_are_required(read: Read) -> None:
    config = read('[stash]\nurl = "http://stash.example"')

    config.require("stash")
    with pytest.raises(UserError, match=r"plex\.url is missing"):
        config.require("plex")


def test_what_certificates_are_checked_by(read: Read) -> None:
    assert read("").plex.trust is True
    assert read("[plex]\nverify = false").plex.trust is False
    assert read('[plex]\nca_file = "/dev/null"').plex.trust == "/dev/null"


def test_reading_twice_is_equal_and_nothing_can_be_set(read: Read) -> None:
    config = read(TEXT)

    assert config == read(TEXT)
    with pytest.raises(AttributeError):
        config.file = Path()  # type: ignore[misc] # that is the point
    with pytest.raises(ValueError, match="frozen"):
        config.fields.lock = False


def test_quiet_hours_are_those_of_the_file_and_plex_s_own(read: Read) -> None:
    schedule = read("[schedule]\nquiet = ['plex', '22:00-06:00']").schedule

    assert schedule.hours == (Hours.parse("22:00-06:00"),)
    assert schedule.is_quiet_with_plex
    assert not read("[schedule]\nquiet = ['22:00-06:00']").schedule.is_quiet_with_plex
