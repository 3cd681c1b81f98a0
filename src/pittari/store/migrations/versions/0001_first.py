"""The first tables."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger()
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created", BIG, nullable=False),
        sa.Column("revoked", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("handle"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "entitlements",
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.Column("sends", BIG, nullable=False),
        sa.Column("active", sa.SmallInteger(), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("created", BIG, nullable=False),
        sa.Column("removed", BIG, nullable=False),
        sa.PrimaryKeyConstraint("user", "item", "kind"),
    )
    op.create_index("entitlements_by_revision", "entitlements", ["user", "revision"])
    op.create_table(
        "erasures",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("done", sa.SmallInteger(), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        comment="user: in clear only until the erasure is done; rows up to seq are erased",
    )
    op.create_table(
        "events",
        sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", BIG, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_user", "events", ["user", "seq"])
    op.create_table(
        "import_progress",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("chunk", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("source", "chunk"),
        comment="source: checksum of file and column mapping",
    )
    op.create_table(
        "items",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("active", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        comment="number: the order of rows in every snapshot, never changed",
        sqlite_autoincrement=True,
    )
    op.create_index("items_by_revision", "items", ["revision"])
    op.create_table(
        "lake_files",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", BIG, nullable=False),
        sa.Column("rows", BIG, nullable=False),
        sa.Column("bytes", BIG, nullable=False),
        sa.Column("created", BIG, nullable=False),
        sa.Column("retired", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        comment="retired: when its rows moved to another file, 0 while it is read",
    )
    op.create_index("lake_files_by_day", "lake_files", ["day"])
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "mutes",
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("active", sa.SmallInteger(), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.PrimaryKeyConstraint("user", "item"),
    )
    op.create_index("mutes_by_revision", "mutes", ["user", "revision"])
    op.create_table(
        "parameters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("as_of", BIG, nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("created", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", "version"),
    )
    op.create_table(
        "pins",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "releases",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("parent", BIG, nullable=False),
        sa.Column("created", BIG, nullable=False),
        sa.Column("versions", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        comment="versions: JSON of name to version; meta 'release' names the one in force",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("active", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    meta = sa.table("meta", sa.column("name"), sa.column("value"))
    start = {"revision": 0, "release": 0, "moved": 0, "secret": secrets.randbits(62)}
    op.bulk_insert(meta, [{"name": name, "value": value} for name, value in start.items()])
