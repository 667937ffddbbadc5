"""`check` says which scenes match, why the others do not, and what would mend it."""

import pytest

from tests.cli.desk import WRONG, Desk


def add(desk: Desk, path: str, *items: str) -> int:
    """Make a scene of a file, and items of others."""
    scene = desk.stash.scan_new_file(path)
    for item in items:
        desk.plex.add(desk.section, item)
    return scene


def test_all_is_well(desk: Desk) -> None:
    desk.scene("one")

    said = desk.done("check")

    stash, plex = desk.stash_server.url, desk.plex_server.url
    assert said.out.splitlines() == [
        f"configuration  {desk.config} is in order",
        f"state          {desk.state}",
        f"stash          v0.30.1 at {stash}, 1 scene",
        f"plex           Sandbox {desk.plex.model.version} at {plex}: Films",
        "scenes: 1 of 1 (100%) have an item in Plex",
        "  1  one item holds its file",
    ]
    assert not desk.state.exists()


def test_an_empty_stash_is_no_division(desk: Desk) -> None:
    assert "0 of 0" in desk.done("check").out


def test_each_standing_is_counted_and_shown(desk: Desk) -> None:
    desk.scene("one")
    missing = add(desk, "/data/films/gone.mp4")
    bare = desk.stash.create_scene(title="No file")
    twin = desk.scene("twin")
    other = add(desk, "/data/films/twin-2.mp4")
    version = desk.plex.add(desk.section, "/media/films/twin-2.mp4")
    desk.plex.moves.merge(desk.key("twin"), [version])
    several = desk.scene("several")
    desk.stash.scan_copy("/data/films/several-2.mp4", several)
    desk.plex.add(desk.section, "/media/films/several-2.mp4")

    matches = desk.done("check", "--json").document["matches"]
    said = desk.done("check").out

    assert matches["counts"] == {
        "one item holds its file": 1,
        "no item holds its file": 1,
        "has no file in stash": 1,
        "shares its item with another scene": 2,
        "several items hold its files: each is written": 1,
    }
    assert matches["matched"] == 2
    shown = {(sample["scene"], sample["standing"]) for sample in matches["samples"]}
    assert shown == {
        (missing, "no item holds its file"),
        (bare, "has no file in stash"),
        (twin, "shares its item with another scene"),
        (other, "shares its item with another scene"),
        (several, "several items hold its files: each is written"),
    }
    assert "no item holds its file, for example\n" in said
    assert "/data/films/gone.mp4  /media/films/gone.mp4\n" in said


@pytest.mark.parametrize(
    ("files", "items", "hint"),
    [
        pytest.param(
            ["/old/clips/a.mp4", "/old/clips/b.mp4"],
            ["/media/films/clips/a.mp4"],
            ("/old", "/media/films", 2, False),
            id="a folder without a mapping",
        ),
        pytest.param(
            ["/data/films/a.mp4"],
            ["/media/films/more/a.mp4"],
            ("/data/films", "/media/films/more", 1, True),
            id="a mapping to another folder",
        ),
        pytest.param(
            ["/data/films/x/y/a.mp4"],
            ["/media/films/else/x/y/a.mp4"],
            ("/data/films", "/media/films/else", 1, True),
            id="not above the folder that is mapped, which would win",
        ),
        pytest.param(
            ["/data/films/x/a.mp4"],
            ["/media/films/z/a.mp4"],
            ("/data/films/x", "/media/films/z", 1, False),
            id="a folder below the one that is mapped",
        ),
        pytest.param(
            ["/a.mp4"],
            ["/media/films/a.mp4"],
            ("/", "/media/films", 1, False),
            id="the root",
        ),
    ],
)
def test_a_hint_is_a_mapping_that_works(
    desk: Desk, files: list[str], items: list[str], hint: tuple[object, ...]
) -> None:
    """Taken over as it is printed, it gives the scenes their items."""
    scenes = [add(desk, path) for path in files]
    for item in items:
        desk.plex.add(desk.section, item)

    (found,) = desk.run("check", "--json").document["matches"]["hints"]
    refused = desk.run("check")
    said = refused.out

    assert refused.code == 2
    assert refused.errors[0].endswith(
        "has to say which are the same; the hint says which"
    )
    assert tuple(found.values()) == hint
    pair = f'    stash = "{found["stash"]}"\n    plex = "{found["plex"]}"\n'
    assert f"    [[paths]]\n{pair}" in said
    desk.pairs = [p for p in desk.pairs if p[0] != found["stash"]]
    desk.pairs.append((found["stash"], found["plex"]))
    desk.configure()
    matches = desk.done("check", "--json").document["matches"]
    assert matches["matched"] == len(items)
    assert matches["scenes"] == len(scenes)


def test_a_file_that_another_scene_has_is_no_hint(desk: Desk) -> None:
    desk.scene("cover")
    add(desk, "/other/cover.mp4")

    matches = desk.done("check", "--json").document["matches"]

    assert matches["counts"]["no item holds its file"] == 1
    assert matches["hints"] == []


def test_samples_are_of_different_folders(desk: Desk) -> None:
    for number in range(8):
        add(desk, f"/data/films/many/{number}.mp4")
    add(desk, "/data/films/few/1.mp4")

    samples = desk.done("check", "--json").document["matches"]["samples"]

    assert len(samples) == 5
    assert "/data/films/few/1.mp4" in [sample["stash"] for sample in samples]


def test_windows_paths_are_printed_as_toml(desk: Desk) -> None:
    desk.stash.separator = "\\"
    add(desk, "D:\\clips\\a.mp4", "/media/films/a.mp4")

    said = desk.run("check").out

    assert "    stash = 'D:\\clips'\n    plex = \"/media/films\"\n" in said


def test_no_match_without_a_hint_says_what_to_compare(desk: Desk) -> None:
    add(desk, "/data/films/a.mp4", "/media/films/b.mp4")

    said = desk.run("check")

    assert said.code == desk.run("check", "--json").document["exit_code"] == 2
    assert said.errors == [
        (
            "error: not one scene has an item, of 1, and plex has 1 file: the two know"
            " their files by different paths, and [[paths]] has to say which are the"
            " same; compare a path in stash with that of the same file in plex"
        )
    ]


def test_scenes_whose_files_plex_has_not_scanned_yet_are_no_fault(desk: Desk) -> None:
    add(desk, "/data/films/a.mp4")
    desk.stash.create_scene(title="No file")

    assert "0 of 2 (0%) have an item" in desk.done("check").out


def test_what_is_not_believed_is_told_and_kept_nowhere(desk: Desk) -> None:
    desk.scene("one")
    desk.done("reconcile")
    desk.stash.destroy_scenes(1)

    said = desk.run("check")
    document = desk.run("check", "--json").document

    assert (said.code, document["exit_code"]) == (3, 3)
    assert "doubted: stash lists no scenes where 1 are known" in said.err
    assert list(document["doubts"]) == ["stash"]
    assert desk.done("status", "--json").document["doubts"] == {}


def test_a_library_that_plex_has_no_more_is_named_as_reconcile_does(
    desk: Desk,
) -> None:
    desk.scene("one")
    desk.done("reconcile")
    desk.plex.model.sections[desk.section].title = "Filmz"

    said = desk.run("check")
    document = desk.run("check", "--json").document

    told = 'plex has no library "Films"; it has "Filmz", "Shorts"'
    assert said.errors == [f"error: {told}: correct [plex] libraries"]
    assert (said.code, document["exit_code"]) == (2, 2)
    assert document["plex"]["missing"] == document["plex"]["libraries"] == ["Films"]
    assert ": none of the libraries\n" in said.out
    assert "have an item" not in said.out
    reconciled = desk.run("reconcile", "--full")
    assert (reconciled.code, reconciled.errors) == (said.code, said.errors)


def test_a_library_that_is_there_is_named_beside_one_that_is_not(desk: Desk) -> None:
    desk.configure(plex={"libraries": ["Films", "Filmz"]})

    said = desk.run("check")

    assert said.code == 2
    assert said.out.splitlines()[-1].endswith(": Films")


def test_a_server_that_fails_comes_before_a_library_that_is_not_there(
    desk: Desk,
) -> None:
    desk.configure(plex={"libraries": ["Filmz"]})
    desk.stash_server.stop()

    said = desk.run("check")

    desk.stash_server.start()
    assert (said.code, len(said.errors)) == (1, 2)


@pytest.mark.parametrize("left", [0, 5])
def test_a_library_that_lists_far_less_than_known_is_not_counted(
    desk: Desk, left: int
) -> None:
    for number in range(24):
        desk.scene(f"reel-{number}")
    desk.done("reconcile")
    for number in range(left, 24):
        path = f"/media/films/reel-{number}.mp4"
        desk.plex.scanner.remove(desk.section, path)

    said = desk.run("check")
    document = desk.run("check", "--json").document

    words = f'the library "Films" lists {left} files where 24 were known'
    assert f"doubted: {words}" in said.err
    assert "have an item" not in said.out
    assert (said.code, document["exit_code"]) == (3, 3)
    assert document["matches"] is None
    assert document["doubts"]["Films"].startswith(words)
    assert desk.done("status", "--json").document["doubts"] == {}


def test_a_stash_without_scenes_is_not_counted(desk: Desk) -> None:
    """Whether or not a pass has met it before."""
    desk.scene("one")
    desk.done("reconcile")
    desk.stash.destroy_scenes(1)

    first = desk.run("check")
    desk.run("reconcile")
    again = desk.run("check")

    for said in (first, again):
        assert said.code == 3
        assert "doubted: stash lists no scenes where 1 are known" in said.err
        assert "have an item" not in said.out


def test_both_servers_are_asked_though_one_fails(desk: Desk) -> None:
    desk.stash_server.stop()
    desk.plex_server.stop()

    said = desk.run("check")

    desk.stash_server.start()
    desk.plex_server.start()
    assert (said.code, len(said.errors)) == (1, 2)
    assert "configuration" in said.out


def test_looking_writes_nothing(desk: Desk) -> None:
    desk.scene("one")
    desk.done("reconcile")
    before, items = desk.state.read_bytes(), desk.plex.snapshot()
    desk.stash.update_scene(1, title="Edited")

    for command in ("plan", "check", "status"):
        desk.done(command)
        desk.done(command, "--json")

    assert desk.state.read_bytes() == before
    assert desk.plex.snapshot() == items


def test_a_url_that_nobody_can_be_told_by_is_a_mistake(desk: Desk) -> None:
    desk.scene("one")
    desk.configure(notify={"urls": ["json://127.0.0.1:9/", f"nothing://{WRONG}"]})

    said = desk.run("check")

    assert said.code == 2
    (sentence,) = said.errors
    assert sentence.startswith(f"error: {desk.config}: notify.urls (entry 2) is no URL")
    desk.configure(notify={"urls": ["json://127.0.0.1:9/"]})
    assert desk.done("check").code == 0
