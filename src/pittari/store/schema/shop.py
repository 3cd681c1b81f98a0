"""Catalogue, people, the log, its lake, learned tables, keys."""

from __future__ import annotations

import sqlalchemy as sa

from pittari.store.schema.columns import BIG, body, flag, metadata, number, serial, text

meta = sa.Table("meta", metadata, sa.Column("name", sa.Text, primary_key=True), number("value"))

items = sa.Table(
    "items",
    metadata,
    serial("number"),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    number("revision"),
    flag("active"),
    body(),
    sa.Index("items_by_revision", "revision"),
    sqlite_autoincrement=True,
    comment="number: the order of rows in every snapshot, never changed",
)

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    number("revision"),
    flag("active"),
    body(),
    sa.Index("users_by_revision", "revision"),
)

entitlements = sa.Table(
    "entitlements",
    metadata,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    number("since"),
    number("until"),
    number("sends"),
    flag("active"),
    number("revision"),
    number("created"),
    number("removed"),
    sa.Index("entitlements_by_revision", "revision", "user"),
)

mutes = sa.Table(
    "mutes",
    metadata,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    number("at"),
    flag("active"),
    number("revision"),
    sa.Index("mutes_by_revision", "revision", "user"),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    text("user"),
    number("at"),
    number("seq"),
    flag("done"),
    number("revision"),
    comment="user: in clear only until the erasure is done; rows up to seq are erased",
)

events = sa.Table(
    "events",
    metadata,
    serial("seq"),
    sa.Column("event_id", sa.Text, nullable=False, unique=True),
    text("kind"),
    number("at"),
    text("user"),
    text("touchpoint"),
    text("decision_id"),
    text("zone"),
    text("item"),
    text("action"),
    sa.Column("position", sa.Integer, nullable=False),
    number("value"),
    text("currency"),
    body(),
    sa.Index("events_by_user", "user", "seq"),
    sqlite_autoincrement=True,
)

lake_files = sa.Table(
    "lake_files",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    text("kind"),
    number("day"),
    number("rows"),
    number("bytes"),
    number("created"),
    number("retired"),
    sa.Index("lake_files_by_day", "day"),
    comment="retired: when its rows moved to another file, 0 while it is read",
)

parameters = sa.Table(
    "parameters",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    number("as_of"),
    text("checksum"),
    number("created"),
)

pins = sa.Table("pins", metadata, sa.Column("name", sa.Text, primary_key=True), text("version"))

releases = sa.Table(
    "releases",
    metadata,
    serial("id"),
    number("parent"),
    number("created"),
    body("versions"),
    sqlite_autoincrement=True,
    comment="versions: JSON of name to version; meta 'release' names the one in force",
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("handle", sa.Text, nullable=False, unique=True),
    body("salt"),
    body("hash"),
    text("role"),
    number("created"),
    number("revoked"),
)

audit = sa.Table(
    "audit",
    metadata,
    serial("seq"),
    number("at"),
    text("actor"),
    text("action"),
    text("subject"),
    text("detail"),
    sqlite_autoincrement=True,
)

import_progress = sa.Table(
    "import_progress",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("chunk", BIG, primary_key=True),
    text("state"),
    body("counts"),
    number("at"),
    comment="source: checksum of file and column mapping",
)
