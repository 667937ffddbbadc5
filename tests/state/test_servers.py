from dataclasses import replace

from state.ledger import Ledger
from state.servers import ServerRecord
from tests.state.samples import NOW

SERVER = ServerRecord(machine="m1", hours="02:00-05:00", hours_at=NOW)


def test_nothing_is_known_of_a_new_server(ledger: Ledger) -> None:
    ledger.servers.put(SERVER)
    assert ledger.servers.get("m2") == ServerRecord(machine="m2")


def test_a_server_is_read_as_it_was_put_last(ledger: Ledger) -> None:
    backed_up = replace(SERVER, backup_at=NOW + 1, backup_activity="an activity")
    for server in (
        SERVER,
        replace(SERVER, machine="m2", hours=""),
        replace(backed_up, backup_over=NOW + 60),
    ):
        ledger.servers.put(server)
    assert ledger.servers.get("m1") == replace(backed_up, backup_over=NOW + 60)
    assert ledger.servers.get("m2").hours == ""
