"""Every mistake is one exact sentence; all are told at once; none shows a value."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from reconciler.config import places
from reconciler.config.keys import TABLES, VARIABLES, WHOLE
from reconciler.config.loading import load
from reconciler.core.errors import UserError

SECRET = "hunter2"
"""Stands wherever somebody may have put a secret."""


def problems(folder: Path, text: str, environ: Mapping[str, str]) -> list[str]:
    """Load *text* and return the sentences, with FILE for the file's own path."""
    file = folder / "plexsync.toml"
    file.write_text(text, encoding="utf-8")
    try:
        load(file, {"HOME": "/home/someone", **environ})
    except UserError as error:
        return [sentence.replace(str(file), "FILE") for sentence in error.problems]
    return []


FILE_MISTAKES = {
    # keys
    '[plex]\ntokn = "hunter2"': (
        "FILE: plex.tokn is not a key; did you mean plex.token?"
    ),
    '[plx]\ntoken = "hunter2"': "FILE: plx is not a key; did you mean plex?",
    '[Plex]\nToken = "hunter2"': "FILE: Plex is not a key; did you mean plex?",
    '[plex]\nToken = "hunter2"': (
        "FILE: plex.Token is not a key; did you mean plex.token?"
    ),
    'token = "hunter2"': "FILE: token is not a key; did you mean plex.token?",
    '[brake]\nhunter = "hunter2"': (
        "FILE: brake.hunter is not a key; "
        "there are overwrites, overwrites_floor, removals, removals_floor"
    ),
    '[plex]\n"odd name" = 1': (
        'FILE: plex."odd name" is not a key; there are url, connect_timeout, '
        "read_timeout, ca_file, verify, token, token_file, libraries, share, "
        "backup, scan"
    ),
    '[plex]\nlibraries = ["Films"]\n[libraries.Films.fields]\ntitel = "hunter2"': (
        "FILE: libraries.Films.fields.titel is not a key; "
        "did you mean libraries.Films.fields.title?"
    ),
    # types
    'plex = "hunter2"': "FILE: plex is not a table; write [plex] above its keys",
    "[plex]\ntoken = 5": "FILE: plex.token is not text; put it between quotes",
    '[plex]\nlibraries = "hunter2"': (
        'FILE: plex.libraries is not a list; write it like ["Films", "Shorts"]'
    ),
    '[plex]\nlibraries = ["Films", 5]': (
        "FILE: plex.libraries (entry 2) is not text; put it between quotes"
    ),
    '[plex]\nverify = "hunter2"': (
        "FILE: plex.verify is neither true nor false; write one of them"
    ),
    "[fields]\nlock = []": (
        "FILE: fields.lock is neither true nor false; write one of them"
    ),
    '[fields]\ntitle = "hunter2"': (
        "FILE: fields.title is not a policy; write push, enforce, fill or off"
    ),
    # addresses
    '[plex]\nurl = "hunter2:32400"': (
        "FILE: plex.url begins with neither http:// nor https://; "
        "put one of them before it"
    ),
    '[plex]\nurl = "http://:32400"': (
        "FILE: plex.url has no host; write it like http://127.0.0.1:9999"
    ),
    '[plex]\nurl = "http://me:hunter2@plex.example"': (
        "FILE: plex.url holds a user name or password; leave it out, "
        "the secret has its own key"
    ),
    '[plex]\nurl = "http://plex.example/?X-Plex-Token=hunter2"': (
        "FILE: plex.url holds a query or fragment; end it before the ? or #"
    ),
    '[plex]\nurl = "http://plex.example/web/index.html"': (
        "FILE: plex.url ends in /web/index.html; leave that out, "
        "the server's address is enough"
    ),
    '[stash]\nurl = "http://stash.example:9999/graphql/"': (
        "FILE: stash.url ends in /graphql; leave that out, "
        "the server's address is enough"
    ),
    '[plex]\nurl = "http://plex.example:hunter2"': (
        "FILE: plex.url is not a URL; "
        "write the server's address, like http://127.0.0.1:9999"
    ),
    '[plex]\nurl = "http://[hunter2"': (
        "FILE: plex.url is not a URL; "
        "write the server's address, like http://127.0.0.1:9999"
    ),
    '[plex]\nurl = "http://plex.example/hunter2 x"': (
        "FILE: plex.url is not a URL; "
        "write the server's address, like http://127.0.0.1:9999"
    ),
    # certificates
    '[plex]\nca_file = "hunter2.pem"': (
        "FILE: plex.ca_file is not an absolute path; "
        "begin it with / (or with ~/ where HOME is set)"
    ),
    '[plex]\nca_file = "/nowhere/hunter2.pem"': (
        "FILE: plex.ca_file names nothing that can be reached; correct the path"
    ),
    '[plex]\nca_file = "/"\nverify = false': (
        "FILE: plex.verify is false while ca_file is given; remove one of the two"
    ),
    # secrets
    '[plex]\ntoken = "hunter2"\ntoken_file = "/nowhere/hunter2"': (
        "FILE: plex.token and plex.token_file are both given; keep one of them"
    ),
    '[stash]\napi_key = "hunter2"\napi_key_file = "/nowhere/hunter2"': (
        "FILE: stash.api_key and stash.api_key_file are both given; keep one of them"
    ),
    '[plex]\ntoken_file = "/nowhere/hunter2"': (
        "FILE: plex.token_file names a file that cannot be read (no such file or "
        "directory); correct the path or let plexsync read the file"
    ),
    '[plex]\ntoken_file = "/"': (
        "FILE: plex.token_file names a file that cannot be read (is a directory); "
        "correct the path or let plexsync read the file"
    ),
    f'[plex]\ntoken_file = "/{"x" * 300}"': (
        "FILE: plex.token_file names a file that cannot be read (file name too long); "
        "correct the path or let plexsync read the file"
    ),
    f'[plex]\nca_file = "/{"x" * 300}"': (
        "FILE: plex.ca_file names nothing that can be reached; correct the path"
    ),
    '[plex]\ntoken_file = "/a\\u0000b"': (
        "FILE: plex.token_file is not an absolute path; "
        "begin it with / (or with ~/ where HOME is set)"
    ),
    '[plex]\ntoken_file = "/dev/null"': (
        "FILE: plex.token_file names an empty file; write the secret into it"
    ),
    '[plex]\ntoken_file = "hunter2"': (
        "FILE: plex.token_file is not an absolute path; "
        "begin it with / (or with ~/ where HOME is set)"
    ),
    "[plex]\ntoken_file = 5": (
        "FILE: plex.token_file is not an absolute path; "
        "begin it with / (or with ~/ where HOME is set)"
    ),
    '[plex]\ntoken = "hunter2 hunter2"': (
        "FILE: plex.token holds a character that no secret has; copy it once more"
    ),
    '[plex]\ntoken = "hunter2\\u00e9"': (
        "FILE: plex.token holds a character that no secret has; copy it once more"
    ),
    # libraries
    "[schedule]\nquiet = ['at night']": (
        "FILE: schedule.quiet (entry 1) is no stretch of hours; "
        'write it like "02:00-05:00", or "plex" for the hours of Plex\'s own '
        "maintenance"
    ),
    "[schedule]\nquiet = ['02:00-02:00']": (
        "FILE: schedule.quiet (entry 1) ends where it begins; "
        'write "00:00-24:00" for the whole day, or say `plexsync pause`'
    ),
    "[plex]\nlibraries = []": (
        "FILE: plex.libraries names no library; name at least one as Plex shows it"
    ),
    '[plex]\nlibraries = ["Films", " "]': (
        "FILE: plex.libraries has an entry without a name; "
        "name the library or remove it"
    ),
    '[plex]\nlibraries = ["Shorts", "Films", "Films"]': (
        "FILE: plex.libraries names the library of entry 2 twice; name each once"
    ),
    '[plex]\nlibraries = ["Films"]\n[libraries."My Films".fields]\ntitle = "off"': (
        'FILE: libraries."My Films" is not among plex.libraries; '
        "add it there or write it as it is there"
    ),
    "libraries = 5": (
        'FILE: libraries is not a table; write [libraries."Films".fields]'
    ),
    '[plex]\nlibraries = ["Films"]\n[libraries]\nFilms = "hunter2"': (
        'FILE: libraries.Films is not a table; write [libraries."Films".fields]'
    ),
    # paths
    '[[paths]]\nstash = "videos"\nplex = "/media"': (
        "FILE: paths.stash (mapping 1) is not an absolute path; "
        "write /videos, D:\\videos or \\\\server\\videos"
    ),
    '[[paths]]\nstash = "/videos"\nplex = "C:media"': (
        "FILE: paths.plex (mapping 1) is not an absolute path; "
        "write /videos, D:\\videos or \\\\server\\videos"
    ),
    '[[paths]]\nstash = "/videos"': (
        "FILE: paths.plex (mapping 1) is missing; each [[paths]] has a stash and a plex"
    ),
    '[[paths]]\nstash = "/v"\nplex = "/a"\n[[paths]]\nstash = "/v/"\nplex = "/b"': (
        "FILE: paths.stash (mapping 2) repeats that of mapping 1; keep one of them"
    ),
    "[[paths]]\nstash = 'D:\\v'\nplex = '/a'\n"
    "[[paths]]\nstash = 'd:/V/'\nplex = '/b'": (
        "FILE: paths.stash (mapping 2) repeats that of mapping 1; keep one of them"
    ),
    'paths = "hunter2"': (
        "FILE: paths is not a list of mappings; write [[paths]] with a stash and a "
        'plex, or in the environment [{"stash": "/videos", "plex": "/media"}]'
    ),
    'paths = ["hunter2"]': (
        "FILE: paths (mapping 1) is not a list of mappings; write [[paths]] with a "
        "stash and a plex, or in the environment "
        '[{"stash": "/videos", "plex": "/media"}]'
    ),
    # numbers
    '[schedule]\npoll = "hunter2"': (
        "FILE: schedule.poll is not a duration; "
        'write "60s", "5m", "24h" or a number of seconds'
    ),
    "[schedule]\npoll = true": (
        "FILE: schedule.poll is not a duration; "
        'write "60s", "5m", "24h" or a number of seconds'
    ),
    "[schedule]\npoll = nan": (
        "FILE: schedule.poll is not a duration; "
        'write "60s", "5m", "24h" or a number of seconds'
    ),
    "[schedule]\npoll = 0.5": (
        "FILE: schedule.poll is out of range; it can be from 1s to 7d"
    ),
    '[schedule]\npoll = "-5m"': (
        "FILE: schedule.poll is out of range; it can be from 1s to 7d"
    ),
    "[schedule]\nsweep = 59": (
        "FILE: schedule.sweep is out of range; it can be from 1m to 366d"
    ),
    '[schedule]\npoll = "2h"\nsweep = "1h"': (
        "FILE: schedule.sweep is shorter than schedule.poll; make it at least as long"
    ),
    "[stash]\nread_timeout = 0": (
        "FILE: stash.read_timeout is out of range; it can be more than 0 and up to 1h"
    ),
    "[brake]\noverwrites = 101": (
        "FILE: brake.overwrites is not a percentage; write a number from 0 to 100"
    ),
    '[brake]\nremovals = "-1%"': (
        "FILE: brake.removals is not a percentage; write a number from 0 to 100"
    ),
    "[brake]\nremovals_floor = -1": (
        "FILE: brake.removals_floor is not a count; write a whole number, 0 or more"
    ),
    "[brake]\noverwrites_floor = 1.5": (
        "FILE: brake.overwrites_floor is not a count; write a whole number, 0 or more"
    ),
    "[state]\nkeep_backups = 0": (
        "FILE: state.keep_backups is out of range; it can be from 1 to 1000"
    ),
    '[state]\nbackups = "hunter2"': (
        "FILE: state.backups is not an absolute path; "
        "begin it with / (or with ~/ where HOME is set)"
    ),
    # what others may ask, and whom to tell
    **{
        f'[health]\nlisten = "{wrong}"': (
            "FILE: health.listen is not host:port; write it like 127.0.0.1:9797"
        )
        for wrong in (
            *(":9797", "9797", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536"),
            *("::1:9797", "http://127.0.0.1:9797", "hunter2:http", "a b:9797"),
        )
    },
    "[health]\nlisten = 9797": (
        "FILE: health.listen is not host:port; write it like 127.0.0.1:9797"
    ),
    '[notify]\nurls = ["json://127.0.0.1:8080/", "hunter2"]': (
        "FILE: notify.urls has no URL in entry 2; write each like "
        "json://127.0.0.1:8080/"
    ),
    '[notify]\nurls = ["json://hunter2 hunter2"]': (
        "FILE: notify.urls has no URL in entry 1; write each like "
        "json://127.0.0.1:8080/"
    ),
    "[notify]\nurls = [5]": (
        'FILE: notify.urls is not a list; write it like ["json://127.0.0.1:8080/"]'
    ),
    "[notify]\nurls = {}": (
        'FILE: notify.urls is not a list; write it like ["json://127.0.0.1:8080/"]'
    ),
    '[notify]\nurls = ["json://hunter2/"]\nurls_file = "/nowhere/hunter2"': (
        "FILE: notify.urls and notify.urls_file are both given; keep one of them"
    ),
    '[notify]\nurls_file = "/dev/null"': (
        "FILE: notify.urls_file names an empty file; write the secret into it"
    ),
    # files
    '[state]\npath = "hunter2.db"': (
        "FILE: state.path is not an absolute path; "
        "begin it with / (or with ~/ where HOME is set)"
    ),
    '[plex]\ntoken = "hunter2"\nurl =': (
        "FILE: not TOML at end of document: invalid value; correct it there"
    ),
    "[plex]\ntoken = hunter2\nurl = 5": (
        "FILE: not TOML at line 2, column 9: invalid value; correct it there"
    ),
}


@pytest.mark.parametrize(("text", "sentence"), FILE_MISTAKES.items())
def test_a_mistake_in_the_file(tmp_path: Path, text: str, sentence: str) -> None:
    assert problems(tmp_path, text, {}) == [sentence]


VARIABLE_MISTAKES = {
    ("PLEXSYNC_PLEX__TOKN", SECRET): (
        "PLEXSYNC_PLEX__TOKN: no setting has this variable; "
        "did you mean PLEXSYNC_PLEX__TOKEN?"
    ),
    ("plexsync_plex__token", SECRET): (
        "plexsync_plex__token: no setting has this variable; "
        "did you mean PLEXSYNC_PLEX__TOKEN?"
    ),
    ("PLEXSYNC_PLEX_TOKEN", SECRET): (
        "PLEXSYNC_PLEX_TOKEN: no setting has this variable; "
        "did you mean PLEXSYNC_PLEX__TOKEN?"
    ),
    ("PLEXSYNC_FOO", SECRET): (
        "PLEXSYNC_FOO: no setting has this variable; "
        "variables are named like PLEXSYNC_PLEX__URL"
    ),
    ("PLEXSYNC_PLEX", '{"token": "hunter2"}'): (
        "PLEXSYNC_PLEX: no setting has this variable; did you mean PLEXSYNC_PLEX__URL?"
    ),
    ("PLEXSYNC_SCHEDULE__POLL", SECRET): (
        "PLEXSYNC_SCHEDULE__POLL: schedule.poll is not a duration; "
        'write "60s", "5m", "24h" or a number of seconds'
    ),
    ("PLEXSYNC_FIELDS__LOCK", SECRET): (
        "PLEXSYNC_FIELDS__LOCK: fields.lock is neither true nor false; "
        "write one of them"
    ),
    ("PLEXSYNC_FIELDS__TITLE", SECRET): (
        "PLEXSYNC_FIELDS__TITLE: fields.title is not a policy; "
        "write push, enforce, fill or off"
    ),
    ("PLEXSYNC_BRAKE__REMOVALS_FLOOR", "9" * 5000): (
        "PLEXSYNC_BRAKE__REMOVALS_FLOOR: brake.removals_floor is not a count; "
        "write a whole number, 0 or more"
    ),
    ("PLEXSYNC_PLEX__LIBRARIES", "Films,,Shorts"): (
        "PLEXSYNC_PLEX__LIBRARIES: plex.libraries has an entry without a name; "
        "name the library or remove it"
    ),
    ("PLEXSYNC_PLEX__LIBRARIES", "[5]"): (
        "PLEXSYNC_PLEX__LIBRARIES: plex.libraries (entry 1) is not text; "
        "put it between quotes"
    ),
    ("PLEXSYNC_PLEX__TOKEN", f"{SECRET}\udcff"): (
        "PLEXSYNC_PLEX__TOKEN: plex.token holds a character that no secret has; "
        "copy it once more"
    ),
    ("PLEXSYNC_PLEX__TOKEN", f"{SECRET} {SECRET}"): (
        "PLEXSYNC_PLEX__TOKEN: plex.token holds a character that no secret has; "
        "copy it once more"
    ),
    ("PLEXSYNC_PLEX__TOKEN_FILE", f"/nowhere/{SECRET}"): (
        "PLEXSYNC_PLEX__TOKEN_FILE: plex.token_file names a file that cannot be read "
        "(no such file or directory); correct the path or let plexsync read the file"
    ),
    ("PLEXSYNC_STASH__CA_FILE", f"~{SECRET}"): (
        "PLEXSYNC_STASH__CA_FILE: stash.ca_file is not an absolute path; "
        "begin it with / (or with ~/ where HOME is set)"
    ),
    ("PLEXSYNC_NOTIFY__URLS", f"json://a/ {SECRET}"): (
        "PLEXSYNC_NOTIFY__URLS: notify.urls has no URL in entry 2; write each like "
        "json://127.0.0.1:8080/"
    ),
    ("PLEXSYNC_HEALTH__LISTEN", SECRET): (
        "PLEXSYNC_HEALTH__LISTEN: health.listen is not host:port; "
        "write it like 127.0.0.1:9797"
    ),
    ("PLEXSYNC_PATHS", SECRET): (
        "PLEXSYNC_PATHS: paths is not a list of mappings; write [[paths]] with a stash "
        'and a plex, or in the environment [{"stash": "/videos", "plex": "/media"}]'
    ),
    ("PLEXSYNC_PATHS", '[{"stash": "hunter2", "plex": "/media"}]'): (
        "PLEXSYNC_PATHS: paths.stash (mapping 1) is not an absolute path; "
        "write /videos, D:\\videos or \\\\server\\videos"
    ),
    ("PLEXSYNC_LIBRARIES", SECRET): (
        'PLEXSYNC_LIBRARIES: libraries is not a table; write [libraries."Films".fields]'
    ),
    ("PLEXSYNC_LIBRARIES", '{"Films": {"fields": {"title": "fill"}}}'): (
        "PLEXSYNC_LIBRARIES: libraries.Films is not among plex.libraries; "
        "add it there or write it as it is there"
    ),
}


@pytest.mark.parametrize(("variable", "sentence"), VARIABLE_MISTAKES.items())
def test_a_mistake_in_the_environment(
    tmp_path: Path, variable: tuple[str, str], sentence: str
) -> None:
    name, value = variable

    assert problems(tmp_path, "", {name: value}) == [sentence]


def test_no_sentence_shows_a_secret() -> None:
    for sentence in (*FILE_MISTAKES.values(), *VARIABLE_MISTAKES.values()):
        assert SECRET not in sentence


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = """
    [stash]
    url = "stash.example"
    apikey = "hunter2"
    [plex]
    token = "hunter2"
    token_file = "/nowhere"
    ca_file = "/nowhere"
    libraries = ["Films", "Films"]
    [schedule]
    poll = "soon"
    [fields]
    title = "mine"
    [libraries.Shorts.fields]
    title = "theirs"
    [[paths]]
    stash = "/videos"
    plex = "media"
    [[paths]]
    stash = "/videos"
    """
    environ = {"PLEXSYNC_BRAKE__REMOVAL": "1", "PLEXSYNC_BRAKE__REMOVALS": "many"}

    told = problems(tmp_path, text, environ)

    assert sorted(sentence.split(" ")[1] for sentence in told) == [
        "brake.removals",
        "fields.title",
        "libraries.Shorts",
        "libraries.Shorts.fields.title",
        "no",  # ... setting has this variable
        "paths.plex",
        "paths.plex",
        "paths.stash",
        "plex.ca_file",
        "plex.libraries",
        "plex.token",
        "schedule.poll",
        "stash.apikey",
        "stash.url",
    ]


def misuses() -> Iterator[tuple[str, dict[str, str]]]:
    """Put a secret under every key and variable, mistyped ones too."""
    wrong = (f'"{SECRET}"', f'["{SECRET}"]', f'{{ x = "{SECRET}" }}')
    for section in TABLES[()]:
        for value in wrong:
            yield f"{section} = {value}", {}
            yield f"{section}s = {value}", {}
    for table, names in TABLES.items():
        if len(table) == 1 and table[0] not in WHOLE:
            for name in names:
                for value in wrong:
                    yield f"[{table[0]}]\n{name} = {value}", {}
                    yield f"[{table[0]}]\n{name}x = {value}", {}
    for variable in VARIABLES:
        yield "", {variable: SECRET}
        yield "", {variable: f'["{SECRET}"]'}
        yield "", {variable: f'{{"x": "{SECRET}"}}'}
        yield "", {f"{variable}X": SECRET}


def test_a_secret_under_any_key_is_never_shown(tmp_path: Path) -> None:
    told = [each for text, env in misuses() for each in problems(tmp_path, text, env)]

    assert len(told) > 200
    for sentence in told:
        assert SECRET not in sentence
        assert re.fullmatch(r"(FILE|plexsync_\w+): .+[;:] .+", sentence, re.IGNORECASE)


def test_a_credential_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "plex_token").write_text("\n")
    (tmp_path / "stash_api_key").write_bytes(b"\xff\xfe")

    told = problems(tmp_path, "", {"CREDENTIALS_DIRECTORY": str(tmp_path)})

    assert told == [
        (
            f"{tmp_path}/stash_api_key: stash.api_key_file names a file that is not "
            "text; write the secret and nothing else into it"
        ),
        (
            f"{tmp_path}/plex_token: plex.token_file names an empty file; "
            "write the secret into it"
        ),
    ]


def test_a_secret_from_a_file_that_no_server_can_take(tmp_path: Path) -> None:
    named = tmp_path / "token"
    named.write_text(f"{SECRET}\n{SECRET}\n")

    told = problems(tmp_path, "", {"PLEXSYNC_PLEX__TOKEN_FILE": str(named)})

    assert told == [
        (
            "PLEXSYNC_PLEX__TOKEN_FILE: plex.token holds a character that no secret "
            "has; copy it once more"
        )
    ]


def test_a_variable_does_not_hide_that_its_table_is_none(tmp_path: Path) -> None:
    told = problems(tmp_path, f'plex = "{SECRET}"', {"PLEXSYNC_PLEX__TOKEN": "x"})

    assert told == ["FILE: plex is not a table; write [plex] above its keys"]


def test_no_home_and_no_state_folder(tmp_path: Path) -> None:
    file = tmp_path / "plexsync.toml"
    file.write_text("")

    with pytest.raises(UserError) as told:
        load(file, {})

    assert told.value.problems == (
        (
            f"{file}: state.path is missing; "
            "name a file, as neither STATE_DIRECTORY nor HOME is set"
        ),
    )


def test_no_file_in_the_usual_places(tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        places.first((tmp_path / "a", tmp_path / "b"))

    (sentence,) = told.value.problems
    assert sentence.startswith(
        f"no configuration: looked for {tmp_path}/a and {tmp_path}/b; "
        "copy the example plexsync.toml"
    )
    assert sentence.endswith(f"to {tmp_path}/a and fill it in")


@pytest.mark.parametrize("named_by", ["--config", "PLEXSYNC_CONFIG"])
def test_a_named_file_that_is_not_there(tmp_path: Path, named_by: str) -> None:
    file = tmp_path / "plexsync.toml"
    is_argument = named_by == "--config"

    with pytest.raises(UserError) as told:
        load(
            file if is_argument else None,
            {"PLEXSYNC_FOO": SECRET} | ({} if is_argument else {named_by: str(file)}),
        )

    assert told.value.problems[0].startswith(
        f"{file}: no such file can be reached, {named_by} names it; copy the example"
    )
    assert told.value.problems[1].startswith("PLEXSYNC_FOO: no setting")


def test_a_place_that_cannot_be_looked_at_is_passed_over(tmp_path: Path) -> None:
    there = tmp_path / "plexsync.toml"
    there.touch()

    assert places.first((tmp_path / ("x" * 300), there)) == there


def test_a_folder_in_the_file_s_place(tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        load(tmp_path, {})

    assert told.value.problems == (
        (
            f"{tmp_path}: cannot be read: is a directory; "
            "name a file that plexsync may read"
        ),
    )


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "plexsync.toml"
    file.write_bytes(b"# caf\xe9")

    with pytest.raises(UserError) as told:
        load(file, {})

    assert told.value.problems == (
        f"{file}: byte 5 is not UTF-8; save the file as UTF-8",
    )
