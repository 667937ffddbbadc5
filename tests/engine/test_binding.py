"""How a link changes hands: what was decided on an item stays with the item."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.core.values import Field, OnDelete, SceneId
from reconciler.engine.conflicts import find_conflicts
from reconciler.engine.errands import Release, Undo
from state.ledger import Ledger
from state.records import FieldRecord, LinkRecord
from tests.sandbox.plex.double import Snapshot
from tests.world import World

STEMS = ("brook", "heron", "shore")


@pytest.fixture
def films(world: World) -> World:
    """Return three films with a genre of their own and one of others', all settled."""
    studio = world.stash.create_studio("Meadow Films")
    for stem in STEMS:
        tag = world.stash.create_tag(stem.title())
        world.scene(
            stem,
            title=f"The {stem}",
            details=f"All about the {stem}.",
            tag_ids=(tag,),
            studio_id=studio,
        )
        world.plex.person.tag(world.key(stem), "genre", "Foreign", lock=False)
    world.reconcile()
    for stem in STEMS:
        assert set(world.value(stem, Field.GENRES)) == {"Foreign", stem.title()}
    world.later(600)
    world.reconcile()
    quiet(world)
    world.later(600)
    return world


def quiet(world: World) -> None:
    """Nothing is left to do: one request, and nothing written."""
    before = world.state.read_bytes()
    assert dict(world.reconcile().sent) == {"stash poll": 1}
    assert world.state.read_bytes() == before


def links(world: World) -> dict[int, list[LinkRecord]]:
    """Read the links that are not lost, by scene."""
    with Ledger(world.state) as ledger:
        found = ledger.links.page(after=0, limit=-1)
        return {
            scene: [link for link in found if link.scene == scene]
            for scene in {link.scene for link in found}
        }


def link(world: World, scene: int) -> LinkRecord:
    (only,) = links(world)[scene]
    return only


def memories(world: World, one: LinkRecord) -> Mapping[str, FieldRecord]:
    """Read what is remembered of a link's fields, but for how it came about."""
    with Ledger(world.state) as ledger:
        known = ledger.links.memories([one.id])[one.id]
    return {
        name: replace(record, verdict=None, reason=None)
        for name, record in known.items()
    }


def items(world: World) -> dict[int, Snapshot]:
    return world.plex.snapshot()


def assert_genres_are_still_ours(world: World, scene: int, stem: str) -> None:
    """See that what we added goes with Stash's tag, and what others added stays."""
    world.later(60)
    world.stash.update_scene(scene, tag_ids=())
    world.reconcile()
    assert world.value(stem, Field.GENRES) == ("Foreign",)


def renumber(world: World, *cycle: int) -> None:
    """Let each scene go by the id of the next one, as a full import may do."""
    turned = dict(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    rows = {
        turned.get(scene.id, scene.id): replace(
            scene, id=turned.get(scene.id, scene.id), updated_at=world.stash.now()
        )
        if scene.id in turned
        else scene
        for scene in world.stash.scenes.values()
    }
    world.stash.scenes.replace_all(dict(sorted(rows.items())), max(rows))


# one item, another key


def test_an_item_of_another_key_keeps_what_was_decided(films: World) -> None:
    """But not what was seen: the item is met anew."""
    before = link(films, 1)
    known = memories(films, before)
    key = films.plex.moves.rekey(films.key("brook"))

    films.reconcile(is_full=True)

    after = link(films, 1)
    assert after == replace(before, item=str(key), incarnation=2)
    assert {n: one.base for n, one in memories(films, after).items()} == {
        n: one.base for n, one in known.items()
    }
    assert films.value("brook", Field.TITLE) == "The brook"
    quiet(films)


def test_what_a_scene_takes_up_is_no_heir_of_an_item_that_is_there(
    films: World,
) -> None:
    """A file goes to another scene, and another file comes: two items, two stories."""
    copy = films.stash.scan_copy("/data/films/brook-long.mp4", 1)
    films.plex.add(films.section, "/media/films/brook-long.mp4")
    films.plex.person.tag(films.key("brook-long"), "genre", "Foreign", lock=False)
    films.reconcile(is_full=True)
    assert set(films.value("brook-long", Field.GENRES)) == {"Foreign", "Brook"}
    films.later(60)
    before = films.item("brook-long")

    films.stash.assign_file(2, copy)
    films.stash.scan_copy("/data/films/brook-short.mp4", 1)
    films.stash.update_scene(2)
    films.plex.add(films.section, "/media/films/brook-short.mp4")
    films.reconcile(is_full=True)

    assert films.value("brook-short", Field.TITLE) == "The brook"
    assert films.value("brook-long", Field.TITLE) == "The heron"
    assert set(films.value("brook-long", Field.GENRES)) == {"Foreign", "Heron"}
    assert films.item("brook-long").locks == before.locks
    quiet(films)


# two scenes merged


def merge(world: World) -> None:
    world.stash.merge_scenes([1], 2)


def assert_merged(world: World) -> None:
    for stem in ("brook", "heron"):
        assert world.value(stem, Field.TITLE) == "The heron"
        assert set(world.value(stem, Field.GENRES)) == {"Foreign", "Heron"}
    assert {one.item for one in links(world)[2]} == {
        str(world.key("brook")),
        str(world.key("heron")),
    }
    assert 1 not in links(world)


def test_what_is_merged_into_is_read_before_its_source_is_missed(
    films: World,
) -> None:
    kept = link(films, 1)
    merge(films)

    films.reconcile()
    films.reconcile()

    assert_merged(films)
    assert kept.id in {one.id for one in links(films)[2]}
    assert_genres_are_still_ours(films, 2, "brook")
    quiet(films)


def test_what_is_merged_into_brings_nothing_to_its_sources_item(films: World) -> None:
    """Its own film is at no place that Plex knows: its link has no item to go to."""
    files = films.stash.scenes[1].file_ids
    films.stash.move_files(files, "/data/films/away", "brook.mp4")
    films.reconcile()
    films.later(60)
    films.stash.merge_scenes([2], 1)

    films.reconcile()
    films.reconcile()

    assert set(films.value("heron", Field.GENRES)) == {"Foreign", "Brook"}
    assert_genres_are_still_ours(films, 1, "heron")


def test_what_is_merged_is_missed_before_its_destination_is_read(
    films: World,
) -> None:
    kept = link(films, 1)
    backup = films.stash.backup()
    films.stash.destroy_scenes(1)
    films.reconcile()
    films.stash.restore(backup)
    merge(films)

    films.reconcile()
    films.reconcile()

    assert_merged(films)
    assert kept.id in {one.id for one in links(films)[2]}
    assert_genres_are_still_ours(films, 2, "brook")
    quiet(films)


def test_what_the_merged_scene_does_not_say_goes_from_the_item(films: World) -> None:
    """Though the item was first met under the scene that did say it."""
    films.stash.update_scene(2, studio_id=None, tag_ids=(), details="")
    films.reconcile()
    films.later(60)
    merge(films)

    films.reconcile()
    films.reconcile()

    assert films.value("brook", Field.TITLE) == "The heron"
    assert films.value("brook", Field.STUDIO) == ""
    assert films.value("brook", Field.SUMMARY) == ""
    assert films.value("brook", Field.GENRES) == ("Foreign",)
    quiet(films)


# ids that change places

CYCLES = [(1, 2), (2, 1), (1, 2, 3), (3, 2, 1)]


@pytest.mark.parametrize("chunk", [1, 2, 16])
@pytest.mark.parametrize("cycle", CYCLES)
def test_ids_that_change_places_write_nothing(
    films: World,
    monkeypatch: pytest.MonkeyPatch,
    cycle: tuple[int, ...],
    chunk: int,
) -> None:
    monkeypatch.setattr("reconciler.engine.recording.CHUNK", chunk)
    before = items(films)
    held = {
        one.item: (one.id, memories(films, one)) for (one,) in links(films).values()
    }
    renumber(films, *cycle)

    outcome = films.reconcile()

    assert outcome.puts == 0
    assert items(films) == before
    now = {one.item: one.id for (one,) in links(films).values()}
    assert now == {item: number for item, (number, _) in held.items()}
    for (one,) in links(films).values():
        assert films.stash.paths_of(one.scene) == (one.path.replace("/media", "/data"),)
        assert memories(films, one) == held[one.item][1]
    quiet(films)


@pytest.mark.parametrize("chunk", [1, 16])
@pytest.mark.parametrize("cycle", CYCLES)
def test_ids_that_change_places_leave_genres_ours(
    films: World,
    monkeypatch: pytest.MonkeyPatch,
    cycle: tuple[int, ...],
    chunk: int,
) -> None:
    monkeypatch.setattr("reconciler.engine.recording.CHUNK", chunk)
    renumber(films, *cycle)
    films.reconcile()

    for scene, stem in _by_stem(films).items():
        assert_genres_are_still_ours(films, scene, stem)


def _by_stem(world: World) -> dict[int, str]:
    return {
        scene: world.stash.paths_of(scene)[0].rpartition("/")[2].removesuffix(".mp4")
        for scene in world.stash.scenes
    }


@pytest.mark.parametrize("chunk", [1, 16])
@pytest.mark.parametrize("cycle", CYCLES)
def test_what_is_emptied_while_ids_change_places_goes(
    films: World,
    monkeypatch: pytest.MonkeyPatch,
    cycle: tuple[int, ...],
    chunk: int,
) -> None:
    monkeypatch.setattr("reconciler.engine.recording.CHUNK", chunk)
    renumber(films, *cycle)
    for scene in films.stash.scenes:
        films.stash.update_scene(scene, tag_ids=(), studio_id=None, details="")

    films.reconcile()

    for stem in STEMS:
        assert films.value(stem, Field.TITLE) == f"The {stem}"
        assert films.value(stem, Field.GENRES) == ("Foreign",)
        assert films.value(stem, Field.STUDIO) == ""
        assert films.value(stem, Field.SUMMARY) == ""
    quiet(films)


# an item that a tombstone holds


def bury(world: World, scene: int) -> tuple[int, ...]:
    """Let a scene be gone and its file stay; say which files it had."""
    files = world.stash.scenes[scene].file_ids
    world.stash.destroy_scenes(scene)
    world.reconcile()
    world.later(60)
    return files


def test_the_item_of_a_tombstone_goes_to_the_scene_that_has_its_file(
    films: World,
) -> None:
    before, kept = films.item("brook"), link(films, 1)
    known = memories(films, kept)
    row = films.stash.scenes[1]
    files = bury(films, 1)
    new = films.stash.create_scene(
        file_ids=files,
        title=row.title,
        details=row.details,
        tag_ids=row.tag_ids,
        studio_id=row.studio_id,
    )

    outcome = films.reconcile()

    assert (outcome.puts, films.item("brook")) == (0, before)
    assert link(films, new) == replace(kept, scene=new)
    assert memories(films, link(films, new)) == known
    assert_genres_are_still_ours(films, new, "brook")
    quiet(films)


def test_what_the_next_scene_does_not_say_goes_from_a_tombstones_item(
    films: World,
) -> None:
    files = bury(films, 1)
    films.stash.create_scene(file_ids=files, title="Brook, anew")

    films.reconcile()

    assert films.value("brook", Field.TITLE) == "Brook, anew"
    assert films.value("brook", Field.GENRES) == ("Foreign",)
    assert films.value("brook", Field.STUDIO) == ""
    quiet(films)


@pytest.mark.parametrize("on_delete", OnDelete)
def test_a_scene_that_comes_back_has_its_item_as_before(
    films: World, on_delete: OnDelete
) -> None:
    """As from a backup: values, locks and what is ours."""
    films.on_delete = on_delete
    before = films.item("brook")
    backup = films.stash.backup()
    bury(films, 1)
    films.stash.restore(backup)

    films.reconcile()
    films.reconcile()

    after = films.item("brook")
    assert after.values == before.values
    assert set(after.tags["genre"]) == set(before.tags["genre"])
    quiet(films)
    if on_delete is OnDelete.RELEASE:
        # it was given up: it is as it should be, and neither ours to lock nor to take
        assert after.locks == set()
        return
    assert after.locks == before.locks
    assert_genres_are_still_ours(films, 1, "brook")
    quiet(films)


@pytest.mark.parametrize("on_delete", OnDelete)
def test_a_file_that_comes_back_later_has_its_item_as_before(
    films: World, on_delete: OnDelete
) -> None:
    """Under another scene, when what was to become of the item has been done."""
    films.on_delete = on_delete
    before = films.item("brook")
    row = films.stash.scenes[1]
    files = bury(films, 1)
    new = films.stash.create_scene(
        file_ids=files,
        title=row.title,
        details=row.details,
        tag_ids=row.tag_ids,
        studio_id=row.studio_id,
    )

    films.reconcile()
    films.reconcile()

    after = films.item("brook")
    assert after.values == before.values
    assert set(after.tags["genre"]) == set(before.tags["genre"])
    quiet(films)
    if on_delete is OnDelete.RELEASE:
        # it was given up: it is as it should be, and neither ours to lock nor to take
        assert after.locks == set()
        return
    assert after.locks == before.locks
    assert_genres_are_still_ours(films, new, "brook")
    quiet(films)


# an item that two scenes claim


def contest(world: World) -> int:
    """Let the item of the first scene hold a file of a new one as well."""
    world.plex.scanner.add_version(world.key("brook"), "/media/films/brook-wide.mp4")
    tag = world.stash.create_tag("Wide")
    new = world.scene(
        "brook-wide", in_plex=False, title="The brook, wide", tag_ids=(tag,)
    )
    world.reconcile()
    world.later(60)
    return new


def contested(world: World) -> int:
    with Ledger(world.state) as ledger:
        return ledger.links.contested_items()


def test_an_item_that_two_scenes_claim_is_written_for_neither(films: World) -> None:
    before = films.item("brook")
    new = contest(films)
    films.stash.update_scene(1, title="The brook, narrow")
    films.stash.update_scene(new, title="The brook, wider")

    outcome = films.reconcile()

    assert (outcome.puts, contested(films)) == (0, 1)
    assert films.item("brook").values == before.values


def test_what_is_contested_costs_a_quiet_pass_two_requests(films: World) -> None:
    contest(films)
    films.stash.update_scene(1, title="The brook, narrow")
    films.reconcile()
    films.later(600)

    for _ in range(2):
        outcome = films.reconcile()
        sent = {"stash poll": 1, "plex sections": 1, "plex items": 1}
        assert dict(outcome.sent) == sent
        assert outcome.report.reasons == {"claimed by several scenes": 3}


def test_where_the_second_lets_go_the_first_goes_on(films: World) -> None:
    new, kept = contest(films), link(films, 1)
    films.stash.update_scene(1, title="The brook, narrow")
    films.reconcile()
    films.later(60)
    films.stash.destroy_scenes(new)

    films.reconcile()
    films.reconcile()

    assert (link(films, 1).id, contested(films)) == (kept.id, 0)
    assert films.value("brook", Field.TITLE) == "The brook, narrow"
    assert_genres_are_still_ours(films, 1, "brook")
    quiet(films)


def test_where_the_first_lets_go_the_second_takes_its_link_over(
    films: World,
) -> None:
    new, kept = contest(films), link(films, 1)
    films.stash.destroy_scenes(1)

    films.reconcile()
    films.reconcile()

    assert link(films, new) == replace(
        kept, scene=new, path="/media/films/brook-wide.mp4"
    )
    assert films.value("brook", Field.TITLE) == "The brook, wide"
    assert set(films.value("brook", Field.GENRES)) == {"Foreign", "Wide"}
    assert films.value("brook", Field.STUDIO) == ""
    assert_genres_are_still_ours(films, new, "brook")
    quiet(films)


def test_where_the_firsts_file_leaves_the_item_the_second_takes_it_over(
    films: World,
) -> None:
    """The first scene's file is an item of its own then, and met as one."""
    new, kept = contest(films), link(films, 1)
    films.plex.moves.split(films.key("brook-wide"))
    (mine, other) = (films.key("brook"), films.key("brook-wide"))
    assert mine != other
    films.stash.update_scene(1)

    films.reconcile(is_full=True)
    films.reconcile()

    assert contested(films) == 0
    assert films.value("brook", Field.TITLE) == "The brook"
    assert films.value("brook-wide", Field.TITLE) == "The brook, wide"
    assert kept.id in {link(films, 1).id, link(films, new).id}


def assert_taken_over(films: World, new: int, kept: LinkRecord) -> None:
    """Have the first's file leave; the second has its link then, and nothing stands."""
    films.plex.scanner.rename(
        films.section, "/media/films/brook.mp4", "/media/films/elsewhere.mp4"
    )

    films.reconcile()
    films.reconcile()

    assert link(films, new).id == kept.id
    assert films.value("brook-wide", Field.TITLE) == "The brook, wide"
    assert set(films.value("brook-wide", Field.GENRES)) == {"Foreign", "Wide"}
    with Ledger(films.state) as ledger:
        assert list(find_conflicts(ledger)) == []


def test_where_the_firsts_file_leaves_what_was_read_for_the_second_is_stale(
    films: World,
) -> None:
    """In one batch: the first is not there, and leaves the second what was decided."""
    new, kept = contest(films), link(films, 1)
    films.stash.update_scene(1, details="Narrow.")
    films.stash.update_scene(new, details="Wide.")
    films.reconcile()
    films.later(60)
    assert_taken_over(films, new, kept)


def test_where_the_firsts_file_has_left_unseen_the_second_takes_the_item_over(
    films: World,
) -> None:
    """Only the second is owed anything: to it, our locks are none of a person's."""
    new, kept = contest(films), link(films, 1)
    assert_taken_over(films, new, kept)
    with Ledger(films.state) as ledger:
        assert ledger.waits.counts() == {1: 1}


def test_what_was_decided_stays_with_the_item_that_the_firsts_file_leaves(
    films: World,
) -> None:
    """Our locks on it are none of a person's to the scene that has it from then on."""
    tag = films.stash.create_tag("Wide")
    films.plex.scanner.add_version(films.key("brook"), "/media/films/brook-wide.mp4")
    files = bury(films, 1)
    wide = films.scene("brook-wide", in_plex=False, title="Wide", tag_ids=(tag,))
    films.reconcile()
    assert films.value("brook", Field.TITLE) == "Wide"
    films.later(60)
    new = films.stash.create_scene(file_ids=files, title="Narrow")
    films.plex.moves.split(films.key("brook"))

    films.reconcile(is_full=True)
    films.reconcile()

    assert films.value("brook-wide", Field.TITLE) == "Wide"
    assert films.value("brook-wide", Field.GENRES) == ("Wide",)
    assert films.value("brook", Field.TITLE) == "Narrow"
    assert films.value("brook", Field.GENRES) == ("Foreign",)
    assert films.value("brook", Field.STUDIO) == ""
    assert {link(films, wide).item, link(films, new).item} == {
        str(films.key("brook-wide")),
        str(films.key("brook")),
    }
    quiet(films)


def test_what_was_decided_elsewhere_is_not_left_with_an_item_that_a_file_visits(
    films: World,
) -> None:
    """It is of another item: the scene that has this one gets what was decided here.

    That is known once the job is over which may be moving what is gone.
    """
    job = films.stash.jobs.start("Cleaning...")
    files = films.stash.scenes[1].file_ids
    films.stash.destroy_scenes(1)
    new = films.stash.create_scene(file_ids=files, title="The brook, anew")
    films.plex.moves.merge(films.key("brook"), [films.key("heron")])
    films.reconcile(is_full=True)
    films.later(60)
    films.plex.scanner.rename(
        films.section, "/media/films/heron.mp4", "/media/films/elsewhere.mp4"
    )
    films.reconcile(is_full=True)
    films.stash.jobs.finish(job)

    films.reconcile()
    films.reconcile()

    assert link(films, new).path == "/media/films/brook.mp4"
    assert films.value("brook", Field.TITLE) == "The brook, anew"
    assert films.value("brook", Field.GENRES) == ("Foreign",)
    assert films.value("brook", Field.STUDIO) == ""


def test_a_link_that_was_lost_before_anything_came_of_it_is_no_scenes_own(
    films: World,
) -> None:
    """One of two scenes that changed ids is read, and its film is moved meanwhile."""
    item = str(films.key("heron"))
    renumber(films, 1, 2)
    films.reconcile(scenes=frozenset({SceneId(1)}))
    films.later(60)
    (file,) = films.stash.scenes[1].file_ids
    films.stash.move_files([file], "/data/films/moved", "heron.mp4")
    films.plex.scanner.rename(
        films.section, "/media/films/heron.mp4", "/media/films/moved/heron.mp4"
    )
    films.reconcile()
    films.reconcile()
    assert link(films, 1).item == item

    films.carry_out(Undo(since=0))

    assert films.value("moved/heron", Field.TITLE) == "heron"
    assert films.value("moved/heron", Field.GENRES) == ("Foreign",)


@pytest.mark.parametrize("is_done", [True, False])
def test_what_a_person_asked_for_goes_with_the_film_that_is_split_off(
    films: World, *, is_done: bool
) -> None:
    if is_done:
        films.carry_out(Release(scenes=frozenset({SceneId(1)})))
    contest(films)
    if not is_done:
        # it waits, for the item is written for neither
        films.carry_out(Release(scenes=frozenset({SceneId(1)})))
    kept = link(films, 1)
    films.plex.model.items[films.key("brook")].media.reverse()
    (new,) = films.plex.moves.split(films.key("brook"))

    films.reconcile(is_full=True)

    assert link(films, 1) == replace(kept, item=str(new), incarnation=2)
    assert films.value("brook", Field.TITLE) == "brook", "it is left"
    if is_done:  # else our locks are on it still, which are taken for a person's
        assert films.value("brook-wide", Field.TITLE) == "The brook, wide"


# scenes that change places in an item that they share


def share(world: World) -> None:
    """Let Plex make one item of all three films, each of which was met already."""
    first, *others = (world.key(stem) for stem in STEMS)
    world.plex.moves.merge(first, others)
    world.reconcile(is_full=True)
    world.later(600)


def files(world: World) -> dict[int, str]:
    """Name the file that each link is for, lost ones included."""
    with Ledger(world.state) as ledger:
        return {
            one.id: one.path
            for found in ledger.links.of_scenes(world.stash.scenes).values()
            for one in found
        }


@pytest.mark.parametrize("chunk", [1, 16])
@pytest.mark.parametrize("cycle", CYCLES)
def test_each_link_of_a_shared_item_stays_with_its_file(
    films: World,
    monkeypatch: pytest.MonkeyPatch,
    cycle: tuple[int, ...],
    chunk: int,
) -> None:
    """So that what is ours goes with Stash's tag when the item is split."""
    monkeypatch.setattr("reconciler.engine.recording.CHUNK", chunk)
    share(films)
    before = files(films)
    renumber(films, *cycle)

    films.reconcile()

    assert files(films) == before
    for scene, (one,) in links(films).items():
        assert films.stash.paths_of(scene) == (one.path.replace("/media", "/data"),)
    films.later(600)
    films.plex.moves.split(films.key("brook"))
    films.reconcile(is_full=True)
    for scene, stem in _by_stem(films).items():
        assert films.value(stem, Field.TITLE) == f"The {stem}"
        films.stash.update_scene(scene, tag_ids=())
    films.later(60)
    films.reconcile()
    assert films.value("brook", Field.GENRES) == ("Foreign",)
    for stem in STEMS[1:]:
        assert films.value(stem, Field.GENRES) == (), "split off: a new item"
    quiet(films)


def test_a_shared_item_in_the_trash_comes_back_with_the_links_of_its_files(
    films: World,
) -> None:
    share(films)
    before = files(films)
    films.plex.scanner.trash(films.key("brook"))
    films.reconcile(is_full=True)
    assert links(films) == {}
    films.later(600)
    renumber(films, 1, 2)
    films.plex.scanner.scan(films.section)

    films.reconcile(is_full=True)

    assert files(films) == before
    for scene, (one,) in links(films).items():
        assert films.stash.paths_of(scene) == (one.path.replace("/media", "/data"),)


def test_a_scene_that_lost_its_file_in_a_shared_item_is_read_again(
    films: World,
) -> None:
    """Nothing stamps it: what it has instead is known when it is read."""
    films.plex.moves.merge(films.key("brook"), [films.key("heron")])
    films.reconcile(is_full=True)
    films.later(600)
    rows = dict(films.stash.scenes)
    brook, heron = rows[1], rows[2]
    rows[1] = replace(brook, file_ids=heron.file_ids, updated_at=films.stash.now())
    rows[2] = replace(heron, file_ids=brook.file_ids)
    films.stash.scenes.replace_all(rows, max(rows))

    films.reconcile()

    for scene, (one,) in links(films).items():
        assert films.stash.paths_of(scene) == (one.path.replace("/media", "/data"),)


# a link that was lost


def test_a_lost_link_goes_to_the_scene_that_has_the_item_now(films: World) -> None:
    """And its former scene, back with an item of its own, begins anew there."""
    kept = link(films, 1)
    brook, heron = films.stash.scenes[1], films.stash.scenes[2]
    films.stash.move_files(brook.file_ids, "/data/films/away")
    films.reconcile()
    assert 1 not in links(films)
    films.later(60)
    films.stash.destroy_scenes(2, delete_file=True)
    films.reconcile()
    films.later(60)
    new = films.stash.scan_new_file("/data/films/brook.mp4")
    films.stash.update_scene(new, title="Another brook", tag_ids=heron.tag_ids)

    films.reconcile()

    assert link(films, new) == replace(kept, scene=new)
    assert films.value("brook", Field.TITLE) == "Another brook"
    assert set(films.value("brook", Field.GENRES)) == {"Foreign", "Heron"}
    assert films.value("brook", Field.STUDIO) == ""
    films.later(60)
    films.plex.add(films.section, "/media/films/away/brook.mp4")
    films.reconcile()

    assert films.value("away/brook", Field.TITLE) == "The brook"
    assert films.value("away/brook", Field.GENRES) == ("Brook",)
    assert films.value("brook", Field.TITLE) == "Another brook"
    assert link(films, 1).id != kept.id
    assert_genres_are_still_ours(films, new, "brook")
    quiet(films)
