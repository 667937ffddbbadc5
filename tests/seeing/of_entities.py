"""What is done to performers, tags and studios that scenes refer to."""

from collections.abc import Callable

from reconciler.core.values import Field
from tests.seeing.operation import Operation, Within
from tests.seeing.stage import AGAIN, HERON, TIDE, Readings, Stage

_NO_STASH_BOX = "it needs a stash-box that answers"


def _sets(
    what: Field, heron: tuple[str, ...], tide: tuple[str, ...]
) -> Callable[[Stage], Readings]:
    """Say which names the items of all films have."""

    def then(s: Stage) -> Readings:
        names = {HERON: heron, TIDE: tide, AGAIN: tide}
        return {
            (film, what): frozenset(map(s.word, words)) for film, words in names.items()
        }

    return then


def _studio(words: str) -> Callable[[Stage], Readings]:
    return lambda s: {
        (film, Field.STUDIO): s.word(words) if words else ""
        for film in (HERON, TIDE, AGAIN)
    }


def _renamed(kind: str, entity: str, words: str) -> Callable[[Stage], object]:
    return lambda s: s.server.update(kind, getattr(s, entity), name=s.word(words))


def _destroyed(kind: str, entity: str) -> Callable[[Stage], object]:
    return lambda s: s.server.destroy(kind, getattr(s, entity))


def _all_destroyed(mutation: str, *entities: str) -> Callable[[Stage], object]:
    return lambda s: s.server.ask(
        f"mutation($ids: [ID!]!) {{ {mutation}(ids: $ids) }}",
        ids=[getattr(s, entity) for entity in entities],
    )


def _in_bulk(kind: str, entity: str) -> Callable[[Stage], object]:
    mutation = f"bulk{kind}Update(input: {{ids: [$id], favorite: true}}) {{ id }}"
    return lambda s: s.server.ask(
        f"mutation($id: ID!) {{ {mutation} }}", id=getattr(s, entity)
    )


_PERFORMERS = (
    Operation(
        name="performerUpdate",
        act=_renamed("Performer", "ada", "Ada Beck"),
        then=_sets(Field.ACTORS, ("Ada Beck", "Ben Carr"), ("Ada Beck",)),
        within=Within.POLL,
    ),
    Operation(
        name="bulkPerformerUpdate",
        trace="performers { favorite }",
        act=_in_bulk("Performer", "ada"),
        within=Within.NEVER,
    ),
    Operation(
        name="stash-box batch: performers",
        act=lambda s: s.site.batch_tag("Performer", s.ada, s.word("Ada Beck")),
        then=_sets(Field.ACTORS, ("Ada Beck", "Ben Carr"), ("Ada Beck",)),
        within=Within.POLL,
        only_double=_NO_STASH_BOX,
    ),
    Operation(
        name="performerMerge",
        act=lambda s: s.server.merge("Performer", [s.ada], s.ben),
        then=_sets(Field.ACTORS, ("Ben Carr",), ("Ben Carr",)),
        within=Within.POLL,
        since=(0, 30, 1, 19),
    ),
    Operation(
        name="performerDestroy",
        act=_destroyed("Performer", "ada"),
        then=_sets(Field.ACTORS, ("Ben Carr",), ()),
        within=Within.POLL,
    ),
    Operation(
        name="performersDestroy",
        act=_all_destroyed("performersDestroy", "ada", "ben"),
        then=_sets(Field.ACTORS, (), ()),
        within=Within.POLL,
    ),
)

_TAGS = (
    Operation(
        name="tagUpdate",
        act=_renamed("Tag", "nature", "Outdoors"),
        then=_sets(Field.GENRES, ("Outdoors", "Silent"), ("Outdoors",)),
        within=Within.POLL,
    ),
    Operation(
        name="bulkTagUpdate",
        trace="tags { favorite }",
        act=_in_bulk("Tag", "nature"),
        within=Within.NEVER,
    ),
    Operation(
        name="tagsMerge",
        act=lambda s: s.server.merge("Tag", [s.nature], s.silent),
        then=_sets(Field.GENRES, ("Silent",), ("Silent",)),
        within=Within.POLL,
    ),
    Operation(
        name="tagDestroy",
        act=_destroyed("Tag", "nature"),
        then=_sets(Field.GENRES, ("Silent",), ()),
        within=Within.POLL,
    ),
    Operation(
        name="tagsDestroy",
        act=_all_destroyed("tagsDestroy", "nature", "silent"),
        then=_sets(Field.GENRES, (), ()),
        within=Within.POLL,
    ),
)

_STUDIOS = (
    Operation(
        name="studioUpdate",
        act=_renamed("Studio", "studio", "Harbour Pictures"),
        then=_studio("Harbour Pictures"),
        within=Within.POLL,
    ),
    Operation(
        name="bulkStudioUpdate",
        trace="studio { favorite }",
        act=_in_bulk("Studio", "studio"),
        within=Within.NEVER,
        since=(0, 30),
    ),
    Operation(
        name="stash-box batch: studios",
        act=lambda s: s.site.batch_tag("Studio", s.studio, s.word("Harbour Pictures")),
        then=_studio("Harbour Pictures"),
        within=Within.POLL,
        only_double=_NO_STASH_BOX,
    ),
    Operation(
        name="studioDestroy",
        act=_destroyed("Studio", "studio"),
        then=_studio(""),
        within=Within.POLL,
    ),
    Operation(
        name="studiosDestroy",
        act=_all_destroyed("studiosDestroy", "studio"),
        then=_studio(""),
        within=Within.POLL,
    ),
)

OPERATIONS = (*_PERFORMERS, *_TAGS, *_STUDIOS)
