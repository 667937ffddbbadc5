"""The laws, of a write of which a part was read back and the rest may land late."""

import pytest

from reconciler.core.brake import Limits
from reconciler.core.values import Field
from reconciler.engine.errands import Release, Undo
from tests.faults.catalogue import is_put
from tests.sandbox.server import Fault, What
from tests.sandbox.wire import Request, Response
from tests.world import World

LATE_OR_NEVER = pytest.mark.parametrize("what", [What.LATE, What.DROPPED])


def is_of_more(request: Request) -> bool:
    return is_put(request) and {"title", "summary"} <= fields(request)


def is_of_summary(request: Request) -> bool:
    return is_put(request) and fields(request) == {"summary"}


def fields(request: Request) -> set[str]:
    """Name those of title and summary that a PUT is about."""
    return {name for name in ("title", "summary") if name in request.query}


def falls_apart(world: World, what: What, *, times: int = 1) -> None:
    """Have PUTs of all fields refused, and the summary, by itself, not made at once."""
    refused = Response(status=400, kind="refused")
    faults = world.plex_wire.faults
    faults.add(
        Fault(what=What.ANSWERED, answer=refused, matches=is_of_more, times=10**6)
    )
    faults.add(Fault(what=what, matches=is_of_summary, times=times))


def goes_on(world: World) -> None:
    """Let the rest land, and passes be made until all is done."""
    world.later(120)
    world.plex_wire.faults.release()
    for _ in range(3):
        world.reconcile()
        world.later(120)


@LATE_OR_NEVER
def test_law_3_what_a_person_makes_of_a_part_that_was_read_back_stays(
    world: World, what: What
) -> None:
    tags = tuple(world.stash.create_tag(name) for name in ("Nature", "Silent"))
    world.scene("ice", title="Ice", details="The ice sings.", tag_ids=tags)
    falls_apart(world, what)
    world.reconcile()
    assert world.value("ice", Field.GENRES) == ("Nature", "Silent")
    world.later(20)
    world.plex.person.untag(world.key("ice"), "genre", "Nature", lock=True)

    goes_on(world)

    assert world.value("ice", Field.GENRES) == ("Silent",)
    assert world.value("ice", Field.SUMMARY) == "The ice sings."


@pytest.mark.parametrize("what", [What.LATE, What.DROPPED, What.RESET_BEFORE])
def test_law_10_a_part_that_is_released_stays_so_whatever_the_rest_comes_to(
    world: World, what: What
) -> None:
    scene = world.scene("ice", title="Ice", details="The ice sings.")
    world.reconcile()
    world.later(600)
    falls_apart(world, what)
    world.carry_out(Release())
    world.later(20)
    world.stash.update_scene(scene, title="The ice")
    world.reconcile()

    goes_on(world)

    assert world.value("ice", Field.TITLE) == "Ice"
    assert not world.item("ice").locks


def test_law_10_a_part_that_was_read_back_is_undone_though_others_came_in_between(
    world: World,
) -> None:
    world.scene("ice", title="Ice", details="The ice sings.")
    falls_apart(world, What.DROPPED)
    number = world.reconcile().report.pass_id
    world.later(20)
    world.plex.person.edit(world.key("ice"), title="Somebody's own")
    goes_on(world)
    world.plex.person.edit(world.key("ice"), title="Ice")
    world.reconcile(is_full=True)

    world.carry_out(Undo(pass_id=number))

    assert world.value("ice", Field.TITLE) == "ice"


def test_what_was_approved_is_not_held_again_for_a_part_that_was_not_made(
    world: World,
) -> None:
    world.limits = Limits(overwrites=0.01, overwrites_floor=1, removals_floor=1)
    for number in range(8):
        name = f"ice-{number}"
        world.scene(name, title=f"Ice {number}", details=f"It sings {number} times.")
        others = {"title": f"Other {number}", "summary": f"Of others {number}"}
        world.plex.person.edit(world.key(name), lock=False, **others)
    assert world.reconcile().report.held
    world.approve()
    falls_apart(world, What.DROPPED, times=2)
    world.reconcile()
    world.later(61)

    assert not world.reconcile().report.held
    assert world.value("ice-7", Field.SUMMARY) == "It sings 7 times."
