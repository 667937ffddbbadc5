"""The laws, asked of what no stamp tells: names, absence, items that change hands."""

import json
from dataclasses import replace
from pathlib import Path

from reconciler.core.brake import Limits
from reconciler.core.values import Field, SceneId
from reconciler.engine.doubting import approve_doubt
from reconciler.engine.errands import Undo
from state.ledger import Ledger
from tests.crash.test_laws import crashed
from tests.sandbox.server import Fault, Request, Response, What
from tests.world import World

FEW = Limits(overwrites_floor=10**9, removals_floor=2)
WHOLE = (0, 1)
_NO_ROWS = Response(
    headers=(("Content-Type", "application/json"),),
    body=json.dumps({"data": {"findScenes": {"scenes": []}}}).encode(),
    kind="graphql",
)


def _brooks(world: World, count: int) -> World:
    nature = world.stash.create_tag("Nature")
    for number in range(count):
        world.scene(f"brook-{number}", title=f"Brook {number}", tag_ids=(nature,))
    world.reconcile()
    world.later(600)
    world.reconcile()
    world.later(600)
    return world


def _tombstones(world: World) -> int:
    with Ledger(world.state) as ledger:
        return ledger.scenes.tombstones()


def _believe(world: World) -> None:
    with Ledger(world.state) as ledger:
        approve_doubt(ledger, "stash")


def _fill_anew(world: World) -> None:
    """Export and import all there is: the films come behind a new one, in its order."""
    world.scene("alder", in_plex=False, title="Alder")
    for _ in world.stash.metadata_import(world.stash.backup()):
        world.later(60)


def _is_listing(request: Request) -> bool:
    return b"query Rows" in request.body


def test_law_1_a_rename_crashed_anywhere_reaches_every_scene(tmp_path: Path) -> None:
    """Long after the crash, when the rename is no news any more."""

    def renamed(folder: Path) -> World:
        world = _brooks(World(folder=folder), 3)
        world.stash.update_tag(1, name="Outdoors")
        world.plex_wire.up = False
        return world

    for world in crashed(tmp_path, renamed, World.reconcile):
        world.plex_wire.up = True
        world.later(48 * 3600)
        world.stash.update_tag(world.stash.create_tag("Later"), name="Later still")

        world.reconcile()

        for number in range(3):
            assert world.value(f"brook-{number}", Field.GENRES) == ("Outdoors",)


def test_law_1_as_many_jobs_after_a_restart_as_before_hide_nothing(
    world: World,
) -> None:
    _brooks(world, 1)
    world.later(48 * 3600)
    world.stash.create_tag("Later")  # the file is no news any more
    world.stash.jobs.finish(world.stash.jobs.start("Scanning..."))
    world.reconcile()
    world.later(600)
    world.stash.jobs.restart()
    world.stash.scan_renamed_folder("/data/films", "/data/reels")
    world.stash.jobs.finish(world.stash.jobs.start("Scanning..."))

    world.reconcile()

    with Ledger(world.state) as ledger:
        assert ledger.scenes.files([1]) == {1: {1: "/data/reels/brook-0.mp4"}}


def test_law_1_what_a_merged_scene_does_not_say_goes_from_its_new_item(
    world: World,
) -> None:
    _brooks(world, 2)
    world.stash.update_scene(2, tag_ids=())
    world.reconcile()
    world.later(600)
    world.stash.merge_scenes([1], 2)

    world.reconcile()
    world.reconcile()

    assert world.value("brook-0", Field.TITLE) == "Brook 1"
    assert world.value("brook-0", Field.GENRES) == ()


def test_law_1_one_item_of_the_future_hides_no_other(world: World) -> None:
    _brooks(world, 1)
    world.scene("glacier", in_plex=False, title="Glacier")
    item = world.plex.model.items[world.key("brook-0")]
    item.updated_at = int(world.moment) + 30 * 86400
    world.plex.add(world.section, "/media/films/other.mp4")
    world.reconcile()
    world.later(600)
    world.plex.add(world.section, "/media/films/glacier.mp4")

    outcome = world.reconcile()

    assert world.value("glacier", Field.TITLE) == "Glacier"
    # what was changed and what was added since: not everything, which is one request
    assert outcome.sent["plex listing"] == 2


def test_law_2_a_sweep_of_what_is_as_it_was_writes_nothing_anywhere(
    world: World,
) -> None:
    _brooks(world, 3)
    world.reconcile(part=WHOLE)
    before = world.state.read_bytes()

    # the first slice of a round lists everything as well, and writes that down
    outcome = world.reconcile(part=(1, 2))

    assert outcome.puts == 0
    assert outcome.report.pass_id is None
    assert world.state.read_bytes() == before


def test_law_3_an_id_that_is_another_scenes_brings_no_memories(world: World) -> None:
    """What a person took out of one film is not out of the other."""
    _brooks(world, 1)
    world.plex.person.untag(world.key("brook-0"), "genre", "Nature")
    world.reconcile(part=WHOLE)
    world.later(600)
    file = world.stash.add_file("/data/films/moor.mp4")
    world.plex.add(world.section, "/media/films/moor.mp4")
    row = replace(
        world.stash.scenes[1],
        title="Moor",
        file_ids=(file,),
        updated_at=world.stash.now(),
    )
    world.stash.scenes.replace_all({1: row}, 1)

    world.reconcile(is_full=True)

    assert world.value("moor", Field.TITLE) == "Moor"
    assert world.value("moor", Field.GENRES) == ("Nature",)


def test_law_3_what_is_ours_on_an_item_stays_ours_under_another_scene(
    world: World,
) -> None:
    _brooks(world, 2)
    world.plex.person.tag(world.key("brook-0"), "genre", "Foreign", lock=False)
    file = world.stash.scenes[1].file_ids
    world.stash.destroy_scenes(1)
    world.reconcile()
    world.later(600)
    new = world.stash.create_scene(file_ids=file, title="Brook", tag_ids=(1,))
    world.reconcile()
    world.later(600)

    world.stash.update_scene(new, tag_ids=())
    world.reconcile()

    assert world.value("brook-0", Field.GENRES) == ("Foreign",)


def test_law_8_a_listing_that_the_census_contradicts_tells_nothing(
    world: World,
) -> None:
    _brooks(world, 10)
    world.limits = FEW
    world.stash.destroy_scenes(4)
    world.stash_wire.faults.add(
        Fault(what=What.ANSWERED, matches=_is_listing, answer=_NO_ROWS)
    )

    first = world.reconcile()

    assert first.report.doubts == ()
    assert _tombstones(world) == 0
    world.reconcile()
    assert _tombstones(world) == 1


def test_law_8_a_marked_scene_that_is_not_there_is_no_deleted_one(
    world: World,
) -> None:
    """A job may be moving it: a listing of a Stash at rest tells, or it is back."""
    _brooks(world, 3)
    job = world.stash.jobs.start("Cleaning...")
    world.stash.update_tag(1, name="Outdoors")
    backup = world.stash.backup()
    world.stash.destroy_scenes(2)
    world.reconcile()
    assert _tombstones(world) == 0
    world.stash.restore(backup)
    world.stash.jobs.finish(job)

    world.reconcile()

    assert _tombstones(world) == 0
    assert world.value("brook-1", Field.GENRES) == ("Outdoors",)


def test_law_8_a_persons_word_is_good_for_one_loss(world: World) -> None:
    _brooks(world, 10)
    world.limits = FEW
    world.stash.destroy_scenes(1, 2, 3)
    world.reconcile()
    _believe(world)
    world.reconcile()
    assert _tombstones(world) == 3
    world.later(600)
    world.stash.destroy_scenes(4, 5, 6)

    outcome = world.reconcile()

    assert [one.subject for one in outcome.report.doubts] == ["stash"]
    assert _tombstones(world) == 3


def test_law_8_a_persons_word_is_good_though_no_stamp_tells_of_what_was_doubted(
    world: World,
) -> None:
    """Only the listing tells that every id has become another film's."""
    _brooks(world, 10)
    world.limits = FEW
    world.later(3 * 24 * 3600)
    _fill_anew(world)
    before = world.plex.snapshot()
    assert [one.is_news for one in world.reconcile().report.doubts] == [True]
    world.later(60)
    assert [one.is_news for one in world.reconcile().report.doubts] == [False]
    _believe(world)

    believed = world.reconcile()

    assert (believed.report.doubts, believed.puts) == ((), 0)
    assert world.plex.snapshot() == before
    with Ledger(world.state) as ledger:
        assert ledger.doubts.standing() == {}
    world.stash.update_scene(11, title="Brook, the last")
    world.reconcile()
    assert world.value("brook-9", Field.TITLE) == "Brook, the last"


def test_law_10_an_item_is_its_scenes_until_what_is_doubted_is_believed(
    world: World,
) -> None:
    """The last film has an id by then that no scene had: that is asked for by itself.

    By the next poll its file's old id is known for another's.
    """
    _brooks(world, 10)
    world.limits = FEW
    _fill_anew(world)
    world.reconcile(scenes=frozenset({SceneId(11)}))
    world.later(60)
    assert world.reconcile().report.doubts
    _believe(world)
    world.reconcile()

    world.carry_out(Undo(since=0))

    for number in range(10):
        stem = f"brook-{number}"
        assert world.value(stem, Field.TITLE) == stem
