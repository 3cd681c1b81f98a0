"""The first tables."""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_START = {"revision": 0, "release": 0, "moved": 0, "secret": secrets.randbits(62)}


def upgrade() -> None:
    _people_and_items()
    _log_and_lake()
    _learned()
    _doors()
    meta = op.create_table("meta", _key("name"), *_numbers("value"))
    op.bulk_insert(meta, [{"name": name, "value": value} for name, value in _START.items()])


def _people_and_items() -> None:
    op.create_table(
        "items",
        _serial("number"),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        *_numbers("revision"),
        _flag("active"),
        _bytes("body"),
        sqlite_autoincrement=True,
        comment="number: the order of rows in every snapshot, never changed",
    )
    op.create_index("items_by_revision", "items", ["revision"])
    op.create_table("users", _key("id"), *_numbers("revision"), _flag("active"), _bytes("body"))
    op.create_table(
        "entitlements",
        *(_key(name) for name in ("user", "item", "kind")),
        *_numbers("since", "until", "sends"),
        _flag("active"),
        *_numbers("revision", "created", "removed"),
    )
    op.create_index("entitlements_by_revision", "entitlements", ["user", "revision"])
    op.create_table(
        "mutes",
        *(_key(name) for name in ("user", "item")),
        *_numbers("at"),
        _flag("active"),
        *_numbers("revision"),
    )
    op.create_index("mutes_by_revision", "mutes", ["user", "revision"])
    op.create_table(
        "erasures",
        _key("digest"),
        *_texts("user"),
        *_numbers("at", "seq"),
        _flag("done"),
        *_numbers("revision"),
        comment="user: in clear only until the erasure is done; rows up to seq are erased",
    )


def _log_and_lake() -> None:
    op.create_table(
        "events",
        _serial("seq"),
        sa.Column("event_id", sa.Text(), nullable=False, unique=True),
        *_texts("kind"),
        *_numbers("at"),
        *_texts("user", "touchpoint", "decision_id", "zone", "item", "action"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_numbers("value"),
        *_texts("currency"),
        _bytes("body"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_user", "events", ["user", "seq"])
    op.create_table(
        "lake_files",
        _key("name"),
        *_texts("kind"),
        *_numbers("day", "rows", "bytes", "created", "retired"),
        comment="retired: when its rows moved to another file, 0 while it is read",
    )
    op.create_index("lake_files_by_day", "lake_files", ["day"])


def _learned() -> None:
    op.create_table(
        "parameters",
        _key("name"),
        _key("version"),
        *_numbers("as_of"),
        *_texts("checksum"),
        *_numbers("created"),
    )
    op.create_table("pins", _key("name"), *_texts("version"))
    op.create_table(
        "releases",
        _serial("id"),
        *_numbers("parent", "created"),
        _bytes("versions"),
        sqlite_autoincrement=True,
        comment="versions: JSON of name to version; meta 'release' names the one in force",
    )


def _doors() -> None:
    op.create_table(
        "api_keys",
        _key("name"),
        sa.Column("handle", sa.Text(), nullable=False, unique=True),
        _bytes("salt"),
        _bytes("hash"),
        *_texts("role"),
        *_numbers("created", "revoked"),
    )
    op.create_table(
        "audit",
        _serial("seq"),
        *_numbers("at"),
        *_texts("actor", "action", "subject", "detail"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_progress",
        _key("source"),
        sa.Column("chunk", sa.BigInteger(), primary_key=True, autoincrement=False),
        *_texts("state"),
        _bytes("counts"),
        *_numbers("at"),
        comment="source: checksum of file and column mapping",
    )


def _serial(name: str) -> sa.Column[Any]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, primary_key=True, autoincrement=True)


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), primary_key=True)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.SmallInteger(), nullable=False)


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)
