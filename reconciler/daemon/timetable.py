"""APScheduler as the clock, and nothing else: what is due is posted to the agenda."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.interval import IntervalTrigger

from reconciler.clock import Clock
from reconciler.daemon.agenda import Task

_STEP = 1.0
"""Seconds that a wall clock may part from the monotonic one and be taken as it is."""


class Timetable(BaseScheduler):  # type: ignore[misc] # the library has no types
    """Jobs that post tasks; a thread that calls `tick` often enough drives it.

    It has no thread of its own, so that who feeds the watchdog is who keeps the time.
    Jobs that were missed run once, however often and long ago they were missed.
    """

    def __init__(self, post: Callable[[Task], None], clock: Clock) -> None:
        # a job takes no time, so it may run where it is found due
        super().__init__(
            timezone=UTC,
            executors={"default": DebugExecutor()},
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": None,
            },
        )
        self._post, self._clock = post, clock
        self._apart = self._apart_now()

    def keep(self, intervals: Mapping[Task, float]) -> None:
        """Post each task every so many seconds, for the first time after one of them.

        One that has the interval that it had keeps its time.
        """
        for task, seconds in intervals.items():
            known = self.get_job(task.name)
            if known is None or known.trigger.interval.total_seconds() != seconds:
                self.add_job(
                    partial(self._post, task),
                    IntervalTrigger(seconds=seconds, timezone=UTC),
                    id=task.name,
                    name=task.name,
                    replace_existing=True,
                )

    def at(self, task: Task, moment: int) -> None:
        """Post a task once, at a moment in unix seconds; a later call moves that."""
        self.add_job(
            partial(self._post, task),
            "date",
            run_date=datetime.fromtimestamp(moment, UTC),
            id=f"{task.name} once",
            replace_existing=True,
        )

    def tick(self) -> float:
        """Post what is due; say how many seconds nothing will be."""
        self._follow()
        wait = self._process_jobs()
        return 3600.0 if wait is None else max(float(wait), 0.0)

    def shutdown(self, wait: bool = True) -> None:  # noqa: FBT001, FBT002 - APScheduler's
        """Post nothing more."""
        super().shutdown(wait)

    def wakeup(self) -> None:
        """Do nothing: `tick` comes soon enough."""

    def _follow(self) -> None:
        """Where the wall clock was set back, move all jobs with it.

        They would stand still for as long (APScheduler compares with the wall clock).
        One that was set forward, or a suspend, has made them due, once.
        """
        apart = self._apart_now()
        jump = apart - self._apart
        self._apart = apart
        if jump < -_STEP:
            for job in self.get_jobs():
                job.modify(next_run_time=job.next_run_time + timedelta(seconds=jump))

    def _apart_now(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()
