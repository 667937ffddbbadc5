"""The queue of background tasks: in memory, counted from 1 at each start.

One runs at a time, and what is over stays known until ten others are. Unlike the stamps
of rows, the times of a job have fractions of a second.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.records import Job
from tests.sandbox.stash.times import precise
from tests.sandbox.wire import Clock

_REMEMBERED = 10  # finished jobs that can still be asked for by id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What a job does when it has run for so long."""

    act: Callable[[], object]
    seconds: float
    added: float


class JobQueue:
    def __init__(self, clock: Clock, zone: tzinfo) -> None:
        self.queue: dict[int, Job] = {}  # what waits or runs
        self.finished: dict[int, Job] = {}
        self.last_id = 0
        self._clock = clock
        self._zone = zone
        self._tasks: dict[int, _Task] = {}  # of the jobs that run by themselves
        self._free_since = 0.0
        self._is_busy = False

    def start(self, description: str, *, waiting: bool = False) -> int:
        """Queue a job that runs until it is told to `finish`."""
        now = self._told(self._clock())
        self.last_id += 1
        self.queue[self.last_id] = Job(
            id=self.last_id,
            description=description,
            status="READY" if waiting else "RUNNING",
            add_time=now,
            start_time=None if waiting else now,
        )
        return self.last_id

    def add(
        self, description: str, act: Callable[[], object], *, seconds: float = 0.0
    ) -> int:
        """Queue a job that does *act* once those before it are over, and it has run."""
        job_id = self.start(description, waiting=True)
        task = _Task(act=act, seconds=seconds, added=self._clock())
        self._tasks[job_id] = task
        return job_id

    def proceed(self) -> None:
        """Run what can have run by now, in turn; whoever looks calls this first."""
        if self._is_busy:
            return
        self._is_busy = True
        try:
            while self.queue and (job_id := next(iter(self.queue))) in self._tasks:
                if not self._run(job_id, self._tasks[job_id]):
                    break
        finally:
            self._is_busy = False

    def finish(
        self, job_id: int, status: str = "FINISHED", error: str | None = None
    ) -> None:
        if job_id not in self.queue:
            raise StashError(f"job with id {job_id} not found")
        job = self.queue.pop(job_id)
        self._tasks.pop(job_id, None)
        self._free_since = self._clock()
        end = self._told(self._free_since)
        self.finished[job_id] = replace(
            job, status=status, end_time=end, progress=1.0, error=error
        )
        while len(self.finished) > _REMEMBERED:
            del self.finished[next(iter(self.finished))]

    def stop(self, job_id: int) -> None:
        """Take a job out that waits; one that runs comes to its end by and by."""
        job = self.queue.get(job_id)
        if job is None:
            return
        if job.status == "READY":
            self.finish(job_id, "CANCELLED")
        else:
            self.queue[job_id] = replace(job, status="STOPPING")

    def find(self, job_id: int) -> Job | None:
        return self.queue.get(job_id) or self.finished.get(job_id)

    def restart(self) -> None:
        """Forget all jobs, as a server does that starts anew."""
        self.last_id = 0
        self.queue.clear()
        self.finished.clear()
        self._tasks.clear()

    def move(self, zone: tzinfo) -> None:
        """Tell the times of what comes in another zone."""
        self._zone = zone

    def _run(self, job_id: int, task: _Task) -> bool:
        """Take a job as far as it has come, and say whether it is over."""
        job = self.queue[job_id]
        began = max(task.added, self._free_since)
        if job.status == "STOPPING":
            self.finish(job_id, "CANCELLED")
            return True
        if job.status == "READY":
            began_at = self._told(began)
            self.queue[job_id] = replace(job, status="RUNNING", start_time=began_at)
        if self._clock() < began + task.seconds:
            return False
        try:
            task.act()
        except StashError as error:
            self.finish(job_id, "FAILED", str(error))
        else:
            self.finish(job_id)
        self._free_since = began + task.seconds
        return True

    def _told(self, moment: float) -> str:
        return precise(moment, self._zone)
