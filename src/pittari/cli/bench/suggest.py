"""What does a key stroke cost on the device? The Python twin on a large bundle, beside two engines.

Made-up messages are typed letter by letter. The twin folds each, finds keywords and tags; SQLite
and Tantivy, in the same run, look up the begun keyword alone, as one prefix.
"""

from __future__ import annotations

import gc
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import tantivy

from pittari.cli.bench.suggest_browser import browser
from pittari.cli.bench.suggest_stream import Half, bench
from pittari.device.arrival import kept
from pittari.device.bundle import Bundle
from pittari.device.contents import Contents
from pittari.device.matching import Matches, matches
from pittari.device.person import Person, Rights
from pittari.device.ranking import ranked
from pittari.device.stock import Stock
from pittari.device.writing import write_bundle
from pittari.testing.bundles import SIGNER, Size, made_up
from pittari.text.folding import folded

CANDIDATES = 200
_AT = 1_800_000_000_000_000
_LAST = "\U0010ffff"


def twin(keywords: int = 40_000, pairs: int = 10_000_000, strokes: int = 20_000) -> dict[str, Any]:
    """Measures the twin on a bundle in which `keywords` lead to so many pairs of keyword and
    candidate.

    Returns microseconds for a key stroke (`p50_us`, `p99_us`, by the wall and by this thread's own
    time; `new_`: in messages of which none was typed before, after as many others), for ranking at
    least 200 candidates, and of SQLite and Tantivy on the same strokes; milliseconds for opening a
    kept file and for a file that arrives.
    """
    offers = 100
    each = max(1, pairs // (keywords * 2))  # a keyword leads to two tags
    rest = max(0, each - offers)
    size = Size(
        keywords=keywords, tags=max(8, pairs // each), items=200_000, offers=min(offers, each),
        rest=rest, packages=20_000, dimensions=16, centres=32,
    )  # fmt: skip
    contents = made_up(7, size)
    with tempfile.TemporaryDirectory(prefix="pittari-bench-") as folder:
        path = Path(folder) / "ja.bundle"
        data = write_bundle(contents, SIGNER)
        arrival = _milliseconds(lambda: kept(path, data, SIGNER.keys, "ja"))
        opening = [
            _milliseconds(lambda: Bundle.open(path, SIGNER.keys, whole=False)) for _ in range(5)
        ]
        bundle = Bundle.open(path, SIGNER.keys, whole=False)
        typed, pieces = _typed(contents, strokes)
        told = {
            "keywords": keywords,
            "pairs": _pairs_of(contents),
            "bundle_bytes": len(data),
            "load_ms": round(min(opening), 1),
            "arrival_ms": round(arrival, 1),
            **_stroke(bundle, _typed(contents, strokes, 8)[0], typed),
            **_rank(bundle, typed),
            **_sqlite(Path(folder) / "pairs.db", contents, pieces),
            **_tantivy(contents, pieces),
        }
    return told


def _typed(contents: Contents, strokes: int, seed: int = 5) -> tuple[list[str], list[str]]:
    """Returns what stands in the input after each key stroke of made-up messages, and the begun
    keywords in it that are long enough to be looked up."""
    dice = random.Random(seed)  # noqa: S311
    texts: list[str] = []
    pieces: list[str] = []
    while len(texts) < strokes:
        before = dice.choice(["", "", "今日も", "so "])
        word, after = dice.choice(contents.keywords), dice.choice(["", "です", "！", " ok"])
        message = before + word + after
        texts += [message[:end] for end in range(1, len(message) + 1)]
        pieces += [word[:end] for end in range(3 if word.isascii() else 2, len(word) + 1)]
    return texts[:strokes], pieces


def _stroke(bundle: Bundle, others: Sequence[str], typed: Sequence[str]) -> dict[str, float]:
    def ask(text: str) -> object:
        return matches(bundle, text)

    new = _times(ask, typed, before=others)
    wall = _times(ask, typed)
    own = _times(ask, typed, time.thread_time_ns)
    return {
        **_percentiles("", wall),
        **_percentiles("new_", new),
        "p50_own_us": round(float(np.percentile(own, 50)), 1),
        "p99_own_us": round(float(np.percentile(own, 99)), 1),
    }


def _rank(bundle: Bundle, typed: Sequence[str]) -> dict[str, float]:
    """Ranks as many of the first found tags as have 200 candidates, for somebody with a past."""
    stock = Stock(bundle)
    dice = random.Random(6)  # noqa: S311
    person = Person(rights=Rights(region="JP", trial_until=2 * _AT))
    person.rights.owned = frozenset(dice.sample(stock.packages, 1000))
    for item in dice.sample(stock.ids, 300):
        person.used(item, "", bundle.vectors[stock.row(item)], _AT, bundle.decay)
    found: list[Matches] = []
    for text in typed:
        told = matches(bundle, text)
        counts = np.cumsum([int(np.diff(bundle.starts[f.tag : f.tag + 2])[0]) for f in told.found])
        most = int(np.searchsorted(counts, CANDIDATES)) + 1
        if len(counts) >= most and len(found) < 500:
            found.append(Matches(told.text, told.letters, told.found[:most]))
    times = _times(lambda one: ranked(stock, one, person, at=_AT), found)
    return {"candidates": CANDIDATES, **_percentiles("rank_", times)}


def _sqlite(path: Path, contents: Contents, typed: Sequence[str]) -> dict[str, float]:
    """A table of all pairs, ordered by keyword, asked for the range that a prefix is."""
    base = sqlite3.connect(path)
    base.execute("pragma journal_mode = off")
    base.execute("pragma synchronous = off")
    base.execute(
        "create table pairs (keyword text, at integer, item integer, confidence integer, "
        "primary key (keyword, at)) without rowid"
    )
    rows = ((word, at, *pair) for word, some in _all(contents) for at, pair in enumerate(some))
    base.executemany("insert into pairs values (?, ?, ?, ?)", rows)
    base.commit()
    base.execute("pragma mmap_size = 4000000000")
    wanted = (
        f"select item, confidence from pairs where keyword >= ? and keyword < ? limit {CANDIDATES}"
    )

    def ask(text: str) -> object:
        text = folded(text)
        return base.execute(wanted, (text, text + _LAST)).fetchall()

    try:
        return _percentiles("sqlite_", _times(ask, typed))
    finally:
        base.close()


def _tantivy(contents: Contents, typed: Sequence[str]) -> dict[str, float]:
    """A document for each keyword, its candidates beside it, asked for a prefix."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("keyword", stored=False, tokenizer_name="raw")
    builder.add_bytes_field("candidates", stored=True)
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(64_000_000, 1)
    for word, some in _all(contents):
        packed = np.array(some[:CANDIDATES], np.uint32).tobytes()
        writer.add_document(tantivy.Document(keyword=word, candidates=packed))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def ask(text: str) -> object:
        pattern = "".join(
            f"\\{letter}" if not letter.isalnum() else letter for letter in folded(text)
        )
        query = tantivy.Query.regex_query(schema, "keyword", pattern + ".*")
        hits = searcher.search(query, 20, count=False).hits
        return [searcher.doc(address)["candidates"] for _, address in hits]

    return _percentiles("tantivy_", _times(ask, typed[: len(typed) // 4]))


def _pairs_of(contents: Contents) -> int:
    counts = np.asarray(contents.tags.items.counts)
    return int(counts[contents.keyword_tags.to].sum())


def _all(contents: Contents) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yields each keyword, in order, with its candidates and their confidences."""
    links, items = contents.keyword_tags, contents.tags.items
    ends = np.cumsum(links.counts)
    item_ends = np.cumsum(items.counts)
    for row in sorted(range(len(contents.keywords)), key=contents.keywords.__getitem__):
        pairs: list[tuple[int, int]] = []
        for tag in links.to[ends[row] - links.counts[row] : ends[row]].tolist():
            part = slice(int(item_ends[tag] - items.counts[tag]), int(item_ends[tag]))
            pairs += zip(items.to[part].tolist(), items.weight[part].tolist(), strict=True)
        yield contents.keywords[row], pairs


def _times(
    call: Callable[[Any], object],
    over: Sequence[Any],
    clock: Callable[[], int] = time.perf_counter_ns,
    before: Sequence[Any] | None = None,
) -> list[float]:
    """Returns microseconds of each call, once everything (or `before`) has been called before."""
    for one in over if before is None else before:
        call(one)
    gc.collect()
    gc.disable()
    out = []
    try:
        for one in over:
            begin = clock()
            call(one)
            out.append((clock() - begin) / 1000)
    finally:
        gc.enable()
    return out


def _percentiles(name: str, times: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}p50_us": round(float(np.percentile(times, 50)), 1),
        f"{name}p99_us": round(float(np.percentile(times, 99)), 1),
    }


def _milliseconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - begin) / 1e6


@click.command()
@click.option("--keywords", default=40_000, show_default=True, help="Keywords of the bundle.")
@click.option("--pairs", default=10_000_000, show_default=True, help="Keyword and candidate pairs.")
@click.option("--strokes", default=20_000, show_default=True, help="Key strokes.")
@click.option("--browser", "in_browser", is_flag=True, help="The browser's module, in Chromium.")
@click.option(
    "--stream",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with stream.tsv.gz: how often does the row appear on these messages?",
)
@click.option(
    "--half",
    type=click.Choice(["even", "odd"]),
    default="odd",
    show_default=True,
    help="Dialogues of the stream: even numbers for tuning, odd ones for figures.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    *,
    keywords: int,
    pairs: int,
    strokes: int,
    in_browser: bool,
    stream: Path | None,
    half: Half,
    as_json: bool,
) -> None:
    """Time key strokes on a large bundle in the Python twin, beside SQLite and Tantivy."""
    if stream:
        told = bench(stream, half)
    else:
        told = browser() if in_browser else twin(keywords, pairs, strokes)
    click.echo(json.dumps(told, indent=None if as_json else 2))
