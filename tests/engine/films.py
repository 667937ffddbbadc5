"""A library of films for passes to work on; neutral and made up."""

from tests.world import World

_TAGS = ("Nature", "Mountains", "Rivers", "Silent", "Animation", "Timelapse")
_PEOPLE = ("Ada Example", "Ben Sample", "Cleo Placeholder", "Dov Muster")
_STUDIOS = ("Meadow Films", "Harbour Pictures")


def furnish(world: World, count: int) -> list[int]:
    """Fill both doubles with *count* films that have something in every field."""
    tags = [world.stash.create_tag(name) for name in _TAGS]
    people = [world.stash.create_performer(name) for name in _PEOPLE]
    studios = [world.stash.create_studio(name) for name in _STUDIOS]
    return [
        world.scene(
            f"reel-{number:04}",
            title=f"Reel {number}",
            details=f"Reel {number} of the valley survey.",
            date=f"2021-{number % 12 + 1:02}-{number % 28 + 1:02}",
            studio_id=studios[number % len(studios)],
            tag_ids=tuple(tags[: number % len(tags) + 1]),
            performer_ids=tuple(people[: number % len(people) + 1]),
        )
        for number in range(count)
    ]


def everything(world: World) -> dict[int, object]:
    """Take what people see of each item: values, locks, elements and their order."""
    return {
        key: (item.values, item.locks, item.tags)
        for key, item in world.plex.snapshot().items()
    }
