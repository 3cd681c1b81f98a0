"""What kinds of column are there? For SQLite and PostgreSQL alike."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

BIG = sa.BigInteger()
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=False)


def flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger, nullable=False)


def body(name: str = "body") -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def serial(name: str) -> sa.Column[int]:
    return sa.Column(name, SERIAL, primary_key=True, autoincrement=True)
