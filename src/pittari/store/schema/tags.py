"""What people put right about words on stickers."""

from __future__ import annotations

import sqlalchemy as sa

from pittari.store.schema.columns import flag, metadata, number, text

tag_corrections = sa.Table(
    "tag_corrections",
    metadata,
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True),
    text("written"),
    text("act"),
    text("actor"),
    number("at"),
    flag("active"),
    number("revision"),
    sa.Index("tag_corrections_by_revision", "revision"),
    comment="item: empty for what holds on all stickers; active 0: taken back",
)
