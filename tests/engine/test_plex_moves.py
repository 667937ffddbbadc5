"""What befalls Plex's items: links are made anew from paths, and no other is hit."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from reconciler.core.match import Mapping
from reconciler.core.values import Field
from state.ledger import Ledger
from tests.sandbox.plex.double import PlexDouble, Snapshot
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.switches import Switches
from tests.world import FILMS, World, rules

SHORTS, ATTIC = "Shorts", "Attic"
STEMS = tuple(f"brook-{number}" for number in range(6))
QUIET = {"stash poll": 1}


@pytest.fixture
def films(world: World) -> World:
    """Return six films in one of three libraries, two of them targets; all is quiet."""
    world.rules = {FILMS: rules(), SHORTS: rules()}
    world.mappings = (
        Mapping(stash="/data/films", plex="/media/films"),
        Mapping(stash="/data/shorts", plex="/media/shorts"),
    )
    world.plex.add_section(SHORTS, "/media/shorts")
    world.plex.add_section(ATTIC, "/media/attic")
    nature = world.stash.create_tag("Nature")
    for number, stem in enumerate(STEMS):
        world.scene(stem, title=f"Brook {number}", tag_ids=(nature,))
    world.reconcile()
    # so that the others are not among what Plex says has changed last
    world.later(3600)
    world.scene("last", title="Last")
    world.reconcile()
    world.reconcile()
    world.later(3600)
    assert dict(world.reconcile().sent) == QUIET
    return world


def path(stem: str, folder: str = "films") -> str:
    return f"/media/{folder}/{stem}.mp4"


def section(world: World, title: str) -> int:
    return next(k for k, s in world.plex.model.sections.items() if s.title == title)


def rebuild(world: World) -> None:
    world.plex.moves.rebuild(world.section)


def rekey_some(world: World) -> None:
    for stem in STEMS[1:3]:
        world.plex.moves.rekey(world.key(stem))


def rekey_one_by_one(world: World) -> None:
    """Change keys such that one of the old ones is another film's now."""
    for stem in STEMS:
        world.plex.moves.rekey(world.key(stem))
        world.later(60)


def move_to_a_target(world: World) -> None:
    world.plex.moves.move(world.key(STEMS[1]), section(world, SHORTS))
    world.stash.move_files(world.stash.scenes[2].file_ids, "/data/shorts")


def move_elsewhere(world: World) -> None:
    world.plex.moves.move(world.key(STEMS[1]), section(world, ATTIC))


def merge(world: World) -> None:
    world.plex.moves.merge(world.key(STEMS[1]), [world.key(STEMS[2])])


def merge_and_split(world: World) -> None:
    merge(world)
    world.later(60)
    world.plex.moves.split(world.key(STEMS[1]))


def trash(world: World) -> None:
    world.plex.model.auto_empty_trash = False
    world.plex.scanner.remove(world.section, path(STEMS[1]))


def empty_trash(world: World) -> None:
    trash(world)
    world.plex.scanner.empty_trash(world.section)


def rename(world: World) -> None:
    """Rename a file, which both servers scan."""
    scene = world.stash.scenes[2]
    (file,) = scene.file_ids
    world.stash.scan_moved_file(file, "/data/films/moraine.mp4")
    world.plex.scanner.rename(world.section, path(STEMS[1]), path("moraine"))


def rename_in_plex_first(world: World) -> None:
    """Rename a file, which only Plex has scanned yet."""
    world.plex.scanner.rename(world.section, path(STEMS[1]), path("moraine"))


def delete_and_make_anew(world: World) -> None:
    world.plex.moves.delete_section(world.section)
    world.section = world.plex.add_section(FILMS, "/media/films")
    world.plex.scanner.scan(world.section)


def replace_server(world: World) -> None:
    disk = world.plex.model.disk
    world.plex = PlexDouble(Model(clock=world.plex_clock, name="Another"))
    world.section = world.plex.add_section(FILMS, "/media/films")
    world.plex.add_section(SHORTS, "/media/shorts")
    world.plex.model.disk.update(disk)
    world.plex.scanner.scan(world.section)
    world.plex_wire = world.plex.adapter()
    world.restart()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something that Plex does, and which films come out of it how."""

    move: Callable[[World], None]
    lost: frozenset[str] = frozenset()
    """Films that no item of a target holds afterwards: their scenes wait."""
    contested: frozenset[str] = frozenset()
    """Films that share an item: it is not written."""
    keeps_key: bool = True
    is_told: bool = False
    """Whether Stash tells of it too."""


CASES = {
    "a library rebuilt": Case(move=rebuild),
    "items re-keyed": Case(move=rekey_some),
    "items re-keyed one by one": Case(move=rekey_one_by_one),
    "an item moved to another target": Case(move=move_to_a_target, is_told=True),
    "an item moved to no target": Case(move=move_elsewhere, lost=frozenset({STEMS[1]})),
    "items merged": Case(move=merge, contested=frozenset(STEMS[1:3])),
    "items merged and split": Case(move=merge_and_split),
    "an item in the trash": Case(move=trash, lost=frozenset({STEMS[1]})),
    "the trash emptied": Case(move=empty_trash, lost=frozenset({STEMS[1]})),
    "a file renamed, the key kept": Case(move=rename, is_told=True),
    "a file renamed, the key changed": Case(move=rename, keeps_key=False, is_told=True),
    "a file renamed in Plex first": Case(
        move=rename_in_plex_first, lost=frozenset({STEMS[1]})
    ),
    "a library deleted and made anew": Case(move=delete_and_make_anew),
    "another server": Case(move=replace_server),
}


def _mind(world: World) -> dict[str, str]:
    """Name each file of a scene, as Plex has it, and the title that it is to have."""
    return {
        found.replace("/data/", "/media/"): scene.title
        for scene in world.stash.scenes.values()
        for found in world.stash.paths_of(scene.id)
    }


def check_right(world: World, before: dict[int, Snapshot]) -> None:
    """Nothing was written on an item but what belongs to the file that it holds."""
    mind = _mind(world)
    targets = {section(world, FILMS), section(world, SHORTS)}
    for key, item in world.plex.snapshot().items():
        own = {mind[file] for file in item.files if file in mind}
        if (item.values, item.tags) == (before[key].values, before[key].tags):
            continue
        assert item.section in targets
        assert item.values["title"] in own


def check_converged(world: World, case: Case, summary: str | None = None) -> None:
    """Every film that one item of a target holds says what Stash says of it."""
    mind = _mind(world)
    for stem in STEMS:
        title = f"Brook {STEMS.index(stem)}"
        holding = [
            item
            for item in world.plex.snapshot().values()
            if any(mind.get(file) == title for file in item.files)
            and world.plex.model.sections[item.section].title != ATTIC
            and item.deleted_at is None
        ]
        assert bool(holding) is (stem not in case.lost)
        if stem in case.contested | case.lost:
            continue
        (item,) = holding
        assert (item.values["title"], item.tags["genre"]) == (title, ("Nature",))
        assert summary in {None, item.values.get("summary")}
    with Ledger(world.state) as ledger:
        assert sum(ledger.outbox.counts().values()) <= len(case.contested)


def edit(world: World, words: str = "Seen anew.") -> None:
    """Have every film owed a write, which has to look at its item."""
    for scene in world.stash.scenes:
        world.stash.update_scene(scene, details=words)


def wait(world: World) -> None:
    """Have a scene wait, for which Plex is asked whether it has changed."""
    world.scene("far-away", in_plex=False, title="Far away")


def nothing(_: World) -> None:
    """Leave it to the pass."""


WAYS: dict[str, tuple[Callable[[World], None], dict[str, object]]] = {
    "something is owed": (edit, {}),
    "a scene waits": (wait, {}),
    "a sweep": (nothing, {"part": (0, 1)}),
    "a full pass": (nothing, {"is_full": True}),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CASES)
def test_links_are_made_anew_and_nothing_else_is_written(
    films: World, name: str, way: str
) -> None:
    case = CASES[name]
    prepare, scope = WAYS[way]
    films.plex.model.switches = Switches(rename_keeps_rating_key=case.keeps_key)
    case.move(films)
    before = films.plex.snapshot()
    prepare(films)

    for _ in range(3):
        films.later(60)
        films.reconcile(**scope)
        check_right(films, before)

    check_converged(films, case)
    after = films.plex.snapshot()
    assert films.reconcile(**scope).puts == 0
    assert films.plex.snapshot() == after
    films.later(3600)
    edit(films, "Seen again.")
    films.reconcile()
    check_right(films, before)
    check_converged(films, case, summary="Seen again.")


@pytest.mark.parametrize("name", CASES)
def test_an_ordinary_pass_sees_by_itself_what_stash_tells_of(
    films: World, name: str
) -> None:
    """Of all else it asks nothing: a sweep does."""
    case = CASES[name]
    films.plex.model.switches = Switches(rename_keeps_rating_key=case.keeps_key)
    case.move(films)
    before = films.plex.snapshot()
    films.later(60)

    outcome = films.reconcile()

    if case.is_told:
        check_converged(films, case)
    else:
        assert dict(outcome.sent) == QUIET
        assert films.plex.snapshot() == before


def waiting(world: World) -> int:
    with Ledger(world.state) as ledger:
        return sum(ledger.waits.counts().values())


def _miss(world: World) -> None:
    """Have the scene of an item wait that is in the trash."""
    trash(world)
    edit(world)
    world.reconcile()
    assert waiting(world)


@pytest.mark.parametrize(("hours", "scope"), [(1, {}), (30, {"part": (0, 24)})])
def test_an_item_that_is_taken_out_of_the_trash_is_found_again(
    films: World, hours: int, scope: dict[str, object]
) -> None:
    _miss(films)
    films.later(hours * 3600)
    films.plex.scanner.add_file(path(STEMS[1]))
    films.plex.scanner.scan(films.section)
    assert films.plex.snapshot_of(films.key(STEMS[1])).deleted_at is None

    films.reconcile(**scope)

    assert waiting(films) == 0
    check_converged(films, Case(move=trash), summary="Seen anew.")


def test_what_is_gone_is_asked_for_a_day_and_in_one_request(films: World) -> None:
    for stem in STEMS[1:]:
        films.plex.scanner.remove(films.section, path(stem))
    edit(films)
    films.reconcile()
    assert waiting(films)

    for hours, reads in ((1, 1), (30, 0)):
        films.later(hours * 3600)
        films.plex.add(films.section, path(f"new-{hours}"))
        sent = films.reconcile().sent
        assert sent["plex items"] == reads
        assert sent["plex listing"] == 2


def test_a_file_renamed_under_its_key_is_found_though_plex_was_listed_before_stash_knew(
    films: World,
) -> None:
    films.scene("waits", in_plex=False)
    films.reconcile()
    films.plex.scanner.rename(
        films.section, "/media/films/brook-3.mp4", "/media/films/shore/brook-3.mp4"
    )
    films.later(60)
    assert films.reconcile().sent["plex listing"]  # since another scene waits
    films.later(60)
    films.stash.update_scene(4, title="Brook, moved")
    films.stash.move_files(films.stash.scenes[4].file_ids, "/data/films/shore")

    films.reconcile()

    assert films.value("shore/brook-3", Field.TITLE) == "Brook, moved"


def test_an_item_that_lets_one_of_a_scenes_files_go_is_linked_by_the_other(
    films: World,
) -> None:
    """What it holds has just been read, and need not be listed first."""
    films.stash.scan_copy("/data/films/copy.mp4", 2)
    copy = films.stash.file_at("/data/films/copy.mp4")
    assert copy is not None
    films.stash.set_primary_file(2, copy.id)
    films.plex.scanner.add_version(films.key(STEMS[1]), path("copy"))
    films.reconcile(is_full=True)
    films.later(60)
    films.plex.moves.split(films.key(STEMS[1]))
    films.stash.update_scene(2, title="Brook, in two")

    assert films.reconcile().report.waiting == 0
    films.resume()

    assert films.value(STEMS[1], Field.TITLE) == "Brook, in two"
