"""Which item is written: exactly the one that holds the file, or none."""

from reconciler.core.values import Field
from tests.sandbox.plex.double import PlexDouble
from tests.sandbox.plex.model import Model
from tests.world import FILMS, World, rules


def test_scene_without_an_item_waits_and_is_delivered_when_plex_has_it(
    world: World,
) -> None:
    world.scene("glacier", in_plex=False, title="Glacier")
    assert world.reconcile().report.waiting == 1
    world.later(60)
    world.plex.add(world.section, "/media/films/glacier.mp4")

    outcome = world.reconcile()

    assert outcome.report.waiting == 0
    assert world.value("glacier", Field.TITLE) == "Glacier"


def test_waiting_costs_one_request_while_plex_does_not_change(world: World) -> None:
    world.scene("glacier", in_plex=False, title="Glacier")
    world.reconcile()

    assert dict(world.reconcile().sent) == {"stash poll": 1, "plex sections": 1}


def test_scene_without_a_file_waits_for_nothing(world: World) -> None:
    world.stash.create_scene(title="Planned")
    world.reconcile()

    assert dict(world.reconcile().sent) == {"stash poll": 1}


def test_only_what_was_added_is_listed_again(world: World) -> None:
    for number in range(3):
        world.scene(f"brook-{number}")
    world.scene("glacier", in_plex=False, title="Glacier")
    world.reconcile()
    world.later(3600)
    world.plex.add(world.section, "/media/films/glacier.mp4")

    outcome = world.reconcile()

    assert outcome.sent["plex listing"] == 2  # changed since, and added since
    assert outcome.puts == 1


def test_a_file_of_a_similar_name_is_another_file(world: World) -> None:
    world.scene("glacier", in_plex=False, title="Glacier")
    world.plex.add(world.section, "/media/films/glacier.mkv")
    world.plex.add(world.section, "/media/films/old/glacier.mp4")

    outcome = world.reconcile()

    assert (outcome.report.waiting, outcome.puts) == (1, 0)


def test_an_item_that_two_scenes_claim_is_reported_and_not_written(
    world: World,
) -> None:
    world.scene("glacier", title="Glacier")
    world.scene("glacier-wide", in_plex=False, title="Glacier, wide")
    world.plex.scanner.add_version(
        world.key("glacier"), "/media/films/glacier-wide.mp4"
    )

    outcome = world.reconcile()

    assert outcome.puts == 0
    assert outcome.report.problems == ()
    assert set(outcome.report.reasons) == {"claimed by several scenes"}
    assert world.value("glacier", Field.TITLE) == "glacier"


def test_every_file_of_a_scene_that_is_an_item_is_written(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.stash.scan_copy("/data/films/glacier-4k.mp4", scene)
    world.plex.add(world.section, "/media/films/glacier-4k.mp4")

    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier"
    assert world.value("glacier-4k", Field.TITLE) == "Glacier"


def test_the_same_file_in_two_libraries_is_written_in_both(world: World) -> None:
    world.scene("glacier", title="Glacier")
    shorts = world.plex.add_section("Shorts", "/media/films")
    world.plex.scanner.scan(shorts)
    world.rules = {FILMS: rules(), "Shorts": rules()}

    outcome = world.reconcile()

    assert outcome.puts == 2


def test_an_item_that_is_gone_is_not_written_and_its_scene_waits(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(60)
    world.plex.scanner.remove(world.section, "/media/films/glacier.mp4")
    world.plex.scanner.empty_trash(world.section)
    world.stash.update_scene(scene, title="Glacier, late")

    outcome = world.reconcile()

    assert (outcome.puts, outcome.report.waiting) == (0, 1)
    assert outcome.report.problems == ()


def test_a_rebuilt_item_is_found_by_its_path_and_written_again(world: World) -> None:
    world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(60)
    world.plex.moves.rebuild(world.section)
    assert world.value("glacier", Field.TITLE) == "glacier"

    world.reconcile(is_full=True)

    assert world.value("glacier", Field.TITLE) == "Glacier"


def test_an_item_that_holds_another_file_now_is_not_written(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(60)
    world.plex.scanner.rename(
        world.section, "/media/films/glacier.mp4", "/media/films/moraine.mp4"
    )
    world.stash.update_scene(scene, title="Glacier, late")

    outcome = world.reconcile()

    assert outcome.puts == 0
    assert world.value("moraine", Field.TITLE) == "Glacier"


def test_an_empty_listing_unbinds_nothing(world: World) -> None:
    for number in range(30):
        world.scene(f"brook-{number}", title=f"Brook {number}")
    world.reconcile()
    world.later(60)
    for number in range(30):
        world.plex.scanner.remove(world.section, f"/media/films/brook-{number}.mp4")
    world.plex.scanner.empty_trash(world.section)

    outcome = world.reconcile(is_full=True)

    (doubt,) = outcome.report.doubts
    assert (doubt.subject, doubt.is_news) == (FILMS, True)
    assert "lists 0 files where 30 were known" in doubt.reason
    assert outcome.puts == 0


def test_another_server_with_the_same_library_is_linked_anew(world: World) -> None:
    scene = world.scene("glacier", title="Glacier")
    world.reconcile()
    world.later(600)
    old = world.plex
    world.plex = PlexDouble(Model(clock=lambda: world.moment, name="Attic"))
    world.section = world.plex.add_section(FILMS, "/media/films")
    world.plex.add(world.section, "/media/films/glacier.mp4")
    world.plex_wire = world.plex.adapter()
    world.restart()
    world.stash.update_scene(scene, title="Glacier at night")

    first = world.reconcile()
    assert (first.puts, len(first.report.problems)) == (0, 1)
    world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier at night"
    (before,) = old.snapshot().values()
    assert before.values["title"] == "Glacier"
