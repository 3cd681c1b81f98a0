"""The first tables."""

import secrets

from alembic import op

from pittari.store import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    schema.metadata.create_all(op.get_bind())
    start = {"revision": 0, "release": 0, "moved": 0, "secret": secrets.randbits(62)}
    op.bulk_insert(schema.meta, [{"name": name, "value": value} for name, value in start.items()])
