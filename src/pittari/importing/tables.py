"""Parquet files, batch by batch, however large their row groups are."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from pittari.errors import DataError
from pittari.importing.chunks import BYTES, BatchChunk, Mark
from pittari.importing.files import Source


def names(source: Source) -> list[str]:
    """Returns the column names of a Parquet file."""
    return list(pq.read_schema(source.path).names)


def rows(source: Source) -> int:
    """Returns how many rows a Parquet file has."""
    return int(pq.read_metadata(source.path).num_rows)


def batches(source: Source, columns: list[str], start: Mark, size: int) -> Iterator[BatchChunk]:
    """Yields rows after a mark, at most `size` at a time, with only the columns asked for.

    Raises `DataError` where the file is damaged.
    """
    with pq.ParquetFile(source.path, memory_map=False, pre_buffer=False) as file:
        groups, before = _groups(file, start.offset)
        try:
            for batch in file.iter_batches(
                batch_size=_size(file, size), row_groups=groups, columns=columns, use_threads=True
            ):
                end = before + batch.num_rows
                if end > start.offset:
                    part = batch.slice(max(0, start.offset - before))
                    lines = range(end - part.num_rows + 1, end + 1)
                    yield BatchChunk(str(source.path), part, lines, Mark(end, end))
                before = end
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            raise DataError(
                f"{source.path}: expected whole Parquet data, got damage after row {before:,}"
                f" ({str(error)[:200]}); copy it again"
            ) from error


def _groups(file: pq.ParquetFile, offset: int) -> tuple[list[int], int]:
    """Returns the row groups that reach beyond an offset, and the rows before them."""
    before = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if before + size > offset:
            return list(range(group, file.num_row_groups)), before
        before += size
    return [], before


def _size(file: pq.ParquetFile, most: int) -> int:
    """Returns how many rows make a chunk of bounded bytes, too."""
    metadata = file.metadata
    total = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    each: int = max(1, total // max(1, metadata.num_rows))
    return max(100, min(most, 2 * BYTES // each))
