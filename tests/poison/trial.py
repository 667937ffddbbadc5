"""Poison scenes, the whole way: what Plex has of them is what is stated, and stays."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

from reconciler.core.values import Field
from tests.poison.brewing import Brewer
from tests.poison.ruling import Ruling
from tests.sandbox.plex.switches import SentTwice, Spelling, Switches
from tests.sandbox.stash.records import Performer, Row, Studio, Tag
from tests.world import World

_POOL = 60


@dataclass(frozen=True, slots=True)
class Trial:
    """A world of poison scenes, of one seed."""

    world: World
    brewer: Brewer
    stems: dict[int, str]

    @classmethod
    def of(cls, folder: Path, seed: int, scenes: int) -> "Trial":
        """Make a world; the switches are drawn too, but for the first seed."""
        chance = Random(seed)
        folder.mkdir(parents=True, exist_ok=True)
        switches = _switches(chance) if seed else Switches()
        trial = cls(World(folder=folder, switches=switches), Brewer(chance), {})
        trial._furnish(scenes)
        return trial

    def wrongs(self) -> Iterator[str]:
        """Reconcile, and say what is not as stated, or is not left alone then."""
        first = self.world.reconcile()
        yield from first.report.problems
        yield from self._misruled()
        self.world.later(3600)
        again = self.world.reconcile(is_full=True)
        yield from again.report.problems
        if again.puts:
            yield f"the second pass writes {again.changes}"
        self.world.later(3600)
        self.world.reconcile()
        at_rest = self.world.state.read_bytes()
        quiet = self.world.reconcile()
        if dict(quiet.sent) != {"stash poll": 1}:
            yield f"a quiet pass asks {quiet.sent}"
        if self.world.state.read_bytes() != at_rest:
            yield "a quiet pass writes to the ledger"
        self.world.source.close()

    def _misruled(self) -> Iterator[str]:
        stash, ruling = self.world.stash, Ruling(self.world.switches)
        for scene, stem in self.stems.items():
            row = stash.scenes[scene]
            title = row.title if ruling.line(row.title) else stem
            studio = stash.studios[row.studio_id].name if row.studio_id else ""
            tags = [stash.tags[one].name for one in row.tag_ids]
            people = [stash.performers[one].name for one in row.performer_ids]
            found = {name: self.world.value(stem, name) for name in Field}
            is_right = {
                Field.TITLE: ruling.is_value(str(found[Field.TITLE]), title),
                Field.SUMMARY: ruling.is_summary(
                    str(found[Field.SUMMARY]), row.details
                ),
                Field.STUDIO: ruling.is_value(str(found[Field.STUDIO]), studio),
                Field.DATE: found[Field.DATE] == ruling.date(row.date),
                Field.GENRES: ruling.is_set(found[Field.GENRES], tags),
                Field.ACTORS: ruling.is_set(found[Field.ACTORS], people),
            }
            for name in Field:
                if not is_right[name]:
                    said = (row.title, row.details, studio, row.date, tags, people)
                    yield f"{stem}: {name} is {found[name]!a}, of {said!a}"[:3_000]

    def _furnish(self, scenes: int) -> None:
        stash, brewer = self.world.stash, self.brewer
        with stash.writing() as now:
            made = Row(id=0, created_at=now, updated_at=now)
            for number, name in enumerate(brewer.names(_POOL), start=1):
                stash.tags.put(Tag(**{**asdict(made), "id": number, "name": name}))
            for number, name in enumerate(brewer.names(_POOL), start=1):
                stash.studios.put(
                    Studio(**{**asdict(made), "id": number, "name": name})
                )
            crowd = [f"{brewer.text(1)} {number}" for number in range(500)]
            for number, name in enumerate([*brewer.names(_POOL), *crowd], start=1):
                stash.performers.put(
                    Performer(**{**asdict(made), "id": number, "name": name})
                )
        for number in range(scenes):
            self._scene(number, is_crowded=number == scenes // 2)

    def _scene(self, number: int, *, is_crowded: bool) -> None:
        stash, brewer, chance = self.world.stash, self.brewer, self.brewer.chance
        stem = brewer.stem(number)
        scene = self.world.scene(stem)
        crowd = tuple(range(_POOL + 1, _POOL + 501))
        with stash.writing() as now:
            stash.scenes.put(
                replace(
                    stash.scenes[scene],
                    title=brewer.value(),
                    details=brewer.value(),
                    date=brewer.date(),
                    studio_id=chance.choice((None, chance.randint(1, _POOL))),
                    tag_ids=self._some(),
                    performer_ids=crowd if is_crowded else self._some(),
                    updated_at=now,
                )
            )
        self.stems[scene] = stem

    def _some(self) -> tuple[int, ...]:
        chance = self.brewer.chance
        return tuple(chance.sample(range(1, _POOL + 1), chance.choice((0, 1, 3, 8))))


def _switches(chance: Random) -> Switches:
    def toss() -> bool:
        return chance.random() < 0.5

    return Switches(
        tags_replace=toss(),
        adds_come_first=toss(),
        sent_twice=chance.choice(list(SentTwice)),
        spelling=chance.choice(list(Spelling)),
        case_beyond_ascii=toss(),
        unused_tags_go=toss(),
        trims=toss(),
        normalises=toss(),
        cuts_at_255=toss(),
        newlines_become_spaces=toss(),
    )
