"""Who is erased is found nowhere afterwards, and nobody else loses a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from tests.store import crashes
from tests.store.rows import NOON, days, did, held, seen

from pittari.errors import Invalid, NotFound
from pittari.model.catalog import Entitlement, Item, User
from pittari.model.event import AnyRow
from pittari.store import Store


def furnished(store: Store) -> list[AnyRow]:
    """Brings in two people with rows in log and lake; returns the rows of the other one."""
    store.catalog.put_items([Item(id="cats")])
    store.catalog.put_users([User(id="mika"), User(id="jun")])
    store.catalog.put_entitlements([Entitlement(user=u, item="cats") for u in ("mika", "jun")])
    rows = [*days(4), did("m", "mute"), did("p", "purchase", user="jun")]
    store.events.append(rows)
    store.compactor.compact()
    return [row for row in rows if row.user == "jun"]


def everything(store: Store) -> str:
    tables = ("users", "entitlements", "mutes", "events", "erasures", "audit")
    with store.database.read() as session:
        kept = [str(session.rows(f"SELECT * FROM {table}")) for table in tables]
    return " ".join([*kept, str(store.lake.batches().read_all().to_pylist())])


def test_no_reader_finds_an_erased_person(store: Store, reopened: Callable[[], Store]) -> None:
    others = furnished(store)
    other = reopened()
    catalog = other.catalog.snapshot()
    assert len(other.people.person("mika", catalog, NOON).owned) == 1
    erased = store.erase_user("mika", actor="desk")
    assert (erased.users, erased.entitlements, erased.mutes) == (1, 1, 1)
    assert erased.log + erased.lake == 9
    assert "mika" not in everything(store)
    assert held(store) == Counter(row.event_id for row in others)
    person = other.people.person("mika", catalog, NOON)
    assert sum(map(len, (person.history, person.owned, person.muted, person.served))) == 0
    with pytest.raises(NotFound):
        other.catalog.user("mika")
    assert store.catalog.user("jun") == User(id="jun")


def test_the_audit_says_that_it_was_done_but_not_who_it_was(store: Store) -> None:
    furnished(store)
    store.erase_user("mika", actor="desk")
    act = store.audit.acts()[0]
    assert (act.actor, act.action) == ("desk", "user.erase")
    assert act.subject == store.database.digest("mika")
    assert "mika" not in str(act)


def test_the_files_are_gone_after_the_next_sweep(store: Store) -> None:
    furnished(store)
    store.erase_user("mika")
    store.compactor.sweep(-1)
    files = b"".join(path.read_bytes() for path in store.lake.folder.rglob("*.parquet"))
    assert b"mika" not in files
    assert b"jun" in files


def test_who_comes_back_is_a_new_person(store: Store) -> None:
    furnished(store)
    store.erase_user("mika")
    store.events.append([seen("again"), did("bought", "purchase")])
    catalog = store.catalog.snapshot()
    assert len(store.people.person("mika", catalog, NOON).owned) == 1
    assert store.erase_user("mika").log == 2
    assert len(store.people.person("mika", catalog, NOON).owned) == 0


def test_an_odd_name_is_erased_and_no_other(store: Store) -> None:
    names = ["o'neil", "o''neil", "%", '"', "\u732b", "' OR 1=1 --"]
    store.events.append([seen(f"{i}", at=NOON - 2 * 86_400_000_000, user=name)
                         for i, name in enumerate(names)])  # fmt: skip
    store.compactor.compact()
    for left, name in reversed(list(enumerate(names))):
        assert store.erase_user(name).lake == 1
        assert len(held(store)) == left


def test_a_crash_in_the_middle_is_finished_by_the_next_run(
    store: Store, database_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    others = Counter(row.event_id for row in furnished(store))
    for died in crashes.everywhere(processes, database_url, tmp_path, "erase", "mika"):
        begun = store.eraser.finish()
        assert store.eraser.finish() == 0
        if begun:
            assert "mika" not in everything(store)
            assert held(store) == others
        store.events.append([*days(4, prefix=f"{died}-"), did(f"{died}-m", "mute")])
        others.update(row.event_id for row in days(4, prefix=f"{died}-") if row.user == "jun")
        store.compactor.compact()
    assert "mika" not in everything(store)
    assert held(store) == others


def test_nobody_is_no_person_to_erase(store: Store) -> None:
    store.events.append([seen("stranger", user="")])
    before = store.events.last_seq()
    with pytest.raises(Invalid, match="id of a user"):
        store.eraser.erase_user("")
    assert held(store)["stranger"] == 1
    assert store.events.last_seq() == before
