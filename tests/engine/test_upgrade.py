"""Another version of plexsync: what is stored is put in form, and nothing is owed."""

import pytest

from reconciler.core import canonical
from reconciler.core.values import Field
from reconciler.engine.linking import IN_VERSION
from state.ledger import Ledger
from tests.crash.boundaries import Crash, crash_at, watched
from tests.world import World


def _upgrade(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(canonical, "VERSION", canonical.VERSION + 1)


def _furnish(world: World) -> None:
    night = world.stash.create_tag("Night")
    for number in range(40):
        world.scene(f"brook-{number}", title=f"Brook {number}", tag_ids=(night,))
    world.reconcile()
    world.later(600)
    world.reconcile()


def test_another_canonical_form_owes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _furnish(world)
    world.plex.person.edit(world.key("brook-1"), title="Mine")
    with Ledger(world.state) as ledger:
        before = ledger.scenes.get(range(99))
    _upgrade(monkeypatch)

    first = world.reconcile()

    assert dict(first.sent) == {"stash poll": 1}
    assert first.report.pass_id is None
    with Ledger(world.state) as ledger:
        after = ledger.scenes.get(range(99))
        assert ledger.outbox.counts() == {}
        assert ledger.scenes.scan().meaning.endswith(f" v{canonical.VERSION}")
    assert {s: r.revision for s, r in after.items()} == dict.fromkeys(before, 1)
    assert all(after[s].fingerprint != before[s].fingerprint for s in before)
    at_rest = world.state.read_bytes()
    assert dict(world.reconcile().sent) == {"stash poll": 1}
    assert world.state.read_bytes() == at_rest


def test_an_upgrade_that_was_cut_short_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _furnish(world)
    _upgrade(monkeypatch)
    with pytest.raises(Crash), watched(crash_at(3)):
        world.reconcile()
    world.restart()
    with Ledger(world.state) as ledger:
        half = {one.content[-6:] for one in ledger.scenes.get(range(99)).values()}
    new, old = canonical.VERSION, canonical.VERSION - 1
    assert half == {f'"v":{old}}}', f'"v":{new}}}'}

    outcome = world.reconcile()

    assert dict(outcome.sent) == {"stash poll": 1}
    with Ledger(world.state) as ledger:
        whole = {one.content[-6:] for one in ledger.scenes.get(range(99)).values()}
    assert whole == {f'"v":{new}}}'}


def test_what_is_read_anew_is_not_taken_for_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _furnish(world)
    _upgrade(monkeypatch)
    world.stash.update_scene(1)

    outcome = world.reconcile()

    assert (outcome.report.counts, outcome.puts) == ({}, 0)


def test_what_a_version_wants_otherwise_is_owed_and_is_a_revision(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _furnish(world)
    world.plex.person.edit(world.key("brook-1"), title="Mine")
    line = canonical.line
    monkeypatch.setattr(
        canonical, "line", lambda text: line(text).replace(" 7", " VII")
    )
    _upgrade(monkeypatch)

    outcome = world.reconcile()

    assert outcome.puts == 1
    assert {(one.field, one.cause) for one in outcome.lines} == {
        (Field.TITLE, IN_VERSION)
    }
    assert world.value("brook-7", Field.TITLE) == "Brook VII"
    assert world.value("brook-1", Field.TITLE) == "Mine"
    with Ledger(world.state) as ledger:
        revisions = [one.revision for one in ledger.scenes.get(range(99)).values()]
    assert sorted(revisions) == [1] * 39 + [2]


def test_a_version_and_a_configuration_that_move_together_are_both_heeded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _furnish(world)
    _upgrade(monkeypatch)
    world.meaning = "another"

    outcome = world.reconcile()

    assert outcome.puts == 0
    assert outcome.report.counts == {"changed scenes": 40}
    assert dict(world.reconcile().sent) == {"stash poll": 1}
