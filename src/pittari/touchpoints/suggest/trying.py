"""What would a catalogue suggest that is in no store? Learned, built and opened in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from pittari.device.bundle import Bundle, Part
from pittari.device.signing import Signer
from pittari.device.stock import Stock
from pittari.device.writing import write_bundle, write_part
from pittari.errors import DataError
from pittari.learning.offers.learner import Offers
from pittari.learning.rows import read
from pittari.learning.tags.learner import Tags
from pittari.learning.tags.table import TagTable
from pittari.learning.tags.wording import worded
from pittari.model.catalog import Item
from pittari.settings import BundleTable, LearnTable
from pittari.touchpoints.suggest.bundling import chosen, contents, parts, stock
from pittari.touchpoints.suggest.offering import Limits
from pittari.touchpoints.suggest.stickers import stickers

_SIGNER = Signer(bytes(32))
"""Signs what never leaves this process."""


class _NoLog:
    """The log of people who have done nothing yet."""

    def batches(
        self, kinds: Sequence[str], since: int, until: int, columns: Sequence[str]
    ) -> pa.RecordBatchReader:
        """Returns no rows."""
        whole = {"at", "value"}
        types = [pa.int64() if c in whole else pa.int32() if c == "position" else pa.binary()
                 if c == "body" else pa.string() for c in columns]  # fmt: skip
        schema = pa.schema(list(zip(columns, types, strict=True)))
        return pa.RecordBatchReader.from_batches(schema, [])


def tried(items: Sequence[Item], locale: str, at: int) -> Stock:
    """Returns all stickers of a catalogue, in reach of somebody who has all packages, with the
    words that are learned from what the catalogue itself says.

    Raises `DataError` where there is no sticker, `SettingsError` for an unknown locale.
    """
    if not any(item.kind == "sticker" for item in items):
        raise DataError(f"expected items of the kind sticker; none of {len(items)} items is one")
    rows = replace(read(_NoLog(), items, at, 1), wording=worded(items))
    settings, learning = BundleTable(), LearnTable()
    table = TagTable.from_arrays(Tags(learning).fit(rows).arrays)
    there = stickers(items, at, settings.days_on_sale)
    goods = stock(table, Offers(learning).fit(rows).arrays, there)
    told = contents(goods, chosen(goods, Limits(floor=settings.floor)), locale, {})
    bundle = Bundle.open(write_bundle(replace(told, version=1), _SIGNER), _SIGNER.keys)
    opened = [Part.open(write_part(part, _SIGNER), _SIGNER.keys) for part in parts(goods)]
    return Stock(bundle, sorted(opened, key=lambda part: part.head.name))
