"""What is an edition on its way, and what may the desk do with it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from pittari.model.catalog import Id, Text

State = Literal["planned", "composed", "claimed", "released", "skipped"]
OPEN = ("planned", "composed", "claimed")
"""States from which an edition may still go out."""
Deed = Literal["pin", "swap", "unpin", "veto", "unveto", "hold", "unhold"]


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an editor does with an edition.

    `pin` and `swap` put topics at `places`; `unpin`, `veto` and `unveto` speak of `topic`; `hold`
    keeps the whole edition back, `unhold` lets it go again.
    """

    deed: Deed
    places: dict[int, Id] = {}
    topic: Id | None = None
    why: Text = ""


@dataclass(frozen=True, slots=True)
class Done:
    """An act as it stands in the ledger; `revision` is the edition's after it."""

    seq: int
    at: int
    actor: str
    revision: int
    act: Act


@dataclass(frozen=True, slots=True)
class Planned:
    """An edition to come: DATE/NAME, when it is due, until when the desk may act, until when it
    may go out late. Times in microseconds UTC. A `dry` one goes the whole way and reaches nobody.
    """

    id: str
    name: str
    due: int
    closes: int
    late_until: int
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """One line of the ledger. `revision` grows with every act of the desk; `body` is the line-up
    as JSON, empty before there was one; `note` says what is to be known of it."""

    id: str
    name: str
    dry: bool
    due: int
    closes: int
    late_until: int
    state: State
    revision: int
    owner: str
    lease_until: int
    rules: str
    pool: str
    decision: str
    changed: int
    note: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """What was composed: the rules' digest, the frozen pool (digest, time, JSON) and the line-up
    as JSON; `seen` is the edition's revision it was composed for."""

    rules: str
    pool: str
    pool_at: int
    pool_body: bytes
    body: bytes
    seen: int
    note: str = ""
