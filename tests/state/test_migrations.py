"""The migrations make what the models say, and only for a state that is ours."""

import contextlib
import re
import sqlite3
from pathlib import Path

import pytest
from playhouse.migrations import Runner

from state.database import LedgerDatabase
from state.errors import StateError
from state.ledger import Ledger
from state.shown import Shown
from state.tables import TABLES
from tests.state.samples import MIGRATIONS, contents

_HISTORY = "schema_migration"


def shape(path: Path) -> dict[str, object]:
    """Describe every table: its columns, its indexes, and whether it is STRICT."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        tables = [
            (name, strict)
            for _, name, kind, _, without_rowid, strict in db.execute(
                "PRAGMA table_list"
            )
            if kind == "table" and not name.startswith("sqlite_") and name != _HISTORY
        ]
        return {
            name: (
                strict,
                db.execute(f"PRAGMA table_xinfo({name})").fetchall(),
                sorted(_index(db, *row) for row in _indexes(db, name)),
            )
            for name, strict in tables
        }


def _indexes(db: sqlite3.Connection, table: str) -> list[tuple[str, int, str]]:
    rows = db.execute(f"PRAGMA index_list({table})").fetchall()
    return [(name, unique, origin) for _, name, unique, origin, _ in rows]


def _index(
    db: sqlite3.Connection, name: str, unique: int, origin: str
) -> tuple[object, ...]:
    columns = [column for _, _, column in db.execute(f"PRAGMA index_info({name})")]
    query = "SELECT sql FROM sqlite_master WHERE name = ?"
    (sql,) = db.execute(query, (name,)).fetchone()
    _, _, where = re.sub(r'["()]', "", sql or "").partition(" WHERE ")
    return (name, unique, origin, columns, where)


def write_sql(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_the_migrations_make_what_the_models_say(path: Path) -> None:
    with Ledger(path):
        pass
    modelled = LedgerDatabase(path.with_name("modelled.db"))
    modelled.connect()
    with modelled.bind_ctx(TABLES):
        modelled.create_tables(TABLES)
    modelled.close()
    migrated = shape(path)
    assert migrated == shape(path.with_name("modelled.db"))
    assert len(migrated) == len(TABLES)


def test_a_state_whose_listings_were_numbered_keeps_all_that_they_had(
    path: Path,
) -> None:
    older = LedgerDatabase(path)
    older.connect()
    Runner(older, directory=str(MIGRATIONS)).up("0009_tending")
    older.close()
    write_sql(
        path,
        "INSERT INTO target VALUES (1, 'machine', 'uuid', 'Films', 'marker', 9, 1)",
        "INSERT INTO item_path VALUES (1, '10', '/a', 4), (1, '11', '/b', 7)",
    )
    with Ledger(path) as ledger:
        shown = Shown()
        assert ledger.items.paths(1, ["10", "11"]) == {"10": {"/a"}, "11": {"/b"}}
        assert ledger.items.put(1, shown, [("11", "/b"), ("12", "/c")]) == ["/c"]
        (unlisted,) = ledger.items.unlisted(1, shown)
        assert list(unlisted.values()) == ["/a"]
        assert [target.marker for target in ledger.items.targets()] == ["marker"]
        assert ledger.integrity() == "ok"


def test_every_table_of_ours_is_strict(path: Path) -> None:
    """A text where a number belongs is an error, not a surprise."""
    with Ledger(path):
        pass
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = db.execute("PRAGMA table_list").fetchall()
    lax = {name for _, name, _, _, _, strict in rows if not strict}
    assert {name for name in lax if not name.startswith("sqlite_")} == {_HISTORY}


def test_a_state_of_a_newer_version_is_refused_and_left_as_it_is(path: Path) -> None:
    with Ledger(path):
        pass
    write_sql(
        path, "INSERT INTO schema_migration (name, applied) VALUES ('0999_new', '')"
    )
    before = contents(path.parent)
    with pytest.raises(StateError) as refusal, Ledger(path):
        pass
    assert str(refusal.value) == (
        f"the state {path} was made by a newer plexsync (it has 0999_new):"
        " install that version, or set another [state] path"
    )
    assert contents(path.parent) == before


def test_a_reader_does_not_bring_an_older_state_up_to_date(path: Path) -> None:
    with Ledger(path):
        pass
    write_sql(path, "DELETE FROM schema_migration")
    before = contents(path.parent)
    with pytest.raises(StateError) as refusal:
        Ledger(path).open(may_write=False)
    assert str(refusal.value) == (
        f"the state {path} is of an older plexsync:"
        " `plexsync reconcile` brings it up to date"
    )
    assert contents(path.parent) == before


def test_a_reader_makes_nothing_of_an_empty_file(path: Path) -> None:
    path.touch()
    before = contents(path.parent)
    with pytest.raises(StateError, match=r"is empty: `plexsync state restore`"):
        Ledger(path).open(may_write=False)
    assert contents(path.parent) == before


def test_a_reader_opens_a_current_state(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.passes.begin("reconcile", now=1)
    ledger = Ledger(path).open(may_write=False)
    assert len(ledger.passes.last(9)) == 1
    ledger.close()


@pytest.mark.parametrize("may_write", [True, False])
def test_another_programs_database_is_refused_and_left_as_it_is(
    path: Path, *, may_write: bool
) -> None:
    """As when [state] path names Stash's own."""
    write_sql(path, "CREATE TABLE performers (id INTEGER)")
    before = contents(path.parent)
    with pytest.raises(StateError) as refusal:
        Ledger(path).open(may_write=may_write)
    assert str(refusal.value) == (
        f"the state {path} is another program's database (it has a table"
        ' "performers"): set another [state] path'
    )
    assert contents(path.parent) == before


def test_a_restored_state_gets_its_log_back(path: Path) -> None:
    """What `VACUUM INTO` or a dump makes has none."""
    with Ledger(path):
        pass
    write_sql(path, "PRAGMA journal_mode = delete")
    with Ledger(path):
        pass
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_migration_cut_short_is_begun_anew(path: Path) -> None:
    """All of a step is done or none; what a crash leaves is at most its history."""
    write_sql(
        path, f"CREATE TABLE {_HISTORY} (id INTEGER PRIMARY KEY, name TEXT, applied)"
    )
    with Ledger(path) as ledger:
        assert ledger.integrity() == "ok"
        assert ledger.scenes.count() == 0
