"""The agenda: what is due is due once, and the most urgent comes first."""

import threading

from reconciler.daemon.agenda import Agenda, Task


def test_the_most_urgent_comes_first_and_each_once() -> None:
    agenda = Agenda()
    for task in (Task.SWEEP, Task.POLL, Task.DELIVER, Task.POLL, Task.RELOAD):
        agenda.post(task)

    taken = [agenda.take(0) for _ in range(5)]

    assert taken == [Task.RELOAD, Task.POLL, Task.DELIVER, Task.SWEEP, None]


def test_only_what_is_more_urgent_calls_away() -> None:
    agenda = Agenda()
    assert not agenda.calls_from(Task.DELIVER)
    for task, calls in (
        (Task.SWEEP, False),
        (Task.DELIVER, False),
        (Task.POLL, True),
    ):
        agenda.post(task)
        assert agenda.calls_from(Task.DELIVER) is calls


def test_who_waits_is_woken_by_a_task_and_by_the_end() -> None:
    agenda, taken = Agenda(), list[Task | None]()

    def take() -> None:
        taken.extend([agenda.take(), agenda.take()])

    thread = threading.Thread(target=take)
    thread.start()
    agenda.post(Task.PRUNE)
    agenda.close()
    thread.join(5)

    # what is due at the end is not begun any more
    assert taken in ([Task.PRUNE, None], [None, None])


def test_nothing_is_taken_after_the_end() -> None:
    agenda = Agenda()
    agenda.post(Task.POLL)
    agenda.close()
    assert agenda.take() is None
