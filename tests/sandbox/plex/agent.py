"""A refresh: what an agent does to fields that nobody has locked.

Where the section has no agent, the file is all that is known: an unlocked title goes
back to the file's stem (reported by users), and what else was set is lost.
"""

import hashlib
import re

from tests.sandbox.plex import images, tags
from tests.sandbox.plex.model import Actor, Model, whole
from tests.sandbox.plex.state import NONE_AGENT, Item, Offer
from tests.sandbox.plex.tags import Sent
from tests.sandbox.plex.vocabulary import FIELDS, KIND, NOT_THE_AGENTS

# No refresh touches these: they are not an agent's to say.
_OURS_ALONE = frozenset({"title", "addedAt", "userRating"})


def stem(file: str) -> str:
    """Return a file's name without folders and ending, for either kind of slash."""
    name = re.split(r"[\\/]", file)[-1]
    return name.rpartition(".")[0] or name


def refresh(model: Model, item: Item) -> None:
    if model.sections[item.section].agent == NONE_AGENT:
        _refresh_from_file(model, item)
    else:
        _refresh_from_offer(model, item)
    if "thumb" not in item.locks:
        images.reset(model, item, "posters")
    item.updated_at = model.now()
    model.touch(item.section)


def first_look(model: Model, item: Item) -> None:
    """Give a new item the picture that its file holds, and what an agent knows."""
    file = item.parts[0].file
    section = model.sections[item.section]
    frame = hashlib.sha256(file.encode()).digest()
    images.offer(model, item, "posters", frame, section.agent)
    if section.agent != NONE_AGENT:
        _refresh_from_offer(model, item)


def _refresh_from_file(model: Model, item: Item) -> None:
    if model.switches.refresh_empties_unlocked:
        for name in FIELDS.keys() - _OURS_ALONE - item.locks.keys():
            item.values.pop(name, None)
        for kind in KIND.keys() - NOT_THE_AGENTS - item.locks.keys():
            tags.clear(model, item, kind)
    if model.switches.refresh_resets_title and "title" not in item.locks:
        item.values["title"] = stem(item.parts[0].file)


def _refresh_from_offer(model: Model, item: Item) -> None:
    offer = _offer(model, item)
    if offer is None:
        return
    item.guid = offer.guid
    for name, value in offer.values.items():
        if name not in item.locks:
            item.values[name] = value
    for kind, names in offer.tags.items():
        if kind not in item.locks:
            tags.replace(model, item, kind, [Sent(name=name) for name in names])


def _offer(model: Model, item: Item) -> Offer | None:
    for part in item.parts:
        if part.file in model.offers:
            return model.offers[part.file]
    return None


class Agent(Actor):
    @whole
    def refresh(self, key: int) -> None:
        refresh(self.model, self.model.items[key])

    @whole
    def refresh_section(self, section: int) -> None:
        for item in self.model.items_of(section):
            refresh(self.model, item)
