"""What does the device know of its person? Counts, a taste, switches, rights: never sent anywhere.

Everything is whole numbers and words, so that it can be shown, exported as JSON, brought back and
wiped. `examples` and `ledger` are for learning together with others: kept here, empty until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.device.settings import OWNED, TRIAL_SEND
from pittari.errors import Invalid

ONE = 256
"""One use, today."""
MOST = (1 << 24) - 1

Whole = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
Id = Annotated[str, msgspec.Meta(max_length=128)]
Micros = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]


class Uses(msgspec.Struct, forbid_unknown_fields=True):
    """A decayed count, in 1/256 of a use, as it was on a UTC day."""

    value: Whole
    day: Annotated[int, msgspec.Meta(ge=0, le=1 << 24)]


class Rights(msgspec.Struct, forbid_unknown_fields=True):
    """What a person may send: packages owned; packages kept under a plan that runs until a time
    (microseconds UTC); a free trial until a time; trial sends, so many a day until a time. Where
    they are (empty: unknown), and whether adult items may be shown."""

    owned: frozenset[Id] = frozenset()
    plan: Annotated[str, msgspec.Meta(pattern=r"^(|basic|deluxe)\Z")] = ""
    plan_until: Micros = 0
    kept: frozenset[Id] = frozenset()
    trial_until: Micros = 0
    sends_a_day: Whole = 0
    sends_until: Micros = 0
    sent_day: Whole = 0
    sent: Whole = 0
    region: Id = ""
    adult: bool = False


class Switches(msgspec.Struct, forbid_unknown_fields=True):
    """What a person has switched off: everything, some rooms, some sources (`SOURCES`)."""

    off: bool = False
    rooms: set[Id] = set()
    sources: set[Id] = set()


class Person(msgspec.Struct, forbid_unknown_fields=True):
    """One person, as their device keeps them. `less`: how often they wanted less of a sticker;
    `ignored`: rows shown in a room since one was last used; `mean`: where their taste lies, in
    1/256 of an item vector's numbers."""

    rights: Rights = msgspec.field(default_factory=Rights)
    switches: Switches = msgspec.field(default_factory=Switches)
    stickers: dict[Id, Uses] = {}
    tags: dict[Id, Uses] = {}
    less: dict[Id, Whole] = {}
    ignored: dict[Id, Whole] = {}
    mean: list[Annotated[int, msgspec.Meta(ge=-32_768, le=32_767)]] = []
    examples: list[Any] = []
    ledger: list[Any] = []

    @classmethod
    def read(cls, text: str | bytes) -> Person:
        """Returns a person from what `export` gave. Raises `Invalid`."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid(f"this is no person's data: {error}") from error

    def export(self) -> bytes:
        """Returns all that is known of the person, as JSON with keys and sets in order."""
        return msgspec.json.encode(self, order="deterministic")

    def wipe(self) -> None:
        """Forgets what was learnt of the person; what they switched off and may send stays."""
        for learnt in (self.stickers, self.tags, self.less, self.ignored):
            learnt.clear()
        self.mean, self.examples = [], []

    def used(
        self,
        item: str,
        tag: str,
        vector: Sequence[int] | npt.NDArray[np.int8],
        at: int,
        decay: Sequence[int],
        *,
        source: int = OWNED,
        room: str = "",
        shift: int = 4,
    ) -> None:
        """Remembers that a sticker was sent at a time, found by a tag (none when empty)."""
        day = clock.day(at)
        self.stickers[item] = grown(self.stickers.get(item), day, decay)
        if tag:
            self.tags[tag] = grown(self.tags.get(tag), day, decay)
        told = [int(number) for number in vector]
        mean = self.mean if len(self.mean) == len(told) else [0] * len(told)
        self.mean = [m + (((v << 8) - m) >> shift) for m, v in zip(mean, told, strict=True)]
        self.ignored.pop(room, None)
        if source == TRIAL_SEND:
            rights = self.rights
            rights.sent = (rights.sent if rights.sent_day == day else 0) + 1
            rights.sent_day = day

    def was_ignored(self, room: str) -> None:
        """Remembers that a row was shown in a room and a message was sent without it."""
        self.ignored[room] = min(MOST, self.ignored.get(room, 0) + 1)

    def wants_less(self, item: str) -> None:
        """Remembers that the person wants less of a sticker."""
        self.less[item] = min(MOST, self.less.get(item, 0) + 1)

    def sends_left(self, at: int) -> int:
        """Returns how many trial sends are left on the day of a time."""
        rights = self.rights
        if at >= rights.sends_until:
            return 0
        sent = rights.sent if rights.sent_day == clock.day(at) else 0
        return max(0, rights.sends_a_day - sent)


def grown(uses: Uses | None, day: int, decay: Sequence[int]) -> Uses:
    """Returns a count with one use more, on a day."""
    if uses is None:
        return Uses(ONE, day)
    day = max(day, uses.day)
    return Uses(min(MOST, decayed(uses.value, day - uses.day, decay) + ONE), day)


def decayed(value: int, days: int, decay: Sequence[int]) -> int:
    """Returns what is left of a count after some days: halved once per `len(decay)` days."""
    days = max(0, days)
    halvings = min(31, days // len(decay))
    return ((value >> halvings) * decay[days % len(decay)]) >> 16


def logarithm(value: int) -> int:
    """Returns 16 times the logarithm (base 2) of a count, cut to whole numbers, from 0 to 255:
    128 for one use."""
    if value < 1:
        return 0
    bits = value.bit_length() - 1
    return min(255, 16 * bits + (((value << 4) >> bits) & 15))


def recency(days: int) -> int:
    """Returns how recent a use is, 255 on the same day, half of it each day later."""
    return 255 >> min(8, max(0, days))
