"""Tags on items: rows that the whole server shares, and who carries them.

Rows are (kind, name) with the name compared as SQLite's NOCASE does, so their spelling
is that of whoever came first; taking one off an item wants its exact spelling.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Collection, Item, Tag, Tagging
from tests.sandbox.plex.switches import SentTwice, Spelling

_NOCASE = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A tag as an edit sends it; None says nothing about a text or a thumb."""

    name: str
    text: str | None = None
    thumb: str | None = None
    person_thumb: str | None = None


def shown(model: Model, tagging: Tagging) -> str:
    """Return a tag's name as this item shows it."""
    own = model.switches.spelling is Spelling.OWN
    return tagging.name if own else tagging.tag.name


def add(model: Model, item: Item, kind: str, sent: Iterable[Sent]) -> None:
    for one in sent:
        if not one.name:
            continue
        tagging = _find(model, item, kind, one.name) or _attach(model, item, kind, one)
        if model.switches.spelling is Spelling.LAST:
            tagging.tag.name = one.name
        _describe(model, tagging, one)


def remove(model: Model, item: Item, kind: str, names: Iterable[str]) -> None:
    """Take tags off *item*; a name in another case than the tag's own is no name."""
    unwanted = set(names)
    for tagging in list(item.tags.get(kind, ())):
        if shown(model, tagging) in unwanted:
            _detach(model, item, kind, tagging)


def clear(model: Model, item: Item, kind: str) -> None:
    for tagging in list(item.tags.get(kind, ())):
        _detach(model, item, kind, tagging)


def replace(model: Model, item: Item, kind: str, sent: Iterable[Sent]) -> None:
    """Leave exactly what is *sent*; a row that stays in use keeps its spelling."""
    wanted = list(sent)
    before = list(item.tags.get(kind, ()))
    item.tags[kind] = []
    add(model, item, kind, wanted)
    for tagging in before:
        _let_go(model, item, tagging.tag)


def forget(model: Model, item: Item) -> None:
    """Take every tag off an item that is going away."""
    for kind in list(item.tags):
        clear(model, item, kind)


def _fold(model: Model, name: str) -> str:
    beyond = model.switches.case_beyond_ascii
    return name.casefold() if beyond else name.translate(_NOCASE)


def _find(model: Model, item: Item, kind: str, name: str) -> Tagging | None:
    taggings = item.tags.setdefault(kind, [])
    folded = _fold(model, name)
    for tagging in taggings:
        if _fold(model, tagging.tag.name) == folded:
            if model.switches.sent_twice is SentTwice.MOVES:
                taggings.remove(tagging)
                taggings.append(tagging)
            return tagging
    return None


def _attach(model: Model, item: Item, kind: str, sent: Sent) -> Tagging:
    tag = _row(model, kind, sent.name)
    tag.uses[item.section] += 1
    tagging = Tagging(tag=tag, name=sent.name)
    item.tags[kind].append(tagging)
    if kind == "collection":
        _keep_collection(model, item.section, tag)
    return tagging


def _detach(model: Model, item: Item, kind: str, tagging: Tagging) -> None:
    item.tags[kind].remove(tagging)
    _let_go(model, item, tagging.tag)


def _let_go(model: Model, item: Item, tag: Tag) -> None:
    tag.uses[item.section] -= 1
    if tag.kind == "collection":
        _keep_collection(model, item.section, tag)
    if model.switches.unused_tags_go and not tag.uses.total():
        model.tags = {key: row for key, row in model.tags.items() if row is not tag}


def _row(model: Model, kind: str, name: str) -> Tag:
    key = (kind, _fold(model, name))
    if key not in model.tags:
        model.tags[key] = Tag(id=model.next_id("tag"), kind=kind, name=name)
    return model.tags[key]


def _describe(model: Model, tagging: Tagging, sent: Sent) -> None:
    if sent.text is not None:
        tagging.text = sent.text
    if sent.person_thumb is not None:
        tagging.tag.thumb = sent.person_thumb
    if sent.thumb is not None:
        if model.switches.actor_thumb_per_person:
            tagging.tag.thumb = sent.thumb
        else:
            tagging.thumb = sent.thumb


def _keep_collection(model: Model, section: int, tag: Tag) -> None:
    """Let a collection be there while it is used, and go when the switch says so."""
    there = [c for c in model.collections_of(section) if c.tag is tag]
    if tag.uses[section] and not there:
        collection = _new_collection(model, section, tag)
        model.collections[collection.key] = collection
    if not tag.uses[section] and model.switches.empty_collections_go:
        for collection in there:
            del model.collections[collection.key]


def _new_collection(model: Model, section: int, tag: Tag) -> Collection:
    return Collection(
        key=model.next_id("item"),
        section=section,
        tag=tag,
        guid=f"collection://{model.new_uuid()}",
        added_at=model.now(),
        updated_at=model.now(),
        values={"title": tag.name},
    )
