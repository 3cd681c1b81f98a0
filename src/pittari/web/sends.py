"""The API's part for suggestion: what a person may send, and which sends count for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from pittari import clock
from pittari.device.person import Rights
from pittari.engine import Engine
from pittari.model.event import AnyRow, Engagement
from pittari.store.events import Appended
from pittari.touchpoints.suggest import menu
from pittari.web.messages import AppendedTold, UncountedTold
from pittari.web.operations import Call, Operation


class RightsTold(msgspec.Struct, frozen=True):
    """What a person may send, as their device keeps it, and until when that stands: all times in
    microseconds UTC."""

    rights: Rights
    until: int


class SendsApi:
    """What a person may send, and what came of it."""

    engine: Engine

    async def rights(self, call: Call) -> bytes:
        """Answers with sets in order, so that equal rights are equal bytes."""
        grant = await asyncio.to_thread(self.engine.grant, call.ids[0])
        return msgspec.json.encode(RightsTold(*grant), order="deterministic")

    async def explained(self, rows: Sequence[AnyRow], appended: Appended) -> AppendedTold:
        """Returns what became of rows, with the sends among them that count for nothing."""
        sends = [
            row
            for row in rows
            if isinstance(row, Engagement)
            and row.action == "send" and row.touchpoint == menu.NAME and row.user
        ]  # fmt: skip
        told = await asyncio.to_thread(self.engine.uncounted, sends) if sends else []
        uncounted = [
            UncountedTold(one.event_id, one.why, clock.moment(one.ended) if one.ended else None)
            for one in told
        ]
        return AppendedTold(appended.new, appended.known, uncounted)


SENDS = (
    Operation(
        "GET", "/v1/users/{id}/rights", "rights", "Read what a person may send",
        SendsApi.rights, "client", answer=RightsTold,
    ),
)  # fmt: skip
