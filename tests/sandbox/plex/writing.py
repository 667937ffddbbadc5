"""The answers to all that changes something; most of them say nothing but 200."""

from urllib.parse import unquote

from tests.sandbox.plex import agent, answers, edits, images
from tests.sandbox.plex.call import Call, NotThere
from tests.sandbox.plex.form import numbers
from tests.sandbox.plex.moves import Moves
from tests.sandbox.plex.scanner import Scanner
from tests.sandbox.wire import Response

_LISTS = {"poster": "posters", "thumb": "posters", "art": "arts"}


def edit_section(call: Call) -> Response:
    if not call.keys[0].isdigit():
        return answers.status_only(500)
    key = int(call.keys[0])
    return answers.status_only(edits.edit_section(call.model, key, call.pairs))


def edit_item(call: Call) -> Response:
    key = int(call.keys[0])
    return answers.status_only(edits.edit_item(call.model, key, call.pairs))


def rate(call: Call) -> Response:
    query = call.query
    if not query.get("key", "").isdigit():
        return answers.status_only(400)
    status = edits.rate(call.model, int(query["key"]), query.get("rating", ""))
    return answers.status_only(status)


def upload(call: Call) -> Response:
    """Take an image in; the answer is the same whether there was one or not."""
    item, what = call.item(), call.keys[1]
    if url := call.query.get("url"):
        images.fetch(call.model, item, what, url)
    elif call.request.body:
        images.upload(call.model, item, what, call.request.body)
    return answers.plain()


def choose(call: Call) -> Response:
    """Choose an image; the answer is its path as bare text."""
    item, what = call.item(), _LISTS[call.keys[1]]
    if not images.choose(call.model, item, what, call.query.get("url", "")):
        raise NotThere
    return answers.plain(200, images.path(item, what).encode(), "text/plain")


def unset(call: Call) -> Response:
    images.unset(call.model, call.item(), _LISTS[call.keys[1]])
    return answers.plain()


def scan(call: Call) -> Response:
    """Scan a section; with `force` refresh every item in it instead."""
    section = call.section()
    if call.query.get("force") == "1":
        for item in call.model.items_of(section.key):
            agent.refresh(call.model, item)
        return answers.plain()
    call.model.scans_due.append((section.key, call.query.get("path") or None))
    section.is_scanning = True
    if not call.model.scans_wait:
        Scanner(call.model).finish_scans()
    return answers.plain()


def cancel_scan(call: Call) -> Response:
    key = call.section().key
    due = call.model.scans_due
    kept = [one for one in due if one[0] != key]
    due.clear()
    due.extend(kept)
    call.section().is_scanning = False
    return answers.plain()


def empty_trash(call: Call) -> Response:
    Scanner(call.model).empty_trash(call.section().key)
    return answers.plain()


def refresh(call: Call) -> Response:
    agent.refresh(call.model, call.item())
    return answers.plain()


def analyze(call: Call) -> Response:
    call.item()
    return answers.plain()


def merge(call: Call) -> Response:
    others = numbers(unquote(call.query.get("ids", "")))
    if any(other not in call.model.items for other in others):
        raise NotThere
    Moves(call.model).merge(call.item().key, others)
    return answers.plain()


def split(call: Call) -> Response:
    Moves(call.model).split(call.item().key)
    return answers.plain()
