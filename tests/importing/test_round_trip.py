"""Valid rows come in the same from every kind of file, once, however often they are brought."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.importing.files import HEADER, NOON, ROW, brought, looked, rows

from pittari import clock
from pittari.errors import DataError
from pittari.importing.events import ACTIONS
from pittari.model.catalog import Entitlement, Item, User
from pittari.model.topic import Topic
from pittari.store import Store, open_store

ENDINGS = ("csv", "tsv", "csv.gz", "jsonl", "jsonl.gz", "parquet")
_numbers = itertools.count()

plain = st.characters(exclude_categories=("Cs", "Cc"))
ids = st.text(plain, min_size=1, max_size=12)
words = st.text(plain, max_size=12)
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30)
entries = st.text(plain, min_size=1, max_size=8).filter(lambda t: "|" not in t and t == t.strip())
times = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
titles = st.dictionaries(st.sampled_from(["en", "ja", "zh-Hant"]), texts.filter(bool))

items = st.builds(
    Item,
    id=ids,
    kind=st.sampled_from(["package", "sticker", "topic"]),
    title=titles,
    description=titles,
    caption=titles,
    creator=texts,
    category=words,
    tags=st.lists(entries, max_size=4).map(tuple),
    price=st.integers(0, 10**9),
    currency=st.sampled_from(["JPY", "USD"]),
    sold_from=st.none() | times,
    sold_until=st.none() | times,
    regions=st.lists(entries, max_size=3).map(tuple),
    adult=st.booleans(),
    premium=st.booleans(),
    status=st.sampled_from(["active", "withdrawn"]),
)
topics = st.builds(
    Topic,
    id=ids,
    title=texts,
    titles=titles,
    section=words,
    kind=st.sampled_from(["article", "live", "feature"]),
    tone=st.sampled_from(["hard", "soft"]),
    source=words,
    story=words,
    published=times,
    updated=st.none() | times,
    stale_at=st.none() | times,
    embargo=st.none() | times,
    hazard=st.booleans(),
    sensitive=st.booleans(),
    regions=st.lists(entries, max_size=3).map(tuple),
    status=st.sampled_from(["active", "withdrawn"]),
)
events = st.builds(
    lambda at, kind, action, value, currency, **rest: {
        "at": clock.moment(at),
        "kind": kind,
        **rest,
        **(
            {"action": action, "value": value, "currency": currency}
            if kind == "engagement"
            else {"action": "", "value": 0, "currency": ""}
        ),
    },
    at=st.integers(NOON - 4 * clock.DAY, NOON),
    kind=st.sampled_from(["impression", "engagement"]),
    user=ids,
    item=ids,
    touchpoint=words,
    decision_id=words,
    zone=words,
    action=st.sampled_from(ACTIONS),
    position=st.integers(0, 10_000),
    value=st.integers(0, 10**12),
    currency=st.sampled_from(["", "JPY"]),
)


def cells(table: list[dict[str, Any]], delimiter: str) -> bytes:
    names = list(dict.fromkeys(name for row in table for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, delimiter=delimiter)
    writer.writeheader()
    for row in table:
        writer.writerow(
            {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}
        )
    return out.getvalue().encode()


def flat(thing: msgspec.Struct) -> dict[str, Any]:
    """Returns an item or topic as the cells of a CSV file."""
    row: dict[str, Any] = {}
    for name in thing.__struct_fields__:
        value = getattr(thing, name)
        if isinstance(value, dict):
            row |= {f"{name}.{language}": text for language, text in value.items()}
        elif isinstance(value, tuple):
            row[name] = "|".join(value)
        else:
            row[name] = value
    return row


def write(folder: Path, ending: str, table: list[Any]) -> Path:
    """Writes items, topics or rows of a log as a file of one kind."""
    file = folder / f"{next(_numbers)}.{ending}"
    flats = [flat(row) if isinstance(row, msgspec.Struct) else row for row in table]
    if ending == "parquet":
        names = dict.fromkeys(name for row in flats for name in row)
        pq.write_table(pa.table({name: [row.get(name) for row in flats] for name in names}), file)
        return file
    if ending.startswith("jsonl"):
        body = b"".join(msgspec.json.encode(row) + b"\n" for row in table)
    else:
        body = cells(flats, "\t" if ending == "tsv" else ",")
    file.write_bytes(gzip.compress(body, 1) if ending.endswith(".gz") else body)
    return file


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    """One store for all examples of the catalogue, where what comes replaces what was."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/db", Path(folder) / "lake", Path(folder) / "p")
        yield store
        store.close()


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(things=st.lists(items, min_size=1, max_size=5, unique_by=lambda item: item.id))
def test_items_come_in_as_they_are(ending: str, shared: Store, things: list[Item]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder), ending, things)
        report = brought(shared, file, "items")
        assert (report.read, report.rejected) == (len(things), 0)
        assert shared.catalog.items([item.id for item in things]) == {i.id: i for i in things}
        again = brought(shared, file, "items")
        assert (again.new, again.changed, again.same) == (0, 0, len(things))


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(things=st.lists(topics, min_size=1, max_size=5, unique_by=lambda topic: topic.id))
def test_topics_come_in_as_they_are(ending: str, shared: Store, things: list[Topic]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = write(Path(folder), ending, things)
        report = brought(shared, file, "topics")
        assert (report.read, report.rejected) == (len(things), 0)
        found = shared.topics.topics([topic.id for topic in things])
        assert found == {topic.id: topic for topic in things}
        again = brought(shared, file, "topics")
        assert (again.new, again.changed, again.same) == (0, 0, len(things))


def test_the_main_tab_comes_in_as_it_stood_at_each_time(each_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "topics.csv"
    lines = [
        "id,published,main,main_at",
        "b,2024-10-04T08:00:00Z,2,2024-10-04T09:00:00Z",
        "a,2024-10-04T07:00:00Z,1,2024-10-04T09:00:00Z",
        "a,2024-10-04T07:00:00Z,1,2024-10-04T09:30:00Z",
        "c,2024-10-04T09:40:00Z,1,",
        "d,2024-10-04T09:40:00Z,0,",
    ]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    assert brought(each_store, file, "topics").rejected == 0
    assert brought(each_store, file, "topics").same == 5
    found = each_store.topics.placings(0, NOON)
    assert [(clock.iso(one.at)[11:16], one.ids) for one in found] == [
        ("09:00", ("a", "b")), ("09:30", ("a",)), ("09:40", ("c",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("a,yesterday,hard,no", "published", "a time with its zone"),
        ("a,2024-10-04T08:00:00Z,harsh,no", "tone", "one of hard, soft"),
        ("a,2024-10-04T08:00:00Z,hard,perhaps", "hazard", "true or false"),
        (",2024-10-04T08:00:00Z,hard,no", "id", "the id"),
    ],
)
def test_a_topic_that_is_none_is_told(
    store: Store, tmp_path: Path, line: str, column: str, expected: str
) -> None:
    file = tmp_path / "topics.csv"
    file.write_text(f"id,published,tone,hazard\n{line}\n", "utf-8")
    report = brought(store, file, "topics")
    assert report.rejected == 1
    assert report.first[0].column == column
    assert report.first[0].expected.startswith(expected)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(log=st.lists(events, min_size=1, max_size=6), twice=st.booleans())
def test_a_log_comes_in_as_it_is_with_its_true_repeats(
    ending: str, log: list[dict[str, Any]], twice: bool
) -> None:
    log = log * 2 if twice else log
    names = [*log[0]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = open_store(f"sqlite:///{name}/db", folder / "lake", folder / "p", now=lambda: NOON)
        file = write(folder, ending, log)
        report = brought(store, file)
        assert (report.new, report.rejected) == (len(log), 0)
        expected = Counter(tuple({**row, "at": clock.micros(row["at"])}.values()) for row in log)
        assert held(store, names) == expected
        again = brought(store, file)
        assert (again.new, again.same) == (0, len(log))
        store.close()


def held(store: Store, names: list[str]) -> Counter[Any]:
    table = store.lake.batches(columns=names).read_all()
    return Counter(zip(*(table[name].to_pylist() for name in names), strict=True))


def test_each_kind_comes_into_each_database(each_store: Store, tmp_path: Path) -> None:
    users = tmp_path / "users.csv"
    users.write_text("id,name,adult\nmika,未来,yes\njun,,\n", "utf-8")
    assert brought(each_store, users, "users").new == 2
    found = {user.id: user for user in each_store.catalog.users()}
    assert found == {"mika": User(id="mika", name="未来", adult=True), "jun": User(id="jun")}
    owned = tmp_path / "owned.csv"
    owned.write_text("user,item,kind,sends\nmika,cats,trial_send,3\n", "utf-8")
    assert brought(each_store, owned, "entitlements").new == 1
    assert each_store.catalog.entitlements("mika") == [
        Entitlement(user="mika", item="cats", kind="trial_send", sends=3)
    ]
    log = tmp_path / "log.csv"
    log.write_text(HEADER + ROW * 2 + ROW.replace("-01T", "-04T"), "utf-8")
    assert brought(each_store, log).new == 3
    assert brought(each_store, log).same == 3
    assert len(rows(each_store)) == 3


def test_who_bought_owns_and_who_muted_is_spared_whenever_it_was(
    each_store: Store, tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    body = "".join(
        f"2024-{day}T09:00:00Z,{user},cats,{action}\n"
        for day, user, action in [
            ("03-01", "old", "purchase"),
            ("10-04", "new", "purchase"),
            ("03-01", "shy", "mute"),
            ("03-02", "back", "mute"),
            ("03-03", "back", "undo"),
            ("10-04", "late", "mute"),
        ]
    )
    log.write_text(HEADER + body, "utf-8")
    brought(each_store, log)
    owners = [user for user in ("old", "new", "shy") if each_store.catalog.entitlements(user)]
    assert owners == ["old", "new"]
    with each_store.database.read() as session:
        muted = session.rows('SELECT "user" FROM mutes WHERE active = 1 ORDER BY "user"')
    assert [row[0] for row in muted] == ["late", "shy"]


def test_event_ids_that_are_told_are_kept_and_others_derived(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    row = '"at": "2024-10-01T09:00:00Z", "user": "mika", "item": "cats"'
    log.write_text(
        f'{{"event_id": "e1", {row}}}\n{{{row}}}\n{{"event_id": "e1", {row}}}\n', "utf-8"
    )
    report = brought(store, log)
    assert (report.new, report.same) == (2, 1)
    found = store.lake.batches(columns=["event_id"]).read_all()["event_id"].to_pylist()
    assert "e1" in found
    assert all(len(name) == 24 for name in found if name != "e1")


def test_a_derived_id_stands_for_ever(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(HEADER + ROW * 2, "utf-8")
    brought(store, log)
    found = store.lake.batches(columns=["event_id"]).read_all()["event_id"].to_pylist()
    told = f"mika\x1fcats\x1fclick\x1f{rows(store)[0][3]}"
    first = hashlib.sha256(told.encode()).hexdigest()[:24]
    assert sorted(found) == [first, f"{first}-1"]


def test_a_mapping_reads_a_foreign_log(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    body = "日時;会員;商品;行動;店\n1727773200000;7;12;買う;x\n1727773200000;7.0;12;見る;x\n"
    log.write_bytes(body.encode("shift_jis"))
    mapping: dict[str, Any] = {
        "columns": {"日時": "at", "会員": "user", "商品": "item", "行動": "action"},
        "constants": {"touchpoint": "shelf"},
        "values": {"action": {"買う": "purchase", "見る": "impression"}},
        "ignore": ("店",),
        "time_unit": "ms",
        "delimiter": ";",
        "encoding": "shift_jis",
    }
    report = brought(store, log, **mapping)
    assert (report.new, report.rejected) == (2, 0)
    at = 1_727_773_200_000_000
    assert rows(store) == [("7", "12", "purchase", at), ("7.0", "12", "", at)]


TIMES = {
    "2024-10-01T09:00:00Z": 0,
    "2024-10-01 09:00:00+00:00": 0,
    "2024-10-01T18:00:00+0900": 0,
    "2024-10-01T18:00+09": 0,
    "2024-10-01T18:00:00": 0,
    "2024-10-01 18:00:00.5": 500_000,
    "2024-10-01T09:00:00.123456789Z": 123_456,
    "2024-10-01": -18 * clock.HOUR,
}


def test_times_are_read_as_written_and_in_the_zone_that_is_said(
    store: Store, tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    lines = "".join(f"{text},{number},cats,click\n" for number, text in enumerate(TIMES))
    log.write_text(HEADER + lines, "utf-8")
    assert brought(store, log, zone="Asia/Tokyo").rejected == 0
    nine = clock.micros(datetime(2024, 10, 1, 9, tzinfo=UTC))
    assert [at - nine for *_, at in rows(store)] == list(TIMES.values())


def test_an_hour_that_clocks_skip_or_repeat_is_one_time(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    told = ["2024-03-10T02:30:00", "2023-11-05T01:30:00"]
    lines = "".join(f"{text},{number},cats,click\n" for number, text in enumerate(told))
    log.write_text(HEADER + lines, "utf-8")
    brought(store, log, zone="America/New_York")
    utc = [datetime(2024, 3, 10, 7, 30, tzinfo=UTC), datetime(2023, 11, 5, 5, 30, tzinfo=UTC)]
    assert [at for *_, at in rows(store)] == [clock.micros(moment) for moment in utc]


def test_arrow_types_of_other_tools_are_read(store: Store, tmp_path: Path) -> None:
    at = datetime(2024, 10, 1, 9, tzinfo=UTC)
    table = pa.table(
        {
            "at": pa.array([at, at + timedelta(hours=1), None], pa.timestamp("ns", "Asia/Tokyo")),
            "user": pa.array([7, 8, 9], pa.uint64()),
            "item": pa.array(["a", "b", "c"]).dictionary_encode(),
            "action": pa.array(["click", "", None], pa.large_string()),
            "position": pa.array([1.0, None, 2.0], pa.float64()),
            "value": pa.array(["0", " 0 ", "0.0"]),
        }
    )
    pq.write_table(table, tmp_path / "log.parquet")
    report = brought(store, tmp_path / "log.parquet")
    assert (report.new, report.rejected) == (2, 1)
    micros = clock.micros(at)
    assert rows(store) == [("7", "a", "click", micros), ("8", "b", "", micros + clock.HOUR)]
    local = pa.table({"at": [datetime(2024, 10, 1, 18)], "user": ["u"], "item": ["i"]})
    pq.write_table(local, tmp_path / "local.parquet")
    assert "its zone" in looked(tmp_path / "local.parquet").first[0].expected
    assert looked(tmp_path / "local.parquet", zone="Asia/Tokyo").rejected == 0


def test_catalogues_of_other_tools_are_read(store: Store, tmp_path: Path) -> None:
    at = datetime(2024, 10, 1, 9, tzinfo=UTC)
    table = pa.table(
        {
            "id": pa.array([1, 2, 3]),
            "title": pa.array([[("en", "Cats")], [], None], pa.map_(pa.string(), pa.string())),
            "description.ja": ["ねこ", None, ""],
            "price": pa.array([120.0, float("nan"), 99.5]),
            "tags": [["cat", "cute"], [], None],
            "sold_from": pa.array([at, None, None], pa.timestamp("ns", "UTC")),
        }
    )
    pq.write_table(table, tmp_path / "items.parquet")
    report = brought(store, tmp_path / "items.parquet", "items")
    assert (report.new, report.rejected) == (2, 1)
    assert report.first[0].got == "99.5"
    assert store.catalog.item("1") == Item(
        id="1",
        title={"en": "Cats"},
        description={"ja": "ねこ"},
        price=120,
        tags=("cat", "cute"),
        sold_from=at,
    )
    assert store.catalog.item("2") == Item(id="2")


def test_text_in_bytes_is_read_and_other_bytes_are_refused(store: Store, tmp_path: Path) -> None:
    told = {"at": ["2024-10-01T09:00:00Z"], "item": ["cats"]}
    pq.write_table(pa.table({**told, "user": [b"mika"]}), tmp_path / "good.parquet")
    assert brought(store, tmp_path / "good.parquet").new == 1
    pq.write_table(pa.table({**told, "user": [b"\xff"]}), tmp_path / "bad.parquet")
    with pytest.raises(DataError, match=r'column "user": expected UTF-8 text'):
        looked(tmp_path / "bad.parquet")


@pytest.mark.parametrize("row", ["never,mika,cats,click\n", '"' + ROW])
def test_a_log_without_one_good_row_brings_its_rejects(
    store: Store, tmp_path: Path, row: str
) -> None:
    file = tmp_path / "log.csv"
    file.write_text(HEADER + row)
    report = brought(store, file)
    assert (report.read, report.rejected, report.new) == (1, 1, 0)
    assert rows(store) == []
