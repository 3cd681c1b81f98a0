"""What may an operator decide? The tables of `pittari.toml` and `touchpoints/*.toml`.

Each field carries its sentence; the docs are made to hold every one of them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from pittari.model.catalog import Id, Moment, Word


def said(sentence: str, **limits: Any) -> msgspec.Meta:
    """Returns the sentence and limits of a settings field."""
    return msgspec.Meta(description=sentence, **limits)


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a settings file."""


class StoreTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where Pittari remembers."""

    url: Annotated[
        str, said("Database: `sqlite:///FILE` (relative to this file) or `postgresql://...`.")
    ] = "sqlite:///data/pittari.db"
    lake: Annotated[str, said("Folder of the Parquet lake, where closed days of the log go.")] = (
        "data/lake"
    )
    parameters: Annotated[str, said("Folder of the learned tables, one folder per version.")] = (
        "data/parameters"
    )


class ServerTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the HTTP server listens, and how much it takes."""

    host: Annotated[str, said("Address to listen on; loopback unless told otherwise.")] = (
        "127.0.0.1"
    )
    port: Annotated[int, said("Port to listen on; 0 picks a free one.", ge=0, le=65535)] = 8080
    workers: Annotated[int, said("Server processes.", ge=1, le=256)] = 1
    body_bytes: Annotated[int, said("Largest request body, in bytes.", ge=1024)] = 1_048_576
    batch_rows: Annotated[int, said("Most rows in one request.", ge=1, le=100_000)] = 1000
    rate: Annotated[
        int,
        said(
            "Requests per second (per worker) before 429, of a key, and of an address that"
            " fetches without one; 0: no limit.",
            ge=0,
        ),
    ] = 0
    secure_cookies: Annotated[bool, said("Send session cookies over HTTPS only.")] = False
    open_shop: Annotated[
        bool, said("Serve the shop page and let it act as any person: for demo worlds only.")
    ] = False


class LearnTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What learning reads."""

    window_days: Annotated[int, said("Days of the log that learning reads.", ge=1, le=36_500)] = 365
    half_life_days: Annotated[
        float, said("Age at which a row counts half in popularity.", gt=0, le=36_500)
    ] = 14.0
    fresh_days: Annotated[
        int, said("An item is new for this many days on sale.", ge=1, le=36_500)
    ] = 30
    neighbours: Annotated[int, said("Similar items kept per item.", ge=1, le=1000)] = 50
    list_length: Annotated[
        int, said("Items kept per person in the taste table.", ge=1, le=5000)
    ] = 100
    groups: Annotated[int, said("Groups of people with like taste.", ge=1, le=4096)] = 24
    embedding: Annotated[
        bool, said("Ask the sentence encoder of the extra `embedding` which tags mean alike.")
    ] = False


class BundleTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `pittari bundle build` puts into the bundles for suggestion on a device."""

    locales: Annotated[
        tuple[str, ...], said("Languages that bundles are built for.", min_length=1)
    ] = ("ja", "en")
    days_on_sale: Annotated[
        int,
        said(
            "Days after its first sale from which a sticker may be offered to subscribers and in"
            " trials, if its creator takes part.",
            ge=0,
            le=36_500,
        ),
    ] = 180
    floor: Annotated[
        int,
        said(
            "Places under words, all together, that each creator who takes part gets before better"
            " known ones get more.",
            ge=0,
            le=100,
        ),
    ] = 3
    most_bytes: Annotated[
        int,
        said(
            "Largest size of a bundle; where all of it would be larger, each word offers fewer"
            " stickers.",
            ge=65_536,
        ),
    ] = 5_000_000
    keep: Annotated[
        int, said("Older versions from which a device fetches the difference only.", ge=0, le=100)
    ] = 5


class FeedTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An RSS, Atom or JSON feed that topics are read from."""

    url: Annotated[
        str, said("Its address; http and https only.", pattern=r"^https?://[^\s]{1,2000}\Z")
    ]
    every_minutes: Annotated[int, said("How often it is asked.", ge=1, le=1440)] = 5
    section: Annotated[Word, said("Section of topics that name none.")] = ""
    kind: Annotated[Word, said("Kind of its topics.")] = "article"
    source: Annotated[Word, said("Who publishes it; the feed's own title when silent.")] = ""
    private: Annotated[
        bool, said("Its host may have an address of a private network or of this machine.")
    ] = False


class MailTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where alarms go by mail. The password comes from the environment: `PITTARI_MAIL_PASSWORD`."""

    host: Annotated[str, said("Mail server; nothing is mailed without one.")] = ""
    port: Annotated[int, said("Its port.", ge=1, le=65535)] = 587
    security: Annotated[
        Literal["starttls", "tls", "none"], said("How the connection is kept private.")
    ] = "starttls"
    user: Annotated[str, said("Name to sign in with; empty: nobody signs in.")] = ""
    sender: Annotated[str, said("Address that alarms come from.")] = "pittari@localhost"
    to: Annotated[tuple[str, ...], said("Addresses that alarms go to.")] = ()


class DigestTable(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How editions of the digest go out."""

    pool_hours: Annotated[
        int, said("Topics published or updated within so many hours are in the pool.", ge=1, le=720)
    ] = 48
    rehearse_minutes: Annotated[
        int, said("How often a dry edition goes the whole way; 0: never.", ge=0, le=1440)
    ] = 60
    outbox: Annotated[
        str, said("File that the file channel appends released rows to, as JSON lines.")
    ] = "data/outbox.jsonl"
    two_people: Annotated[
        bool, said("Rules are put in force by a second person, not by their author.")
    ] = False
    locale: Annotated[Literal["ja", "en"], said("Language of alarms.")] = "ja"
    history: Annotated[
        str,
        said(
            "Folder of past editions with their editors' line-ups, which the desk holds rules"
            " beside; empty: the editions of the last 30 days."
        ),
    ] = ""
    clock: Annotated[
        str,
        said(
            "File with a clock that runs in laps, which editions go by: for made-up worlds only;"
            " empty: real time."
        ),
    ] = ""
    webhook: Annotated[
        str,
        said(
            "Address that alarms are posted to as JSON; `PITTARI_WEBHOOK_TOKEN` from the"
            " environment goes with them.",
            pattern=r"^(https?://[^\s]{1,2000})?\Z",
        ),
    ] = ""
    mail: Annotated[MailTable, said("Alarms by mail.")] = MailTable()
    feed: Annotated[tuple[FeedTable, ...], said("Feeds that topics are read from.")] = ()


class Settings(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`pittari.toml`, the whole file."""

    store: StoreTable = StoreTable()
    server: ServerTable = ServerTable()
    learn: LearnTable = LearnTable()
    digest: DigestTable = DigestTable()
    bundle: BundleTable = BundleTable()


class Match(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which items a rule speaks of: all words given must fit."""

    item: Annotated[Word, said("The item's id.")] = ""
    creator: Annotated[Word, said("The creator.")] = ""
    character: Annotated[Word, said("The character.")] = ""
    category: Annotated[Word, said("The category.")] = ""
    tag: Annotated[Word, said("One of the item's tags.")] = ""
    source: Annotated[Word, said("A source that named the item.")] = ""
    price_at_most: Annotated[Annotated[int, msgspec.Meta(ge=0)] | None, said("Highest price.")] = (
        None
    )
    price_at_least: Annotated[Annotated[int, msgspec.Meta(ge=0)] | None, said("Lowest price.")] = (
        None
    )
    premium: Annotated[bool | None, said("Premium-eligible or not.")] = None


class Pin(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item that stands at a place, whenever the person may have it."""

    item: Annotated[Id, said("The item's id.")]
    place: Annotated[int, said("The place, from 1.", ge=1)]
    since: Annotated[Moment | None, said("From this time on.")] = None
    until: Annotated[Moment | None, said("Until this time.")] = None


class Boost(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Items whose score is multiplied."""

    where: Annotated[Match, said("Which items.")]
    by: Annotated[float, said("Factor; above 1 lifts, below 1 lowers.", gt=0, le=100)]


class Bury(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Items this shelf never shows."""

    where: Annotated[Match, said("Which items.")]


class Quota(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many places go to some items."""

    where: Annotated[Match, said("Which items.")]
    at_least: Annotated[
        int, said("At least this many places, while there are such items.", ge=0)
    ] = 0
    at_most: Annotated[
        Annotated[int, msgspec.Meta(ge=0)] | None, said("At most this many places.")
    ] = None


class Caps(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most places for items that share a value."""

    creator: Annotated[Annotated[int, msgspec.Meta(ge=1)] | None, said("Same creator.")] = None
    character: Annotated[Annotated[int, msgspec.Meta(ge=1)] | None, said("Same character.")] = None
    category: Annotated[Annotated[int, msgspec.Meta(ge=1)] | None, said("Same category.")] = None
    price: Annotated[Annotated[int, msgspec.Meta(ge=1)] | None, said("Same price.")] = None


class Shelf(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One shelf of the shop page."""

    name: Annotated[str, said("Its name in requests.", pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
    title: Annotated[dict[str, str], said("Its title by language.")] = {}
    n: Annotated[int, said("Places.", ge=1, le=200)] = 12
    sources: Annotated[
        dict[str, float], said("Which sources are asked, and the weight of each one's word.")
    ]
    anchor: Annotated[
        bool, said("Ask about one item: the request's, else the newest the person owns.")
    ] = False
    candidates: Annotated[int, said("Most candidates per source.", ge=1, le=5000)] = 200
    deadline_ms: Annotated[
        float, said("Time each source has, in milliseconds.", gt=0, le=60_000)
    ] = 50.0
    explore: Annotated[
        float, said("Share of places drawn at random, and logged so.", ge=0, le=1)
    ] = 0.05
    explore_from: Annotated[
        int, said("How many leading candidates may be drawn.", ge=1, le=5000)
    ] = 100
    spread: Annotated[
        float,
        said(
            "What each further item of a creator or character loses, of the top score.",
            ge=0,
            le=100,
        ),
    ] = 0.08
    engagement: Annotated[
        float, said("How strongly learnt click rates bend scores; 0: not at all.", ge=0, le=4)
    ] = 0.5
    fatigue: Annotated[
        float, said("What a score keeps each time the item was served in vain.", gt=0, le=1)
    ] = 0.85
    shown_at_most: Annotated[
        int, said("Served this often in vain within hours, an item rests.", ge=1, le=1_000_000)
    ] = 12
    editorial: Annotated[tuple[Id, ...], said("Items for the source `editorial`.")] = ()
    caps: Annotated[Caps, said("Hard limits on likeness.")] = Caps()
    boost: Annotated[tuple[Boost, ...], said("Rules that multiply scores.")] = ()
    pin: Annotated[tuple[Pin, ...], said("Items at fixed places.")] = ()
    bury: Annotated[tuple[Bury, ...], said("Items never shown here.")] = ()
    quota: Annotated[tuple[Quota, ...], said("Shares of places.")] = ()


class Shelves(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`touchpoints/shelf.toml`, the whole file."""

    shelf: Annotated[tuple[Shelf, ...], said("The shelves, in the page's order.")] = ()
