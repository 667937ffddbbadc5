"""What a Plex server does of its own accord, and for whom: maintenance, and streams.

The hours are settings as recorded; what starts a task, and what says that it runs
already, is as specified. A backup begins at once, as others have seen, and holds what
the server has when it ends: whoever does not wait for that has his writes in it.
"""

from tests.sandbox.plex import answers
from tests.sandbox.plex.call import Call, NotThere
from tests.sandbox.plex.markup import Attribute, Node
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Backup, Running
from tests.sandbox.wire import Response

BACKUP = "BackupDatabase"

# Those that the specification names.
_TASKS = (
    BACKUP,
    "BuildGracenoteCollections",
    "CheckForUpdates",
    "CleanOldBundles",
    "CleanOldCacheFiles",
    "DeepMediaAnalysis",
    "GenerateAutoTags",
    "GenerateChapterThumbs",
    "GenerateMediaIndexFiles",
    "OptimizeDatabase",
    "RefreshLibraries",
    "RefreshLocalMedia",
    "RefreshPeriodicMetadata",
    "UpgradeMediaAnalysis",
)
# Recorded with this colon, which is not the one of the keyboard.
_HOURS = "|".join(f"{hour}:{hour}\ua78900" for hour in range(24))


def settle(model: Model) -> None:
    """Let a backup be made whose time is over; it holds what there is then."""
    running = model.running
    if running is not None and model.clock() >= running.until:
        values = {key: dict(item.values) for key, item in model.items.items()}
        model.backups.append(Backup(made_at=running.until, values=values))
        model.running = None


def prefs(call: Call) -> Response:
    """Answer with the settings; only a few of the 150 that there are."""
    begin, end = call.model.butler_hours
    nodes = (
        _setting(
            "autoEmptyTrash",
            "Empty trash automatically after every scan",
            usual=True,
            value=call.model.auto_empty_trash,
        ),
        _setting(
            "ButlerStartHour",
            "Time at which tasks start to run",
            "The time at which the server starts running background maintenance tasks.",
            usual=2,
            value=begin,
        ),
        _setting(
            "ButlerEndHour",
            "Time at which tasks stop running",
            "The time at which the background maintenance tasks stop running.",
            usual=5,
            value=end,
        ),
    )
    node = Node("MediaContainer", {"size": len(nodes)}, nodes)
    return answers.tree(call.request, node)


def _setting(
    name: str, label: str, summary: str = "", *, usual: Attribute, value: Attribute
) -> Node:
    is_hour = name.endswith("Hour")
    attributes: dict[str, Attribute] = {
        "id": name,
        "label": label,
        "summary": summary,
        "type": "int" if is_hour else "bool",
        "default": usual,
        "value": value,
        "hidden": False,
        "advanced": False,
        "group": "butler" if is_hour else "library",
    }
    return Node("Setting", attributes | ({"enumValues": _HOURS} if is_hour else {}))


def tasks(call: Call) -> Response:
    """List the tasks; which of them runs is not among what is specified."""
    nodes = [
        Node(
            "ButlerTask",
            {
                "name": name,
                "interval": 3 if name == BACKUP else 7,
                "scheduleRandomized": False,
                "enabled": True,
                "title": name,
                "description": name,
            },
        )
        for name in _TASKS
    ]
    return answers.tree(call.request, Node("ButlerTasks", {}, tuple(nodes)))


def start(call: Call) -> Response:
    """Start a task: 200, or 202 where it is running already."""
    (name,) = call.keys
    model = call.model
    if model.switches.butler_status != 200:
        return answers.status_only(model.switches.butler_status)
    if name not in _TASKS:
        raise NotThere
    if name != BACKUP:
        return answers.plain()
    if model.running is not None:
        return answers.plain(202)
    until = model.clock() + model.backup_seconds
    model.running = Running(until=until, activity=str(model.new_uuid()))
    if not model.switches.butler_names_activity:
        return answers.plain()
    return answers.plain(more=(("X-Plex-Activity", model.running.activity),))


def activities(call: Call) -> Response:
    """List what the server is at, as far as it names it."""
    running = call.model.running
    nodes: tuple[Node, ...] = ()
    if running is not None and call.model.switches.butler_names_activity:
        attributes: dict[str, Attribute] = {
            "uuid": running.activity,
            "type": "butler",  # nobody has told what it is called
            "cancellable": False,
            "userID": 1,
            "title": "Backing up",
            "subtitle": "",
            "progress": 0,
        }
        nodes = (Node("Activity", attributes),)
    node = Node("MediaContainer", {"size": len(nodes)}, nodes)
    return answers.tree(call.request, node)


def sessions(call: Call) -> Response:
    """List what is being played, paused or not: by python-plexapi, an item each."""
    nodes = tuple(
        Node(
            "Video",
            {
                "key": f"/library/metadata/{key}",
                "librarySectionID": str(call.model.items[key].section),
                "ratingKey": str(key),
                "sessionKey": str(number),
                "title": call.model.items[key].values["title"],
                "type": "movie",
            },
            (
                Node("User", {"id": "1", "title": "owner"}),
                Node("Player", {"state": "playing", "title": "a screen"}),
                Node("Session", {"id": f"session-{number}", "location": "lan"}),
            ),
            "Metadata",
        )
        for number, key in enumerate(call.model.playing, start=1)
    )
    node = Node("MediaContainer", {"size": len(nodes)}, nodes)
    return answers.tree(call.request, node)
