"""How many tags come back that were hidden, and does a word that nobody attached find a sticker?

Hidden tags: each tag of a sticker is hidden with chance 0.3 (one always stays), the table is
learned from the others, and a sticker's first k learned tags, less those it shows, are judged by
those it hides. Typed words: a file of them, or a fifth of all words, taken off every sticker; the
right stickers are those that had one. The learning is told the words, never their stickers; a
second one is not even told the words. Beside it a dictionary finds what is attached letter by
letter.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import msgspec
import numpy as np
from pyarrow import csv, parquet
from pyarrow import json as arrow_json

from pittari.demo.artist import packages
from pittari.demo.goods import shop
from pittari.errors import DataError
from pittari.importing.folder import catalogue, file_of
from pittari.learning.tags.embedding import Encoder, encoder
from pittari.learning.tags.learner import learned
from pittari.learning.tags.table import TagTable
from pittari.learning.tags.wording import worded
from pittari.model.catalog import Item
from pittari.text.finding import Words
from pittari.text.folding import folded

HIDDEN = 0.3
TYPED = 0.2
PLACES = (5, 10, 15)
PEOPLE = 10
"""How many are said to have typed each word."""
LONGEST = 20
_DEMO = 20_000

Answer = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody types, and the stickers that are right."""

    word: str
    right: frozenset[str]


def bench(
    items: Sequence[Item],
    queries: Sequence[Query] | None = None,
    *,
    asked: Encoder | None = None,
    seed: int = 0,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Measures both; without `queries` words of the catalogue are hidden.

    Returns figures, and for each query what was found: `query`, `items` (the first 20), `hit5`,
    `hit20`. Raises `DataError` for a catalogue without stickers that have two tags.
    """
    stickers = _stickers(items)
    figures: dict[str, Any] = {"items": len(stickers), "embedding": asked is not None}
    figures |= _hidden(stickers, asked, np.random.default_rng((seed, 1)))
    shown = stickers
    if queries is None:
        shown, queries = _withheld(stickers, np.random.default_rng((seed, 2)))
    began = time.perf_counter()
    told = _learned(shown, asked, queries)
    figures |= {"learn_seconds": round(time.perf_counter() - began, 2)}
    figures |= {
        "tags": len(told.tags),
        "keywords": len(told.keywords),
        "table_bytes": sum(array.nbytes for array in told.arrays().values()),
        "queries": len(queries),
    }
    found = _found(queries, answers(told))
    figures |= _hits("", found)
    figures |= _hits("untold_", _found(queries, answers(_learned(shown, asked))))
    figures |= _hits("dictionary_", _found(queries, _dictionary(shown)))
    return figures, found


def _stickers(items: Iterable[Item]) -> list[Item]:
    """Returns the stickers; where there is none, all items as such, each its own."""
    every = sorted(items, key=lambda item: item.id.encode())
    stickers = [item for item in every if item.kind == "sticker"]
    if not stickers:
        stickers = [msgspec.structs.replace(item, kind="sticker") for item in every]
    if not any(len(set(map(folded, item.tags))) > 1 for item in stickers):
        raise DataError(
            "expected a catalogue with tags: stickers that have two or more; got none;"
            " `tags` is a list in JSON lines and Parquet, in CSV text such as cat|cute"
        )
    return stickers


def _learned(
    items: Sequence[Item], asked: Encoder | None, queries: Sequence[Query] = ()
) -> TagTable:
    wording = worded(items)
    written = {folded(query.word): query.word for query in queries}
    typed = {word: PEOPLE for word in written if word}
    surface = {**written, **wording.surface}
    return learned(replace(wording, typed=typed, surface=surface), asked)


def _hidden(
    items: Sequence[Item], asked: Encoder | None, dice: np.random.Generator
) -> dict[str, Any]:
    """Returns how many hidden tags come back, and what share of what comes is one."""
    shown, hidden = [], {}
    for item in items:
        words = list(dict.fromkeys(map(folded, item.tags)))
        away = dice.random(len(words)) < HIDDEN
        if words and away.all():
            away[int(dice.integers(len(words)))] = False
        kept = tuple(word for word, gone in zip(words, away, strict=True) if not gone)
        written = tuple(tag for tag in item.tags if folded(tag) in kept)
        shown.append(msgspec.structs.replace(item, tags=written))
        hidden[item.id] = (set(words) - set(kept), set(kept))
    table = _learned(shown, asked)
    common = [
        word for word, _ in Counter(w for _, kept in hidden.values() for w in kept).most_common()
    ]
    total = sum(len(away) for away, _ in hidden.values())
    found = {item: _new(table, item, kept) for item, (_, kept) in hidden.items()}
    usual = {
        item: [word for word in common[: 4 * PLACES[-1]] if word not in kept][: PLACES[-1]]
        for item, (_, kept) in hidden.items()
    }
    figures: dict[str, Any] = {"hidden_tags": total}
    for name, guesses in (("", found), ("popular_", usual)):
        for k in PLACES:
            right = sum(len(hidden[item][0] & set(words[:k])) for item, words in guesses.items())
            said = sum(len(words[:k]) for item, words in guesses.items() if hidden[item][0])
            figures[f"{name}recall{k}"] = round(right / max(total, 1), 4)
            figures[f"{name}precision{k}"] = round(right / max(said, 1), 4)
    return figures


def _new(table: TagTable, item: str, kept: set[str]) -> list[str]:
    return [tag.tag for tag in table.of_item(item, 99) if tag.tag not in kept][: PLACES[-1]]


def _withheld(items: Sequence[Item], dice: np.random.Generator) -> tuple[list[Item], list[Query]]:
    """Returns the stickers without a fifth of all words, and those words with their stickers."""
    right: dict[str, set[str]] = {}
    written: dict[str, str] = {}
    for item in items:
        for tag in item.tags:
            right.setdefault(folded(tag), set()).add(item.id)
            written.setdefault(folded(tag), tag)
    words = sorted(word for word in right if word)
    away = {word for word in words if dice.random() < TYPED}
    shown = [
        msgspec.structs.replace(
            item, tags=tuple(tag for tag in item.tags if folded(tag) not in away)
        )
        for item in items
    ]
    return shown, [Query(written[word], frozenset(right[word])) for word in sorted(away)]


def answers(table: TagTable) -> Answer:
    """Returns who answers a typed word with stickers, best first: those of the tags it leads to,
    or that the longest words standing in it lead to."""
    words = Words(table.words)

    def answer(word: str) -> list[str]:
        text = folded(word)
        row = words.row(text)
        rows = [row] if row >= 0 else _standing(words, text)
        score: dict[int, float] = {}
        for place in rows:
            for cell in range(*table.keyword_starts[place : place + 2].tolist()):
                tag, weight = int(table.keyword_tags[cell]), int(table.keyword_weight[cell])
                part = slice(*table.starts[tag : tag + 2].tolist())
                sure = table.confidence[part].astype(float) * weight
                for item, worth in zip(table.tag_items[part].tolist(), sure.tolist(), strict=True):
                    score[item] = max(score.get(item, 0.0), worth)
        best = sorted(score, key=lambda item: -score[item])[:LONGEST]
        return [table.items[item].decode() for item in best]

    return answer


def _standing(words: Words, text: str) -> list[int]:
    """Returns the longest words that stand in a text, none inside another."""
    taken = [False] * len(text)
    rows = []
    for size, at, row in sorted(words.occurrences(text)):
        if not any(taken[at : at - size]) and -size > 1:
            taken[at : at - size] = [True] * -size
            rows.append(row)
    return rows


def _dictionary(items: Sequence[Item]) -> Answer:
    attached: dict[str, list[str]] = {}
    for item in items:
        for tag in dict.fromkeys(map(folded, item.tags)):
            attached.setdefault(tag, []).append(item.id)
    return lambda word: attached.get(folded(word), [])[:LONGEST]


def _found(queries: Sequence[Query], answer: Answer) -> list[dict[str, Any]]:
    rows = []
    for query in queries:
        items = list(answer(query.word))
        hit = [item in query.right for item in items]
        rows.append({"query": query.word, "items": items, "hit5": any(hit[:5]), "hit20": any(hit)})
    return rows


def _hits(name: str, found: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {
        f"{name}{key}": round(sum(row[key] for row in found) / max(len(found), 1), 4)
        for key in ("hit5", "hit20")
    }


def read_queries(folder: Path, known: frozenset[str]) -> list[Query] | None:
    """Returns the typed words of a folder's file `queries`; None where there is none.

    Raises `DataError` for one without the columns `word` and `items`, or with unknown stickers.
    """
    path = file_of(folder, "queries")
    if path is None:
        return None
    kind = path.name.removesuffix(".gz").rsplit(".", 1)[-1]
    try:
        if kind == "jsonl":
            table = arrow_json.read_json(path)
        elif kind == "parquet":
            table = parquet.read_table(path)
        else:
            between = csv.ParseOptions(delimiter="\t" if kind == "tsv" else ",")
            table = csv.read_csv(path, parse_options=between)
        words, items = table["word"].to_pylist(), table["items"].to_pylist()
    except (OSError, KeyError, ValueError) as problem:
        raise DataError(
            f"{path}: expected the columns `word` and `items` (ids, in CSV with | between them),"
            f" got: {problem}"
        ) from problem
    queries = []
    for word, right in zip(words, items, strict=True):
        ids = frozenset(right.split("|") if isinstance(right, str) else map(str, right or ()))
        if not word or not ids <= known:
            raise DataError(
                f'{path}: "{word}": expected a word and ids of stickers in the catalogue,'
                f" got {', '.join(sorted(ids - known)[:3]) or 'no word'}"
            )
        queries.append(Query(str(word), ids))
    return queries


def demo_items(count: int = 40) -> list[Item]:
    """Returns the catalogue of the demo."""
    return list(shop(0, packages(0, count), _DEMO, 30).items)


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with items.csv, .jsonl or .parquet as for `pittari import items`, and perhaps"
    " queries.csv, .jsonl or .parquet (word, items); the demo's catalogue unless said.",
)
@click.option(
    "--predictions",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write: what each typed word found, as JSON lines.",
)
@click.option("--seed", default=0, show_default=True, help="What is hidden.")
@click.option("--embedding", is_flag=True, help="Ask the encoder of the extra `embedding`.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    data: Path | None, predictions: Path | None, seed: int, embedding: bool, as_json: bool
) -> None:
    """Hide tags and see which come back; type words that nobody attached and see what is found.

    Of each sticker's tags 30 % are hidden: recall and precision of its first 5, 10 and 15 learned
    tags. hit5 and hit20: the share of typed words with a right sticker among the first 5 and 20,
    once the words, not their stickers, were told to the learning; untold: not even the words;
    dictionary: words attached letter by letter.
    """
    items = catalogue(data) if data else demo_items()
    queries = read_queries(data, frozenset(item.id for item in items)) if data else None
    figures, found = bench(items, queries, asked=encoder() if embedding else None, seed=seed)
    if predictions:
        predictions.parent.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in found)
        predictions.write_text("".join(lines), "utf-8")
    click.echo(json.dumps({"data": str(data or "demo"), **figures}, indent=None if as_json else 2))
