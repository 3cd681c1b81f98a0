"""A database that takes no writes for a while, as after a failover or on a full disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from pittari.store.database import Database


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """Makes all connections of this process ones that may only read, while the block runs."""
    told = "PRAGMA query_only = ON"
    if database.kind == "postgresql":
        told = "SET default_transaction_read_only = on"

    def settle(raw: Any, _: object) -> None:
        raw.execute(told)

    database.close()
    sa.event.listen(database._engine, "connect", settle)
    try:
        yield
    finally:
        sa.event.remove(database._engine, "connect", settle)
        database.close()
