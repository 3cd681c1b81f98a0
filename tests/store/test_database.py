"""What happens when disk or server fail, and when several processes start at once."""

from __future__ import annotations

from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.store import crashes
from tests.store.rows import NOON, days, held, in_log, seen

from pittari.errors import SettingsError, Unavailable
from pittari.store import Appended, Store, open_store, schema
from pittari.store.database import Database
from postgres import Server


def test_many_processes_may_migrate_at_once(
    request: pytest.FixtureRequest, database_url: str, processes: ForkServerContext
) -> None:
    url = database_url
    if url.startswith("postgresql"):
        server: Server = request.getfixturevalue("postgres_server")
        server.run("CREATE DATABASE empty")
        url = server.url("empty")
    starters = [processes.Process(target=crashes.migrate, args=(url,)) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert [starter.exitcode for starter in starters] == [0] * 4
    database = Database.open(url)
    with database.read() as session:
        assert session.rows("SELECT count(*) FROM meta") == [(5,)]
    database.close()


def test_the_migrations_make_the_tables_that_the_schema_names(store: Store) -> None:
    with store.database.read() as session:
        found = compare_metadata(MigrationContext.configure(session.core), schema.metadata)
        inspector = sa.inspect(session.core)
        defaults = [column["default"] for column in inspector.get_columns("users")]
    assert found == []
    assert defaults == [None] * 4


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://host/name", "got mysql"),
        ("sqlite://", "expected sqlite:///PATH"),
        ("nothing", "expected sqlite:///PATH"),
        ("postgres://host/name", 'Did you mean "postgresql"'),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Database.open(url)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.database.write() as session:
            session.revise()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with store.database.read() as session:
        assert session.rows("SELECT value FROM meta WHERE name = 'revision'") == [(0,)]


def test_a_snapshot_does_not_move(store: Store) -> None:
    with store.database.read() as session:
        before = session.rows("SELECT count(*) FROM events")
        store.events.append([seen("1")])
        assert session.rows("SELECT count(*) FROM events") == before


def test_a_full_disk_is_unavailable_until_there_is_room_again(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    url = f"sqlite:///{tmp_path}/pittari.db"
    child = processes.Process(target=crashes.append_on_a_full_disk, args=(url, tmp_path))
    child.start()
    child.join()
    assert child.exitcode == crashes.UNAVAILABLE
    store = crashes.opened(url, tmp_path)
    assert in_log(store) == {"before", "after"}
    store.close()


def test_a_disk_without_room_for_the_lake_is_unavailable(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    url = f"sqlite:///{tmp_path}/pittari.db"
    store = crashes.opened(url, tmp_path)
    rows = days(3)
    store.events.append(rows)
    child = processes.Process(target=crashes.tidy_on_a_full_disk, args=(url, tmp_path))
    child.start()
    child.join()
    assert child.exitcode == crashes.UNAVAILABLE
    assert in_log(store) == {row.event_id for row in rows}
    store.tidy()
    assert set(held(store)) == {row.event_id for row in rows}
    store.close()


def test_a_path_that_cannot_be_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        Database.open(f"sqlite:///{tmp_path}/file/pittari.db").migrate()


@pytest.mark.postgres
def test_a_server_that_goes_and_comes_back(postgres_server: Server, tmp_path: Path) -> None:
    postgres_server.run("CREATE DATABASE comes_back TEMPLATE template")
    url = postgres_server.url("comes_back")
    store = open_store(url, tmp_path / "lake", tmp_path / "p", now=lambda: NOON)
    store.events.append([seen("before")])
    postgres_server.stop()
    try:
        with pytest.raises(Unavailable):
            store.events.append([seen("meanwhile")])
        with pytest.raises(Unavailable):
            store.catalog.snapshot()
    finally:
        postgres_server.start()
    assert store.events.append([seen("before"), seen("after")]) == Appended(1, 1)
    assert in_log(store) == {"before", "after"}
    store.close()
