"""Posters and backgrounds of items: candidates, the chosen one, and its time stamp."""

import hashlib
from types import MappingProxyType

from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Gallery, Image, Item

# The list of candidates -> the attribute and lock of the chosen one.
GALLERIES = MappingProxyType({"posters": "thumb", "arts": "art"})


def upload(model: Model, item: Item, what: str, content: bytes) -> str:
    """Add an image, choose it, and return its key, which its bytes alone decide."""
    key = f"upload://{what}/{hashlib.sha1(content).hexdigest()}"  # noqa: S324 - as Plex does
    gallery = _gallery(item, what)
    if all(image.key != key for image in gallery.images):
        gallery.images.append(Image(key=key, content=content))
    _select(model, item, what, key)
    if model.switches.upload_locks_thumb:
        item.locks[GALLERIES[what]] = None
    return key


def fetch(model: Model, item: Item, what: str, url: str) -> None:
    """Upload what *url* holds, or nothing where the server cannot reach it."""
    content = model.web.get(url)
    if content is not None:
        upload(model, item, what, content)


def offer(model: Model, item: Item, what: str, content: bytes, provider: str) -> None:
    """Put an agent's or the scanner's own image beside the others."""
    digest = hashlib.sha1(content).hexdigest()  # noqa: S324 - as Plex does
    key = f"metadata://{what}/{provider}_{digest}"
    gallery = _gallery(item, what)
    gallery.images.append(Image(key=key, content=content, provider=provider))
    if not gallery.selected:
        gallery.selected, gallery.chosen_at = key, model.now()


def choose(model: Model, item: Item, what: str, key: str) -> bool:
    """Choose a candidate, which locks it, and say whether there is one of that key."""
    if find(item, what, key) is None:
        return False
    _select(model, item, what, key)
    item.locks[GALLERIES[what]] = None
    return True


def unset(model: Model, item: Item, what: str) -> None:
    """Choose nothing; what was uploaded stays in the list, where nothing goes away."""
    _gallery(item, what).selected = ""
    model.edited(item)


def reset(model: Model, item: Item, what: str) -> None:
    """Choose the first image that nobody uploaded, as a refresh does."""
    gallery = _gallery(item, what)
    own = [image.key for image in gallery.images if image.provider]
    if own and gallery.selected != own[0]:
        gallery.selected, gallery.chosen_at = own[0], model.now()


def find(item: Item, what: str, key: str) -> Image | None:
    images = _gallery(item, what).images
    return next((image for image in images if image.key == key), None)


def path(item: Item, what: str) -> str:
    """Return the path of the chosen image, which ends in when it was chosen."""
    gallery = item.galleries.get(what)
    if gallery is None or not gallery.selected:
        return ""
    return f"/library/metadata/{item.key}/{GALLERIES[what]}/{gallery.chosen_at}"


def _gallery(item: Item, what: str) -> Gallery:
    return item.galleries.setdefault(what, Gallery())


def _select(model: Model, item: Item, what: str, key: str) -> None:
    gallery = _gallery(item, what)
    gallery.selected, gallery.chosen_at = key, model.now()
    model.edited(item)
