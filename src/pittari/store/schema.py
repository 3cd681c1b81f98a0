"""What is kept where: the tables, for SQLite and PostgreSQL alike.

Flags are 0 or 1, times whole microseconds UTC, bodies JSON in bytes. `revision` is a counter over
all of catalogue and people: a reader asks for what changed since the revision it knows.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

_BIG = sa.BigInteger()
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=False)


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger, nullable=False)


def _body(name: str = "body") -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _serial(name: str) -> sa.Column[int]:
    return sa.Column(name, _SERIAL, primary_key=True, autoincrement=True)


meta = sa.Table("meta", metadata, sa.Column("name", sa.Text, primary_key=True), _number("value"))

items = sa.Table(
    "items",
    metadata,
    _serial("number"),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    _number("revision"),
    _flag("active"),
    _body(),
    sa.Index("items_by_revision", "revision"),
    sqlite_autoincrement=True,
    comment="number: the order of rows in every snapshot, never changed",
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _number("revision"),
    _flag("active"),
    _body(),
    sa.Index("users_by_revision", "revision"),
)

entitlements = sa.Table(
    "entitlements",
    metadata,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    _number("since"),
    _number("until"),
    _number("sends"),
    _flag("active"),
    _number("revision"),
    _number("created"),
    _number("removed"),
    sa.Index("entitlements_by_revision", "revision", "user"),
)

mutes = sa.Table(
    "mutes",
    metadata,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    _number("at"),
    _flag("active"),
    _number("revision"),
    sa.Index("mutes_by_revision", "revision", "user"),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _text("user"),
    _number("at"),
    _number("seq"),
    _flag("done"),
    _number("revision"),
    comment="user: in clear only until the erasure is done; rows up to seq are erased",
)

events = sa.Table(
    "events",
    metadata,
    _serial("seq"),
    sa.Column("event_id", sa.Text, nullable=False, unique=True),
    _text("kind"),
    _number("at"),
    _text("user"),
    _text("touchpoint"),
    _text("decision_id"),
    _text("zone"),
    _text("item"),
    _text("action"),
    sa.Column("position", sa.Integer, nullable=False),
    _number("value"),
    _text("currency"),
    _body(),
    sa.Index("events_by_user", "user", "seq"),
    sqlite_autoincrement=True,
)

lake_files = sa.Table(
    "lake_files",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("kind"),
    _number("day"),
    _number("rows"),
    _number("bytes"),
    _number("created"),
    _number("retired"),
    sa.Index("lake_files_by_day", "day"),
    comment="retired: when its rows moved to another file, 0 while it is read",
)

parameters = sa.Table(
    "parameters",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    _number("as_of"),
    _text("checksum"),
    _number("created"),
)

pins = sa.Table("pins", metadata, sa.Column("name", sa.Text, primary_key=True), _text("version"))

releases = sa.Table(
    "releases",
    metadata,
    _serial("id"),
    _number("parent"),
    _number("created"),
    _body("versions"),
    sqlite_autoincrement=True,
    comment="versions: JSON of name to version; meta 'release' names the one in force",
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("handle", sa.Text, nullable=False, unique=True),
    _body("salt"),
    _body("hash"),
    _text("role"),
    _number("created"),
    _number("revoked"),
)

audit = sa.Table(
    "audit",
    metadata,
    _serial("seq"),
    _number("at"),
    _text("actor"),
    _text("action"),
    _text("subject"),
    _text("detail"),
    sqlite_autoincrement=True,
)

import_progress = sa.Table(
    "import_progress",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("chunk", _BIG, primary_key=True),
    _text("state"),
    _body("counts"),
    _number("at"),
    comment="source: checksum of file and column mapping",
)

topics = sa.Table(
    "topics",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _number("revision"),
    _flag("active"),
    _number("latest"),
    _body(),
    sa.Index("topics_by_time", "latest"),
    comment="latest: when it was published or updated; a deleted one stays, not active",
)

main_tab = sa.Table(
    "main_tab",
    metadata,
    sa.Column("at", _BIG, primary_key=True, autoincrement=False),
    _body(),
    comment="body: JSON list of topics in order, in force from `at` on",
)

topic_minutes = sa.Table(
    "topic_minutes",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("minute", _BIG, primary_key=True, autoincrement=False),
    _number("seen"),
    _number("clicked"),
    sa.Index("topic_minutes_by_minute", "minute"),
    comment="minute: whole minutes since 1970; counted from rows up to meta 'counted'",
)

pools = sa.Table(
    "pools",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _text("edition"),
    _number("at"),
    _body(),
    sa.Index("pools_by_time", "at"),
    comment="body: the pool's JSON, packed",
)

editions = sa.Table(
    "editions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("name"),
    _flag("dry"),
    _number("due"),
    _number("closes"),
    _number("late_until"),
    _text("state"),
    _number("revision"),
    _text("owner"),
    _number("lease_until"),
    _text("rules"),
    _text("pool"),
    _text("decision"),
    _number("changed"),
    _text("note"),
    _body(),
    sa.Index("editions_by_time", "due"),
    comment="closes: from then on the desk's acts come too late; body: the line-up, JSON",
)

edition_acts = sa.Table(
    "edition_acts",
    metadata,
    _serial("seq"),
    _text("edition"),
    _number("at"),
    _text("actor"),
    _number("revision"),
    _body(),
    sa.Index("edition_acts_by_edition", "edition", "seq"),
    sqlite_autoincrement=True,
    comment="revision: the edition's after the act; body: the act, JSON",
)

modes = sa.Table(
    "modes",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _flag("active"),
    _number("revision"),
    _number("at"),
    _text("actor"),
)

rule_versions = sa.Table(
    "rule_versions",
    metadata,
    _serial("number"),
    _text("name"),
    _text("text"),
    _text("author"),
    _number("saved"),
    _text("state"),
    _text("approver"),
    _number("published"),
    sa.Index("rule_versions_by_name", "name", "number"),
    sqlite_autoincrement=True,
    comment="state: draft, proposed (waits for a second person), published, retired",
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("edition", sa.Text, primary_key=True),
    sa.Column("shard", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    _text("topic"),
    _text("key"),
    _number("released"),
    _flag("dry"),
    _number("written"),
    _body(),
    sa.Index("outbox_by_time", "released"),
    comment="written: when a channel took it, 0 while it waits",
)

divergences = sa.Table(
    "divergences",
    metadata,
    sa.Column("edition", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("rules", sa.Text, primary_key=True),
    _text("ours"),
    _text("theirs"),
    _text("rule"),
    _number("noted"),
    _text("verdict"),
    _text("actor"),
    _number("judged"),
    comment="place by place where a line-up is not the editors' own; verdict empty: not judged",
)

alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    _text("edition"),
    _text("kind"),
    _number("raised"),
    _number("sent"),
    _number("tries"),
    _number("next_try"),
    _body(),
    comment="key: one alarm of a kind per edition; sent 0: still to be sent",
)

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    _text("etag"),
    _text("modified"),
    _number("polled"),
    _text("problem"),
)
