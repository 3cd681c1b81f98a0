"""What do people type, and what do they send then? Only what they agreed to, and only of many.

A phone or page sends no text. A thin client asks the server with the text, and may say that the
person agrees to its being learned from: `context` of the decision then holds `text` and
`consent` = "yes". Such a text is looked at only where it is short, and a word, or a word and the
sticker sent after it, is told only when enough different people are behind it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import duckdb
import pyarrow as pa

from pittari import clock
from pittari.errors import Unavailable
from pittari.text.folding import folded

LONGEST = 40
"""Letters of a word that can be a tag."""
PEOPLE = 10
"""Fewer different people than this, and nobody learns of it (k-anonymity)."""
WITHIN = 10 * clock.MINUTE
"""A sticker sent this long after a text still belongs to it."""
PAUSE = 30 * clock.SECOND
"""A text that is typed on within this time was not a word yet."""
TOUCHPOINT = "suggest"


class Log(Protocol):
    """Where rows come from: the store's log and lake, read as one."""

    def batches(
        self, kinds: Sequence[str], since: int, until: int, columns: Sequence[str]
    ) -> pa.RecordBatchReader:
        """Returns the rows with since <= at < until, in any order."""


@dataclass(frozen=True, slots=True)
class Typed:
    """`words`: folded words and how many people typed each; `written`: how most of them write it;
    `chosen`: word, sticker, and how many people sent it after the word."""

    words: dict[str, int]
    written: dict[str, str]
    chosen: tuple[tuple[str, str, int], ...]


def typed(log: Log, since: int, until: int, people: int = PEOPLE) -> Typed:
    """Returns what at least `people` different people typed, and sent then, in since <= at < until
    (microseconds UTC). Raises `Unavailable` when there is no room on disk."""
    with tempfile.TemporaryDirectory(prefix="pittari-typed-") as folder:
        db = duckdb.connect(f"{folder}/typed.duckdb", config={"memory_limit": "1GB"})
        try:
            db.execute("SET threads = 2; SET preserve_insertion_order = false")
            _bring(db, log, since, until)
            _fold(db)
            words = db.sql(
                f"""SELECT word, count(DISTINCT "user") AS people FROM said
                GROUP BY word HAVING people >= {people} ORDER BY word"""
            ).fetchall()
            written = db.sql(
                f"""SELECT word, text, count(DISTINCT "user") AS people FROM said
                GROUP BY word, text HAVING people >= {people} ORDER BY people, text DESC"""
            ).fetchall()
            chosen = db.sql(
                f"""SELECT word, sent.item, count(DISTINCT said."user") AS people
                FROM said JOIN sent ON said.decision_id = sent.decision_id
                    AND said."user" = sent."user"
                    AND sent."at" BETWEEN said."at" AND said."at" + {WITHIN}
                GROUP BY word, sent.item HAVING people >= {people} ORDER BY word, sent.item"""
            ).fetchall()
        except duckdb.Error as error:
            raise Unavailable(f"what people typed cannot be read: {error}") from error
        finally:
            db.close()
    known = {word for word, _ in words}
    spelt = {word: text for word, text, _ in written}
    return Typed(dict(words), spelt, tuple(row for row in chosen if row[0] in known))


def _bring(db: duckdb.DuckDBPyConnection, log: Log, since: int, until: int) -> None:
    """Keeps the short texts that may be learned from, and the sends of this touchpoint."""
    asked = ("at", "user", "touchpoint", "decision_id", "body")
    db.register("rows", log.batches(("served",), since, until, asked))
    db.execute(
        f"""CREATE TABLE texts AS SELECT * FROM (
            SELECT "at", "user", decision_id,
                json_extract_string(decode(body), '$.context.text') AS text
            FROM rows WHERE touchpoint = '{TOUCHPOINT}' AND "user" <> ''
                AND json_extract_string(decode(body), '$.context.consent') = 'yes')
        WHERE length(text) BETWEEN 1 AND {LONGEST}
        WINDOW turn AS (PARTITION BY "user" ORDER BY "at", text)
        QUALIFY NOT coalesce(
            starts_with(lead(text) OVER turn, text) AND lead("at") OVER turn <= "at" + {PAUSE},
            false)"""
    )
    acts = ("at", "user", "touchpoint", "decision_id", "item", "action")
    db.register("rows", log.batches(("engagement",), since, until, acts))
    db.execute(
        f"""CREATE TABLE sent AS SELECT "at", "user", decision_id, item FROM rows
        WHERE touchpoint = '{TOUCHPOINT}' AND action = 'send' AND decision_id <> ''"""
    )


def _fold(db: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `said` of the texts' folded forms; each text is folded once."""
    texts = [text for (text,) in db.sql("SELECT DISTINCT text FROM texts").fetchall()]
    pairs = {
        "text": pa.array(texts, pa.string()),
        "word": pa.array(map(folded, texts), pa.string()),
    }
    db.register("folds", pa.table(pairs))
    db.execute(
        """CREATE TABLE said AS SELECT "at", "user", decision_id, text, word
        FROM texts JOIN folds USING (text) WHERE word <> ''"""
    )
