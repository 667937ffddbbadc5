"""The queue of background tasks: in memory, counted from 1 at each start.

Unlike the stamps of rows, the times of a job have fractions of a second.
"""

from collections.abc import Callable
from dataclasses import replace

from tests.sandbox.stash.failures import StashError
from tests.sandbox.stash.records import Job

_REMEMBERED = 10  # finished jobs that can still be asked for by id


class JobQueue:
    def __init__(self, now: Callable[[], str]) -> None:
        self.queue: dict[int, Job] = {}  # what waits or runs
        self.finished: dict[int, Job] = {}
        self.last_id = 0
        self._now = now

    def start(self, description: str, *, waiting: bool = False) -> int:
        now = self._now()
        self.last_id += 1
        self.queue[self.last_id] = Job(
            id=self.last_id,
            description=description,
            status="READY" if waiting else "RUNNING",
            add_time=now,
            start_time=None if waiting else now,
        )
        return self.last_id

    def finish(
        self, job_id: int, status: str = "FINISHED", error: str | None = None
    ) -> None:
        if job_id not in self.queue:
            raise StashError(f"job with id {job_id} not found")
        job = self.queue.pop(job_id)
        self.finished[job_id] = replace(
            job, status=status, end_time=self._now(), progress=1.0, error=error
        )
        while len(self.finished) > _REMEMBERED:
            del self.finished[next(iter(self.finished))]

    def find(self, job_id: int) -> Job | None:
        return self.queue.get(job_id) or self.finished.get(job_id)

    def restart(self) -> None:
        """Forget all jobs, as a server does that starts anew."""
        self.last_id = 0
        self.queue.clear()
        self.finished.clear()
