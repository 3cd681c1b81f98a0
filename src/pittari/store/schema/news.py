"""Topics, clicks by the minute, editions, the desk, and what leaves the house."""

from __future__ import annotations

import sqlalchemy as sa

from pittari.store.schema.columns import BIG, body, flag, metadata, number, serial, text

topics = sa.Table(
    "topics",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    number("revision"),
    flag("active"),
    number("latest"),
    body(),
    sa.Index("topics_by_time", "latest"),
    comment="latest: when it was published or updated; a deleted one stays, not active",
)

main_tab = sa.Table(
    "main_tab",
    metadata,
    sa.Column("at", BIG, primary_key=True, autoincrement=False),
    body(),
    comment="body: JSON list of topics in order, in force from `at` on",
)

topic_minutes = sa.Table(
    "topic_minutes",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("minute", BIG, primary_key=True, autoincrement=False),
    number("seen"),
    number("clicked"),
    sa.Index("topic_minutes_by_minute", "minute"),
    comment="minute: whole minutes since 1970; counted from rows up to meta 'counted'",
)

pools = sa.Table(
    "pools",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    text("edition"),
    number("at"),
    body(),
    sa.Index("pools_by_time", "at"),
    comment="body: the pool's JSON, packed",
)

editions = sa.Table(
    "editions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    text("name"),
    flag("dry"),
    number("due"),
    number("closes"),
    number("late_until"),
    text("state"),
    number("revision"),
    text("owner"),
    number("lease_until"),
    text("rules"),
    text("pool"),
    text("decision"),
    number("changed"),
    text("note"),
    body(),
    sa.Index("editions_by_time", "due"),
    comment="closes: from then on the desk's acts come too late; body: the line-up, JSON",
)

edition_acts = sa.Table(
    "edition_acts",
    metadata,
    serial("seq"),
    text("edition"),
    number("at"),
    text("actor"),
    number("revision"),
    body(),
    sa.Index("edition_acts_by_edition", "edition", "seq"),
    sqlite_autoincrement=True,
    comment="revision: the edition's after the act; body: the act, JSON",
)

modes = sa.Table(
    "modes",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    flag("active"),
    number("revision"),
    number("at"),
    text("actor"),
)

rule_versions = sa.Table(
    "rule_versions",
    metadata,
    serial("number"),
    text("name"),
    text("text"),
    text("author"),
    number("saved"),
    text("state"),
    text("approver"),
    number("published"),
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
    text("topic"),
    text("key"),
    number("released"),
    flag("dry"),
    number("written"),
    body(),
    sa.Index("outbox_by_time", "released"),
    comment="written: when a channel took it, 0 while it waits",
)

divergences = sa.Table(
    "divergences",
    metadata,
    sa.Column("edition", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("rules", sa.Text, primary_key=True),
    text("ours"),
    text("theirs"),
    text("rule"),
    number("noted"),
    text("verdict"),
    text("actor"),
    number("judged"),
    comment="place by place where a line-up is not the editors' own; verdict empty: not judged",
)

alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    text("edition"),
    text("kind"),
    number("raised"),
    number("sent"),
    number("tries"),
    number("next_try"),
    body(),
    comment="key: one alarm of a kind per edition; sent 0: still to be sent",
)

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("url", sa.Text, primary_key=True),
    text("etag"),
    text("modified"),
    number("polled"),
    text("problem"),
)
