"""What is done to files: by Stash itself, and what its jobs find of it on the disk."""

from collections.abc import Callable

from reconciler.core.values import Field
from tests.seeing.of_scenes import asked, both, linked, restored, title
from tests.seeing.operation import Operation, Within
from tests.seeing.stage import AGAIN, HERON, Also, Readings, Stage

MOVED, COPY, NEW = "shore/egret", "shore/heron again", "shore/kingfisher"
_ELSEWHERE = "coast/heron"
FILES_ARE_FOUND = (0, 29)
"""The first version that can be asked for files."""


def scanned(*done: Callable[[Stage], object]) -> Callable[[Stage], None]:
    """Do something to the disk, and have Stash look at it."""

    def act(s: Stage) -> None:
        for do in done:
            do(s)
        s.site.scan(s.folder)

    return act


def cleaned(film: str) -> Callable[[Stage], None]:
    def act(s: Stage) -> None:
        s.site.remove(s.below(film))
        s.site.clean(s.folder)

    return act


def generated(kind: str) -> Callable[[Stage], object]:
    return lambda s: s.site.generate(kind, s.heron)


def beside(ending: str) -> Callable[[Stage], object]:
    return lambda s: s.site.put_beside(s.below(HERON), ending)


def prints(film: str) -> Callable[[Stage], Readings]:
    """Say that what Stash tells of a file's content is known."""
    return lambda s: {(film, Also.PRINTS): s.prints(film)}


def _move(s: Stage) -> None:
    s.site.move(s.below(HERON), s.below(MOVED))


def _moved_by_stash(s: Stage) -> None:
    s.server.ask(
        "mutation($input: MoveFilesInput!) { moveFiles(input: $input) }",
        input={
            "ids": [s.file(HERON)],
            "destination_folder": s.site.path(f"{s.folder}/shore"),
            "destination_basename": "egret.mp4",
        },
    )
    s.site.moved_by_stash(s.below(HERON), s.below(MOVED))


def move_folder(s: Stage) -> None:
    s.site.move_folder(f"{s.folder}/shore", f"{s.folder}/coast")


def _delete_copy(s: Stage) -> None:
    s.server.ask("mutation($id: ID!) { deleteFiles(ids: [$id]) }", id=s.file(AGAIN))


def _set_print(s: Stage) -> None:
    given = [{"type": "phash", "value": "c0ffee"}]
    s.server.ask(
        "mutation($input: FileSetFingerprintsInput!) {"
        " fileSetFingerprints(input: $input) }",
        input={"id": s.file(HERON), "fingerprints": given},
    )


def _find_pictures(s: Stage) -> None:
    """Have a gallery found, and then, with its file, that it belongs to the scene."""
    beside("zip")(s)
    s.site.scan(s.folder)
    s.site.scan(s.folder, rescan=True)


def _script(s: Stage) -> None:
    beside("funscript")(s)
    s.site.scan(s.folder, rescan=True)


def _screenshot(s: Stage) -> None:
    asked("sceneGenerateScreenshot(id: $id)")(s)
    s.site.wait()


def _make_tag(s: Stage) -> None:
    """Make a tag that is called like the films' folder."""
    s.made["tag"] = s.server.make("Tag", name=s.folder)


def _auto_tag(s: Stage) -> None:
    paths = [s.site.path(f"{s.folder}/shore")]
    s.site.run("metadataAutoTag", paths=paths, tags=[s.made["tag"]])


def _tagged(s: Stage) -> Readings:
    names = {s.word("Nature"), s.word("Silent"), s.folder}
    return {(HERON, Field.GENRES): frozenset(names)}


_moved = both(title(MOVED, "Heron"), linked(MOVED, "heron"))
_unheld = both(title(AGAIN, "Tide"), lambda _: {(AGAIN, Also.SCENE): ""})

_BY_STASH = (
    Operation(
        name="moveFiles",
        act=_moved_by_stash,
        then=_moved,
        within=Within.POLL,
        since=FILES_ARE_FOUND,
    ),
    Operation(
        name="moveFiles",
        act=_moved_by_stash,
        then=_moved,
        within=Within.SWEEP,
        before=FILES_ARE_FOUND,
    ),
    Operation(
        name="deleteFiles",
        act=_delete_copy,
        then=_unheld,
        within=Within.POLL,
        since=FILES_ARE_FOUND,
    ),
    Operation(
        name="deleteFiles",
        act=_delete_copy,
        then=_unheld,
        within=Within.SWEEP,
        before=FILES_ARE_FOUND,
    ),
    Operation(
        name="fileSetFingerprints",
        act=_set_print,
        then=prints(HERON),
        within=Within.SWEEP,
    ),
)

_FOUND = (
    Operation(
        name="scan: new file",
        act=scanned(lambda s: s.site.add(s.below(NEW))),
        then=lambda s: {(NEW, Also.SCENE): s.scene(NEW)},
        within=Within.POLL,
    ),
    Operation(
        name="scan: file joined to a scene",
        act=scanned(lambda s: s.site.copy(s.below(HERON), s.below(COPY))),
        then=both(title(COPY, "Heron"), linked(COPY, "heron")),
        within=Within.POLL,
    ),
    Operation(
        name="scan: file moved or renamed",
        act=scanned(_move),
        then=_moved,
        within=Within.POLL,
        since=FILES_ARE_FOUND,
    ),
    Operation(
        name="scan: file moved or renamed",
        act=scanned(_move),
        then=_moved,
        within=Within.JOB,
        before=FILES_ARE_FOUND,
    ),
    Operation(
        name="scan: folder moved or renamed",
        act=scanned(move_folder),
        then=both(title(_ELSEWHERE, "Heron"), title("coast/tide again", "Tide")),
        within=Within.JOB,
    ),
    Operation(
        name="scan: content of a file changed",
        trace="files { updated_at }",
        act=scanned(lambda s: s.site.alter(s.below(HERON))),
        within=Within.NEVER,
    ),
    Operation(
        name="scan: rescan",
        trace="files { updated_at }",
        act=lambda s: s.site.scan(s.folder, rescan=True),
        within=Within.NEVER,
    ),
    Operation(
        name="scan: metadata and fingerprints filled in",
        act=lambda s: s.site.fill_in(s.folder),
        then=prints(HERON),
        within=Within.SWEEP,
    ),
    Operation(
        name="scan: captions",
        act=scanned(beside("en.srt")),
        within=Within.NEVER,
    ),
    Operation(
        name="scan: gallery beside a scene",
        trace="galleries { id }",
        act=_find_pictures,
        within=Within.NEVER,
    ),
    Operation(
        name="clean: scene lost its last file",
        act=cleaned(HERON),
        then=restored(HERON),
        within=Within.JOB,
    ),
    Operation(
        name="clean: one of several files gone",
        act=cleaned(AGAIN),
        then=_unheld,
        within=Within.POLL,
    ),
)

_MADE = (
    Operation(
        name="generate: phash",
        act=generated("phashes"),
        then=prints(HERON),
        within=Within.SWEEP,
    ),
    Operation(
        name="generate: cover",
        trace="updated_at",
        act=generated("covers"),
        within=Within.NEVER,
    ),
    Operation(
        name="generate: heatmap",
        first=_script,
        act=generated("interactiveHeatmapsSpeeds"),
        within=Within.NEVER,
    ),
    Operation(name="generate: sprites", act=generated("sprites"), within=Within.NEVER),
    Operation(
        name="generate: previews", act=generated("previews"), within=Within.NEVER
    ),
    Operation(
        name="generate: transcodes",
        act=generated("transcodes"),
        within=Within.NEVER,
    ),
    Operation(
        name="sceneGenerateScreenshot",
        trace="updated_at",
        act=_screenshot,
        within=Within.NEVER,
    ),
    Operation(
        name="migrateSceneScreenshots",
        act=lambda s: s.site.migrate_covers(s.heron),
        within=Within.SWEEP,
    ),
    Operation(
        name="auto-tag",
        first=_make_tag,
        act=_auto_tag,
        then=_tagged,
        within=Within.POLL,
    ),
    Operation(
        name="identify",
        first=_make_tag,
        act=lambda s: s.site.identify(s.heron, s.made["tag"]),
        then=_tagged,
        within=Within.POLL,
    ),
)

OPERATIONS = (*_BY_STASH, *_FOUND, *_MADE)
