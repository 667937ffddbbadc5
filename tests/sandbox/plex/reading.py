"""The answers to reads."""

from tests.sandbox.plex import answers, images, listing, render
from tests.sandbox.plex.call import Call, NotThere
from tests.sandbox.plex.form import numbers
from tests.sandbox.plex.markup import Attribute, Node
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Item, Section
from tests.sandbox.plex.vocabulary import Type
from tests.sandbox.wire import Response


def root(call: Call) -> Response:
    model = call.model
    node = Node(
        "MediaContainer",
        {
            "size": 1,
            "allowMediaDeletion": True,
            "friendlyName": model.name,
            "machineIdentifier": model.machine_identifier,
            "myPlex": True,
            "myPlexMappingState": "mapped",
            "myPlexSigninState": "ok",
            "myPlexSubscription": True,
            "myPlexUsername": "owner@example.com",
            "platform": "Linux",
            "platformVersion": "12 (bookworm)",
            "transcoderActiveVideoSessions": 0,
            "updatedAt": model.started_at,
            "version": model.version,
        },
        (Node("Directory", {"count": 3, "key": "library", "title": "library"}),),
    )
    return answers.tree(call.request, node)


def identity(call: Call) -> Response:
    model = call.model
    node = Node(
        "MediaContainer",
        {
            "size": 0,
            "apiVersion": "1.2.3",
            "claimed": False,
            "machineIdentifier": model.machine_identifier,
            "version": model.version,
        },
    )
    return answers.tree(call.request, node)


def library(call: Call) -> Response:
    names = {"sections": "Library Sections", "onDeck": "On Deck Content"}
    nodes = [Node("Directory", {"key": key, "title": t}) for key, t in names.items()]
    more: dict[str, Attribute] = {"title1": "Plex Library", "title2": ""}
    node = answers.container(call.model, nodes, more=more)
    return answers.tree(call.request, node)


def sections(call: Call) -> Response:
    nodes = [render.section(one) for one in call.model.sections.values()]
    head: dict[str, Attribute] = {"size": len(nodes), "allowSync": False}
    head["title1"] = "Plex Library"
    return answers.tree(call.request, Node("MediaContainer", head, tuple(nodes)))


def items(call: Call) -> Response:
    """Answer a listing of a section."""
    if not call.keys[0].isdigit():
        return answers.status_only(500)
    section = call.model.sections.get(int(call.keys[0]))
    if section is None:
        return _deleted(call)
    if section.type != "movie":
        return _other_type(call, section)
    rows = listing.select(call.model, section, call.query)
    page = listing.page(call.model, rows, call.query, call.request.headers)
    guids = call.query.get("includeGuids") == "1"
    nodes = [_row(call.model, row, guids=guids) for row in page.rows]
    more = {"totalSize": page.total, "offset": page.start} if page.paged else {}
    headers = _page_headers(page) if page.paged else ()
    node = _listing(call.model, section, nodes, more)
    return answers.tree(call.request, node, headers)


def collections(call: Call) -> Response:
    section = call.section()
    rows = listing.select(call.model, section, {"type": str(Type.COLLECTION.value)})
    nodes = [_row(call.model, row, guids=False) for row in rows]
    return answers.tree(call.request, _listing(call.model, section, nodes, {}))


def children(call: Call) -> Response:
    one = call.model.collections.get(int(call.keys[0]))
    if one is None:
        raise NotThere
    section = call.model.sections[one.section]
    nodes = [render.listed_item(call.model, i) for i in call.model.members(one)]
    return answers.tree(call.request, answers.container(call.model, nodes, section))


def metadata(call: Call) -> Response:
    """Answer with one full item, or with several."""
    asked = list(dict.fromkeys(numbers(call.keys[0])))
    if not call.model.switches.batch_read_in_order:
        asked.sort()
    check_files = call.query.get("checkFiles") == "1"
    found = [_full(call.model, key, check_files=check_files) for key in asked]
    nodes = [node for node in found if node is not None]
    incomplete = len(nodes) < len(asked)
    if not nodes or (incomplete and call.model.switches.batch_read_all_or_404):
        raise NotThere
    section = _common_section(call.model, asked)
    return answers.tree(call.request, answers.container(call.model, nodes, section))


def photos(call: Call) -> Response:
    nodes = list(render.photos(call.item(), call.keys[1]))
    return answers.tree(call.request, answers.container(call.model, nodes))


def chosen_image(call: Call) -> Response:
    what = "posters" if call.keys[1] == "thumb" else "arts"
    gallery = call.item().galleries.get(what)
    return _image(call, what, gallery.selected if gallery else "")


def image(call: Call) -> Response:
    key = call.query.get("url", "")
    what = "arts" if "://arts/" in key else "posters"
    return _image(call, what, key)


def _image(call: Call, what: str, key: str) -> Response:
    found = images.find(call.item(), what, key)
    if found is None:
        raise NotThere
    return answers.plain(200, found.content, "image/jpeg")


def _deleted(call: Call) -> Response:
    if call.model.switches.deleted_section_is_404:
        raise NotThere
    return answers.tree(call.request, answers.container(call.model, []))


def _other_type(call: Call, section: Section) -> Response:
    """Answer for a section of shows, of which this double knows only that it is one."""
    if "file" in call.query and "type" not in call.query:
        return answers.status_only(500)
    return answers.tree(call.request, answers.container(call.model, [], section))


def _row(model: Model, row: listing.Listed, *, guids: bool) -> Node:
    if isinstance(row, Item):
        return render.listed_item(model, row, guids=guids)
    return render.collection(model, row, full=False)


def _full(model: Model, key: int, *, check_files: bool) -> Node | None:
    if key in model.items:
        return render.full_item(model, model.items[key], check_files=check_files)
    if key in model.collections:
        return render.collection(model, model.collections[key], full=True)
    return None


def _common_section(model: Model, keys: list[int]) -> Section | None:
    """Return the section of all these items, None where they are of several."""
    found = {model.items[key].section for key in keys if key in model.items}
    found |= {
        model.collections[key].section for key in keys if key in model.collections
    }
    return model.sections[found.pop()] if len(found) == 1 else None


def _listing(
    model: Model, section: Section, nodes: list[Node], more: dict[str, int]
) -> Node:
    view: dict[str, Attribute] = {
        "art": "/:/resources/movie-fanart.jpg",
        "thumb": "/:/resources/movie.png",
        "title1": section.title,
        "title2": "All Movies",
        "viewGroup": "movie",
        "viewMode": 131122,
    }
    return answers.container(model, nodes, section, {**more, **view})


def _page_headers(page: listing.Page) -> tuple[tuple[str, str], ...]:
    return (
        ("X-Plex-Container-Start", str(page.start)),
        ("X-Plex-Container-Total-Size", str(page.total)),
    )
