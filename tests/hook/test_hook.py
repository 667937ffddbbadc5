"""What `plexsync-hook` leaves in the spool, and what it says to Stash."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.config.keys import VARIABLES
from reconciler.hook import HIGHEST, POLL, ROOM, SCENE, answer, scene_of
from reconciler.hook import VARIABLES as OF_HOOK
from tests.hook.events import event, updated

NAMED = {"PLEXSYNC_HOOK__SPOOL": "", "STASH_PLUGIN_DATA": "", "PLEXSYNC_CONFIG": "/-"}
"""An environment that names nothing."""


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


def heard(
    said: bytes, *arguments: str, environ: Mapping[str, str] = NAMED, piece: int = 4096
) -> str:
    """Run the hook on an event that comes in pieces; give what it says to Stash."""
    pieces = iter([said[i : i + piece] for i in range(0, len(said), piece)])
    answered = json.loads(answer(arguments, environ, lambda: next(pieces, b"")))
    assert answered.keys() == {"output"}
    output = answered["output"]
    assert isinstance(output, str)
    return output


def left(spool: Path) -> set[str]:
    return {path.name for path in spool.iterdir()}


@pytest.mark.parametrize(
    "kind",
    [
        "Scene.Create.Post",
        "Scene.Update.Post",
        "Scene.Destroy.Post",
        "Scene.Merge.Post",  # no Stash has it yet
    ],
)
def test_an_event_of_a_scene_leaves_an_empty_file_by_its_id(
    spool: Path, kind: str
) -> None:
    said = heard(event(kind, 45), "--spool", str(spool))

    assert said == "left plexsync-scene-45"
    (file,) = spool.iterdir()
    assert file.name == f"{SCENE}45"
    assert file.stat().st_size == 0


def test_of_a_scene_that_is_gone_no_name_is_left_or_said(spool: Path) -> None:
    path = "/data/films/glacier.mp4"
    gone = {"id": "6", "checksum": "", "oshash": "51db095ffe315c9d", "path": path}

    said = heard(event("Scene.Destroy.Post", 6, gone), f"--spool={spool}")

    assert left(spool) == {f"{SCENE}6"}
    assert "glacier" not in said


@pytest.mark.parametrize(
    "said",
    [
        event("SceneMarker.Update.Post", 45),
        event("Performer.Update.Post", 45),
        event("Tag.Merge.Post", 45),
        event("Scene", 45),
        event("Scene.Update.Post", 0),
        event("Scene.Update.Post", -1),
        event("Scene.Update.Post", HIGHEST + 1),
        event("Scene.Update.Post", "45"),
        event("Scene.Update.Post", "../45"),
        event("Scene.Update.Post", 45.0),
        event("Scene.Update.Post", True),  # noqa: FBT003 - what JSON may say
        event("Scene.Update.Post", None),
        event("Scene.Update.Post", [45]),
        b'{"args": {"hookContext": {"type": "Scene.Update.Post"}}}',
        b'{"args": {"hookContext": {"id": 45, "type": 7}}}',
        b'{"args": {"hookContext": [45]}}',
        b'{"args": {"mode": "task"}}',
        b'{"args": null}',
        b"[]",
        b"null",
    ],
)
def test_what_is_not_about_a_scene_leaves_nothing(spool: Path, said: bytes) -> None:
    assert heard(said, "--spool", str(spool)).startswith("nothing to do")
    assert left(spool) == set()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0",
        b"\xff\xfe",
        b"Scene.Update.Post 45",
        updated(45)[:-1],
        b'{"args": {"hookContext": {"id": ' + b"9" * 5000 + b"}}}",
        b"[" * 100_000,
    ],
)
def test_what_is_no_event_is_no_error_of_stash_s(spool: Path, said: bytes) -> None:
    assert heard(said, "--spool", str(spool)).startswith("nothing was left")
    assert left(spool) == set()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["args", "hookContext", "id", "type", "input"]), inner
        )
    ),
    max_leaves=10,
)


@given(event=anything)
def test_whatever_json_says_it_is_about_a_scene_that_may_exist_or_none(
    event: object,
) -> None:
    scene = scene_of(event)

    assert scene is None or 0 < scene <= HIGHEST


@given(said=st.binary(max_size=200), spool=st.text(max_size=20))
def test_whatever_comes_stash_gets_an_answer(said: bytes, spool: str) -> None:
    """In a folder that may be no folder, or a path that no system takes."""
    heard(said, "--spool", f"/dev/null/{spool}")
    heard(updated(1), "--spool", f"/dev/null/{spool}")


def test_an_event_may_come_in_pieces_with_a_picture_in_it(spool: Path) -> None:
    picture = {"cover_image": "data:image/jpeg;base64," + "A" * 3_000_000}

    heard(event("Scene.Update.Post", 45, picture), "--spool", str(spool), piece=65_536)

    assert left(spool) == {f"{SCENE}45"}


def test_an_event_too_long_to_be_read_in_asks_for_a_poll(spool: Path) -> None:
    picture = {"cover_image": "A" * 5_000_000}

    heard(event("Scene.Update.Post", 45, picture), "--spool", str(spool), piece=65_536)

    assert left(spool) == {POLL}


def test_edits_of_one_scene_leave_one_file(spool: Path) -> None:
    for scene in (7, 8, 7, 7, 8):
        heard(updated(scene), "--spool", str(spool))

    assert left(spool) == {f"{SCENE}7", f"{SCENE}8"}


def test_a_full_spool_gets_one_more_file_that_asks_for_a_poll(spool: Path) -> None:
    for number in range(ROOM - 1):
        (spool / f"{number}").touch()

    said = [heard(updated(scene), "--spool", str(spool)) for scene in (1, 2, 3)]

    assert left(spool) - {f"{n}" for n in range(ROOM)} == {f"{SCENE}1", POLL}
    assert said == [f"left {SCENE}1", f"left {POLL}", f"left {POLL}, as another has"]


@pytest.mark.parametrize("is_dangling", [True, False])
def test_a_link_that_was_planted_is_not_followed(
    spool: Path,
    tmp_path: Path,
    is_dangling: bool,  # noqa: FBT001 - a parameter of pytest's
) -> None:
    other = tmp_path / "of-somebody-else"
    if not is_dangling:
        other.write_text("theirs", encoding="utf-8")
    (spool / f"{SCENE}45").symlink_to(other)

    said = heard(updated(45), "--spool", str(spool))

    assert said.endswith("as another has")
    assert other.exists() is not is_dangling
    assert is_dangling or other.read_text(encoding="utf-8") == "theirs"


def test_a_pipe_that_was_planted_keeps_nobody_waiting(spool: Path) -> None:
    os.mkfifo(spool / f"{SCENE}45")

    assert heard(updated(45), "--spool", str(spool)).endswith("as another has")


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Whoever made it would have to let the daemon take files out of it."""
    said = heard(updated(45), "--spool", str(tmp_path / "none"))

    assert said.startswith("nothing was left: [Errno 2] No such file or directory")
    assert left(tmp_path) == set()


# which folder it is


def configured(tmp_path: Path, text: str) -> dict[str, str]:
    file = tmp_path / "plexsync.toml"
    file.write_text(text, encoding="utf-8")
    return {"PLEXSYNC_CONFIG": str(file), "HOME": str(tmp_path)}


def test_the_variable_of_the_spool_is_that_of_its_key() -> None:
    assert VARIABLES["PLEXSYNC_HOOK__SPOOL"] == ("hook", "spool")


def test_who_names_the_spool_first_is_heeded(tmp_path: Path) -> None:
    """The flag, our variable, Stash's, the configuration."""
    flag, ours, plugins, config = (tmp_path / n for n in ("f", "o", "p", "c"))
    environ = configured(tmp_path, f'[hook]\nspool = "{config}"')
    for folder in (flag, ours, plugins, config):
        folder.mkdir()

    heard(updated(4), environ=environ)
    environ["STASH_PLUGIN_DATA"] = str(plugins)
    heard(updated(3), environ=environ)
    environ["PLEXSYNC_HOOK__SPOOL"] = str(ours)
    heard(updated(2), environ=environ)
    heard(updated(1), "--spool", str(flag), environ=environ)

    found = [left(folder) for folder in (flag, ours, plugins, config)]
    assert found == [{f"{SCENE}{n}"} for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("is_configured", [True, False])
def test_a_leading_tilde_is_home(
    tmp_path: Path,
    spool: Path,
    is_configured: bool,  # noqa: FBT001 - a parameter of pytest's
) -> None:
    text = '[hook]\nspool = "~/spool"' if is_configured else ""
    environ = configured(tmp_path, text)
    if not is_configured:
        environ["PLEXSYNC_HOOK__SPOOL"] = "~/spool"

    heard(updated(45), environ=environ)

    assert left(spool) == {f"{SCENE}45"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hook = 7",
        "[hook]\nspool = 7",
        "[hook]\nspool = ''",
        "[hook",
        "[stash]\nurl = 'http://stash.example'",
    ],
)
def test_a_configuration_that_names_none_is_no_error(tmp_path: Path, text: str) -> None:
    said = heard(updated(45), environ=configured(tmp_path, text))

    assert said == "nothing was left: no spool is named"


def test_a_path_that_no_system_takes_is_no_error(tmp_path: Path) -> None:
    environ = configured(tmp_path, '[hook]\nspool = "/tmp/\\u0000"')

    assert heard(updated(45), environ=environ).startswith("nothing was left")


def test_the_manual_is_about_what_is_there() -> None:
    text = (Path(__file__).parents[2] / "docs/hook.md").read_text(encoding="utf-8")

    triggers = re.findall(r"^ +- (\w+\.\w+\.Post)$", text, re.MULTILINE)

    assert triggers == [
        f"Scene.{what}.Post" for what in ("Create", "Update", "Destroy")
    ]
    for name in (SCENE, POLL, f"{ROOM:,}", *(f"${one}" for one in OF_HOOK)):
        assert name in text, name
