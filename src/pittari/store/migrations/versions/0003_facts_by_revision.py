"""Whose facts changed since a revision? Asked of all people at once, not of one."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("users_by_revision", "users", ["revision"])
    for table in ("entitlements", "mutes"):
        op.drop_index(f"{table}_by_revision", table)
        op.create_index(f"{table}_by_revision", table, ["revision", "user"])
