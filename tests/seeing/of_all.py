"""What is done to Stash as a whole, and past it."""

from typing import Any

from tests.seeing.of_files import move_folder
from tests.seeing.of_scenes import title
from tests.seeing.operation import Operation, Within
from tests.seeing.stage import HERON, Stage

_NEW_START = "Stash would have to be started anew"


def _import_objects(s: Stage) -> None:
    scene: dict[str, Any] = {
        "title": s.word("Egret"),
        "files": [s.path(HERON)],
        "created_at": "2020-01-02T03:04:05Z",
        "updated_at": "2020-01-02T03:04:05Z",
    }
    s.site.import_objects(scene)


def _rename(s: Stage) -> None:
    """Rename the heron, and see that Plex says so: what comes takes it back."""
    s.server.update("Scene", s.heron, title=s.word("Egret"))
    s.site.schedule.idle(10)
    wanted = title(HERON, "Egret")(s)
    assert s.reads(wanted) == wanted


def _rename_unnoticed(s: Stage) -> None:
    """Have a job come and go while Stash, twice started anew, has told of none."""
    move_folder(s)
    s.site.look()
    s.site.start_anew()


OPERATIONS = (
    Operation(
        name="importObjects",
        act=_import_objects,
        then=title(HERON, "Egret"),
        within=Within.JOB,
    ),
    Operation(
        name="execSQL and other programs",
        act=lambda s: s.site.write_title(s.heron, s.word("Egret")),
        then=title(HERON, "Egret"),
        within=Within.SWEEP,
    ),
    Operation(
        name="a folder renamed by a job that was missed with all that came after it",
        first=lambda s: s.site.start_anew(),
        act=_rename_unnoticed,
        then=title("coast/heron", "Heron"),
        within=Within.SWEEP,
        only_double=_NEW_START,
    ),
    Operation(
        name="backup restored or database replaced",
        act=lambda s: s.site.restore(lambda: _rename(s)),
        then=title(HERON, "Heron"),
        within=Within.POLL,
        only_double=_NEW_START,
    ),
    Operation(
        name="metadataImport",
        act=lambda s: s.site.import_all(lambda: _rename(s)),
        then=title(HERON, "Heron"),
        within=Within.JOB,
    ),
)
"""The last gives everything another id: nothing of before can be done after it."""
