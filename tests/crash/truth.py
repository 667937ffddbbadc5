"""What must hold after a crash and one more reconcile, whatever the crash cut short."""

import json

from state.ledger import Ledger
from state.models import Field as FieldRow
from state.models import Journal, Link, Outbox
from tests.engine.films import furnish
from tests.world import World

HEIRLOOM = "Heirloom"
"""A genre that somebody else has put on every third item."""


def furnish_with_history(world: World, count: int) -> None:
    """Fill both doubles; on every third item there are genres that are not ours."""
    furnish(world, count)
    for number in range(0, count, 3):
        key = world.key(f"reel-{number:04}")
        world.plex.person.tag(key, "genre", HEIRLOOM, "Nature", lock=False)


def wrongs_of_plex(world: World) -> list[str]:
    """Compare every item with what its scene wants; say what is wrong."""
    found: list[str] = []
    for scene in world.stash.scenes.values():
        stem = world.stash.paths_of(scene.id)[0].rpartition("/")[2].removesuffix(".mp4")
        item = world.item(stem)
        has_heirloom = int(stem.removeprefix("reel-")) % 3 == 0
        genres = {world.stash.tags[tag].name for tag in scene.tag_ids}
        people = {world.stash.performers[one].name for one in scene.performer_ids}
        wanted: dict[str, tuple[object, object]] = {
            "title": (scene.title, item.values.get("title")),
            "summary": (scene.details, item.values.get("summary")),
            "date": (scene.date, item.values.get("originallyAvailableAt")),
            "genre": (
                sorted(genres | ({HEIRLOOM} if has_heirloom else set())),
                sorted(item.tags.get("genre", ())),
            ),
            "actor": (sorted(people), sorted(item.tags.get("actor", ()))),
        }
        found += [
            f"{stem}: {name} is {has!r}, wanted {want!r}"
            for name, (want, has) in wanted.items()
            if want != has
        ]
        locks = {"title", "summary", "studio", "originallyAvailableAt", "actor"}
        if not has_heirloom or genres - {"Nature"}:
            locks.add("genre")  # where we had none to add, the lock is not ours
        if missing := locks - item.locks:
            found.append(f"{stem}: not locked: {sorted(missing)}")
    return found


def wrongs_of_ledger(ledger: Ledger) -> list[str]:
    """Look for what a crash may have left in the ledger."""
    found = [f"integrity: {ledger.integrity()}"] if ledger.integrity() != "ok" else []
    found += [
        f"journal row {row.id} is open" for row in Journal.select() if not row.outcome
    ]
    found += [f"link {row.link} is still owed" for row in Outbox.select()]
    links = {link.id: link for link in Link.select()}
    for row in FieldRow.select().where(FieldRow.field == "genres"):
        stem = links[row.link].path.rpartition("/")[2].removesuffix(".mp4")
        shared = {"Nature"} if int(stem.removeprefix("reel-")) % 3 == 0 else set()
        owned, wanted = (
            set(json.loads(row.owned)),
            set(json.loads(row.base or "[]")) - shared,
        )
        if owned != wanted:
            found.append(f"{stem}: owned {sorted(owned)}, wanted {sorted(wanted)}")
    return found
