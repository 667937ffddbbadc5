"""What the server says of itself; of this only the figures need its database."""

from tests.sandbox.stash.context import Info, as_id, context_of, opened
from tests.sandbox.stash.model import Status
from tests.sandbox.stash.records import Job
from tests.sandbox.stash.schema import Resolvers

_BUILDS = {  # name, hash, schema
    "0.27.2": ("v0.27.2", "76648fee6", 68),
    "0.30.1": ("v0.30.1", "b23b0267a", 75),
    "0.30.1.19": ("v0.30.1-19-gcf3489efd", "cf3489efd", 75),
}


def _version(_: object, info: Info) -> dict[str, str]:
    name, build, _schema = _BUILDS[context_of(info).model.version]
    return {"version": name, "hash": build, "build_time": ""}


def _system_status(_: object, info: Info) -> dict[str, object]:
    model = context_of(info).model
    status = model.settings.status
    _name, _build, schema = _BUILDS[model.version]
    behind = {Status.SETUP: schema, Status.NEEDS_MIGRATION: 1, Status.OK: 0}
    return {
        "status": status.value,
        "appSchema": schema,
        "databaseSchema": schema - behind[status],
        "databasePath": "" if status is Status.SETUP else "/config/stash-go.sqlite",
        "configPath": "/config/config.yml",
        "os": "linux" if model.separator == "/" else "windows",
        "workingDir": "/config",
        "homeDir": "/root",
    }


def _stats(_: object, info: Info) -> dict[str, float]:
    model = opened(info)
    return {
        "scene_count": len(model.scenes),
        "scenes_size": sum(file.size for file in model.files.values()),
        "scenes_duration": sum(file.duration for file in model.files.values()),
        "performer_count": len(model.performers),
        "studio_count": len(model.studios),
        "group_count": len(model.groups),
        "tag_count": len(model.tags),
    }


def _job_queue(_: object, info: Info) -> list[Job] | None:
    # An empty queue is told as null.
    return list(context_of(info).model.jobs.queue.values()) or None


def _find_job(
    _: object,
    info: Info,
    input: dict[str, str],  # noqa: A002 - the argument's name
) -> Job | None:
    return context_of(info).model.jobs.find(as_id(input["id"]))


RESOLVERS: Resolvers = {
    "Query": {
        "version": _version,
        "systemStatus": _system_status,
        "stats": _stats,
        "jobQueue": _job_queue,
        "findJob": _find_job,
    },
}
