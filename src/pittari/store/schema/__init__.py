"""What is kept where: the tables, for SQLite and PostgreSQL alike.

Flags are 0 or 1, times whole microseconds UTC, bodies JSON in bytes. `revision` is a counter over
all of catalogue and people: a reader asks for what changed since the revision it knows.
"""

from pittari.store.schema import news, shop, tags
from pittari.store.schema.columns import metadata

__all__ = ["metadata", "news", "shop", "tags"]
