"""The mutations of what is watched and counted: none of them bumps a scene."""

from collections.abc import Callable

from tests.sandbox.stash.context import Info, as_id, opened
from tests.sandbox.stash.model import StashModel
from tests.sandbox.stash.schema import Resolvers

Change = Callable[..., int]


def _o_history(change: Change) -> Callable[..., dict[str, object]]:
    def mutate(
        _: object,
        info: Info,
        id: str,  # noqa: A002 - the argument's name
        times: list[float] | None = None,
    ) -> dict[str, object]:
        model = opened(info)
        change(model, as_id(id), *(times or ()))
        history = model.scenes[as_id(id)].o_history
        return {"count": len(history), "history": history}

    return mutate


def _play_history(change: Change) -> Callable[..., dict[str, object]]:
    def mutate(
        _: object,
        info: Info,
        id: str,  # noqa: A002 - the argument's name
        times: list[float] | None = None,
    ) -> dict[str, object]:
        model = opened(info)
        change(model, as_id(id), *(times or ()))
        history = model.scenes[as_id(id)].play_history
        return {"count": len(history), "history": history}

    return mutate


def _count(change: Change) -> Callable[..., int]:
    def mutate(
        _: object,
        info: Info,
        id: str,  # noqa: A002 - the argument's name
    ) -> int:
        return change(opened(info), as_id(id))

    return mutate


def _save_activity(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the argument's name
    resume_time: float | None = None,
    playDuration: float | None = None,  # noqa: N803 - the argument's name
) -> bool:
    opened(info).save_activity(
        as_id(id), resume_time=resume_time, play_duration=playDuration or 0.0
    )
    return True


def _reset_activity(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the argument's name
    *,
    reset_resume: bool | None = None,
    reset_duration: bool | None = None,
) -> bool:
    opened(info).reset_activity(
        as_id(id), resume=bool(reset_resume), duration=bool(reset_duration)
    )
    return True


RESOLVERS: Resolvers = {
    "Mutation": {
        "sceneAddO": _o_history(StashModel.add_o),
        "sceneDeleteO": _o_history(StashModel.delete_o),
        "sceneIncrementO": _count(StashModel.add_o),
        "sceneDecrementO": _count(StashModel.delete_o),
        "sceneResetO": _count(StashModel.reset_o),
        "sceneAddPlay": _play_history(StashModel.add_play),
        "sceneDeletePlay": _play_history(StashModel.delete_play),
        "sceneIncrementPlayCount": _count(StashModel.add_play),
        "sceneResetPlayCount": _count(StashModel.reset_play),
        "sceneSaveActivity": _save_activity,
        "sceneResetActivity": _reset_activity,
    },
}
