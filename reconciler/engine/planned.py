"""What became of a saved plan: each of its fields written, or why it was not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from reconciler.core.values import EMPTY, Field, Item, ItemKey
from reconciler.engine.judging import MOVED
from reconciler.engine.looking import BATCH, Looker, Standing
from reconciler.engine.report import Line, OfPlan, Tally, content_of
from reconciler.engine.settings import Planned
from state.ledger import Ledger
from state.records import LinkRecord

UNKNOWN = "not known to this state"
NOT_OWED = "not owed any more"
_CAUSE = "saved plan"

_Place = tuple[str, ItemKey]
_Known = Mapping[_Place, LinkRecord]


@dataclass(slots=True, kw_only=True)
class Checklist:
    """An audience that ticks off the fields of a plan that it is told of."""

    only: Mapping[_Place, Mapping[Field, Planned]]
    done: set[tuple[_Place, Field]] = field(default_factory=set)

    def stage(self, name: str, total: int | None) -> None:
        """Take no notice."""

    def advance(self, steps: int = 1) -> None:
        """Take no notice."""

    def line(self, line: Line) -> None:
        """Tick off a field."""
        self.done.add(((line.library, line.item), line.field))

    def rest(self) -> Iterator[tuple[_Place, dict[Field, Planned]]]:
        """Go through what is not ticked off, in the order of libraries and items."""
        for place, fields in sorted(self.only.items()):
            left = {n: one for n, one in fields.items() if (place, n) not in self.done}
            if left:
                yield place, left


@dataclass(slots=True, kw_only=True)
class Comparer:
    """Says of each field of a plan that was not written how it stands."""

    ledger: Ledger
    looker: Looker
    tally: Tally

    def tell(self, plan: Checklist) -> None:
        """Look at the items of what is left of a plan, 50 to a request."""
        for line in self.tally.spared:
            plan.line(line)
        told = OfPlan(fields=sum(map(len, plan.only.values())))
        for title, group in groupby(plan.rest(), key=lambda one: one[0][0]):
            every = list(group)
            for start in range(0, len(every), BATCH):
                self._compare(title, dict(every[start : start + BATCH]), told)
        self.tally.of_plan = told

    def _compare(
        self, title: str, rest: Mapping[_Place, Mapping[Field, Planned]], told: OfPlan
    ) -> None:
        links = self._links(title, rest)
        is_there = links and not self.looker.surveyor.is_missing(title)
        items = self.looker.items(list(links.values())) if is_there else {}
        owed = self.ledger.outbox.of_links(link.id for link in links.values())
        claims = self.looker.claims
        shared = claims.shared(links.values())
        contested = claims.contested(links.values(), items, shared)
        for place, fields in rest.items():
            link, item = links.get(place), items.get(place[1])
            standing: str = UNKNOWN
            entry = None
            if link is not None:
                entry = owed.get(link.id)
                standing = _standing(link, item, is_contested=link.id in contested)
            whys = dict.fromkeys(fields, standing)
            if item is not None and standing == Standing.THERE:
                still = () if entry is None else entry.fields
                whys = {
                    name: _why(name, one, item, is_owed=name in still)
                    for name, one in fields.items()
                }
            told.already += list(whys.values()).count(_ALREADY)
            told.owed_items += int(_OWED in whys.values())
            self.tally.spared += [
                _line(place, name, fields[name], item, why)
                for name, why in whys.items()
                if why not in {_ALREADY, _OWED}
            ]

    def _links(
        self, title: str, rest: Mapping[_Place, Mapping[Field, Planned]]
    ) -> _Known:
        """Find the links of the plan's scenes to its items, lost ones included."""
        keys = [
            key
            for key, target in self.looker.surveyor.linker.targets.items()
            if target.title == title
        ]
        scenes = {
            (place, planned.scene)
            for place, fields in rest.items()
            for planned in fields.values()
        }
        found = self.ledger.links.at((key, item) for key in keys for _, item in rest)
        return {
            (title, ItemKey(link.item)): link
            for link in found
            if ((title, ItemKey(link.item)), link.scene) in scenes
        }


_ALREADY, _OWED = "already as planned", "still owed"


def _standing(link: LinkRecord, item: Item | None, *, is_contested: bool) -> Standing:
    if item is None:
        return Standing.GONE
    if link.path not in item.paths:
        return Standing.MOVED
    return Standing.CONTESTED if is_contested else Standing.THERE


def _why(name: Field, planned: Planned, item: Item, *, is_owed: bool) -> str:
    has = item.fields.get(name, EMPTY)
    content, is_locked_so = content_of(name, has), planned.lock in {None, has.locked}
    if content == planned.new and is_locked_so:
        return _ALREADY
    if is_owed:
        return _OWED
    return NOT_OWED if content == planned.old else MOVED


def _line(
    place: _Place, name: Field, planned: Planned, item: Item | None, why: str
) -> Line:
    has = item.fields.get(name, EMPTY) if item else EMPTY
    return Line(
        library=place[0],
        item=place[1],
        name=planned.name,
        scene=planned.scene,
        field=name,
        old=content_of(name, has),
        new=planned.new,
        reason=why,
        cause=_CAUSE,
    )
