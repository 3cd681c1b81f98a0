"""Topics, editions, and what the desk does with them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _news()
    _editions()
    _rules()
    _sending()
    meta = sa.table("meta", sa.column("name", sa.Text()), sa.column("value", sa.BigInteger()))
    op.bulk_insert(meta, [{"name": "counted", "value": 0}])


def _news() -> None:
    op.create_table(
        "topics",
        _key("id"),
        *_numbers("revision"),
        _flag("active"),
        *_numbers("latest"),
        _bytes(),
        comment="latest: when it was published or updated; a deleted one stays, not active",
    )
    op.create_index("topics_by_time", "topics", ["latest"])
    op.create_table(
        "main_tab",
        _number_key("at"),
        _bytes(),
        comment="body: JSON list of topics in order, in force from `at` on",
    )
    op.create_table(
        "topic_minutes",
        _key("topic"),
        _place_key("place"),
        _number_key("minute"),
        *_numbers("seen", "clicked"),
        comment="minute: whole minutes since 1970; counted from rows up to meta 'counted'",
    )
    op.create_index("topic_minutes_by_minute", "topic_minutes", ["minute"])
    op.create_table(
        "pools",
        _key("digest"),
        *_texts("edition"),
        *_numbers("at"),
        _bytes(),
        comment="body: the pool's JSON, packed",
    )
    op.create_index("pools_by_time", "pools", ["at"])
    op.create_table("feeds", _key("url"), *_texts("etag", "modified"), *_numbers("polled"),
                    *_texts("problem"))  # fmt: skip


def _editions() -> None:
    op.create_table(
        "editions",
        _key("id"),
        *_texts("name"),
        _flag("dry"),
        *_numbers("due", "closes", "late_until"),
        *_texts("state"),
        *_numbers("revision"),
        *_texts("owner"),
        *_numbers("lease_until"),
        *_texts("rules", "pool", "decision"),
        *_numbers("changed"),
        *_texts("note"),
        _bytes(),
        comment="closes: from then on the desk's acts come too late; body: the line-up, JSON",
    )
    op.create_index("editions_by_time", "editions", ["due"])
    op.create_table(
        "edition_acts",
        _serial("seq"),
        *_texts("edition"),
        *_numbers("at"),
        *_texts("actor"),
        *_numbers("revision"),
        _bytes(),
        sqlite_autoincrement=True,
        comment="revision: the edition's after the act; body: the act, JSON",
    )
    op.create_index("edition_acts_by_edition", "edition_acts", ["edition", "seq"])


def _rules() -> None:
    op.create_table(
        "modes",
        _key("name"),
        _flag("active"),
        *_numbers("revision", "at"),
        *_texts("actor"),
    )
    op.create_table(
        "rule_versions",
        _serial("number"),
        *_texts("name", "text", "author"),
        *_numbers("saved"),
        *_texts("state", "approver"),
        *_numbers("published"),
        sqlite_autoincrement=True,
        comment="state: draft, proposed (waits for a second person), published, retired",
    )
    op.create_index("rule_versions_by_name", "rule_versions", ["name", "number"])
    op.create_table(
        "divergences",
        _key("edition"),
        _place_key("place"),
        _key("rules"),
        *_texts("ours", "theirs", "rule"),
        *_numbers("noted"),
        *_texts("verdict", "actor"),
        *_numbers("judged"),
        comment="place by place where a line-up is not the editors' own; verdict empty: not judged",
    )


def _sending() -> None:
    op.create_table(
        "outbox",
        _key("edition"),
        _place_key("shard"),
        _place_key("place"),
        *_texts("topic", "key"),
        *_numbers("released"),
        _flag("dry"),
        *_numbers("written"),
        _bytes(),
        comment="written: when a channel took it, 0 while it waits",
    )
    op.create_index("outbox_by_time", "outbox", ["released"])
    op.create_table(
        "alarms",
        _key("key"),
        *_texts("edition", "kind"),
        *_numbers("raised", "sent", "tries", "next_try"),
        _bytes(),
        comment="key: one alarm of a kind per edition; sent 0: still to be sent",
    )


def _serial(name: str) -> sa.Column[Any]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, primary_key=True, autoincrement=True)


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), primary_key=True)


def _number_key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), primary_key=True, autoincrement=False)


def _place_key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), primary_key=True, autoincrement=False)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.SmallInteger(), nullable=False)


def _bytes() -> sa.Column[Any]:
    return sa.Column("body", sa.LargeBinary(), nullable=False)
