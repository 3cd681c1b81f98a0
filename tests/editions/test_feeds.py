"""Feeds from a real server: what they bring, and what garbage, delay and detours do not do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.rows import NOON

from pittari import clock
from pittari.editions.feeds import fetch, fetching, poll, topics_of
from pittari.editions.gathering import gathered
from pittari.errors import DataError
from pittari.model.topic import Topic
from pittari.settings import FeedTable
from pittari.store import Store, open_store

AT = clock.moment(NOON)
RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Kasumi News</title>
<item><title>Library &amp; caf\u00e9 open</title><link>https://news.example/1</link><guid>1</guid>
<category>culture</category><pubDate>Fri, 04 Oct 2024 20:30:00 +0900</pubDate>
<media:thumbnail url="https://news.example/1.jpg"/></item>
<item><title>\u53f0\u98a818\u53f7\u3001\u95a2\u6771\u3078</title><link>https://news.example/2</link></item>
<item><link>https://news.example/3</link></item>
</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Kasumi Wire</title>
<entry><id>tag:a</id><title>Council votes</title><link href="https://news.example/a"/>
<published>2024-10-04T09:00:00Z</published><updated>2024-10-04T10:00:00Z</updated></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Kasumi", "items": [
{"id": 7, "title": "Boats race", "url": "https://news.example/7", "tags": ["sport"],
 "date_published": "2024-10-04T18:00:00+09:00", "image": "https://news.example/7.png"},
{"id": "8", "content_text": "No title, but a text", "url": "javascript:alert(1)"}]}"""


class Answers(BaseHTTPRequestHandler):
    answer: Callable[[Answers], None]

    def do_GET(self) -> None:
        type(self).answer(self)

    def tell(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def server(answer: Callable[[Answers], None]) -> Iterator[str]:
    handler = type("Own", (Answers,), {"answer": answer})
    made = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    made.daemon_threads = True
    threading.Thread(target=made.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{made.server_port}/feed"
    finally:
        made.shutdown()
        made.server_close()


def feed(url: str = "https://news.example/feed", **more: str) -> FeedTable:
    return FeedTable(url=url, private=True, **more)  # type: ignore[arg-type]


def read(body: str, **more: str) -> list[Topic]:
    return topics_of(body.encode(), "application/xml; charset=utf-8", feed(**more), AT)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(database_url, tmp_path / "lake", tmp_path / "parameters", now=lambda: NOON)
    yield opened
    opened.close()


def test_rss_is_read_as_topics() -> None:
    first, second = read(RSS, kind="article")
    assert (first.title, first.section, first.source) == (
        "Library & caf\u00e9 open",
        "culture",
        "Kasumi News",
    )
    assert first.published == datetime(2024, 10, 4, 11, 30, tzinfo=UTC)
    assert first.picture == "https://news.example/1.jpg"
    assert second.title == "\u53f0\u98a818\u53f7\u3001\u95a2\u6771\u3078"
    assert second.published == AT, "a topic without a time came when it was first seen"


def test_atom_and_json_feeds_are_read_as_topics() -> None:
    (vote,) = read(ATOM, section="politics")
    assert (vote.section, vote.updated) == ("politics", datetime(2024, 10, 4, 10, tzinfo=UTC))
    boats, untitled = read(JSON)
    assert (boats.title, boats.section) == ("Boats race", "sport")
    assert boats.published == datetime(2024, 10, 4, 9, tzinfo=UTC)
    assert (untitled.title, untitled.link) == ("No title, but a text", "")


@pytest.mark.parametrize(
    "body",
    ["", "<html><body>gone</body></html>", "/etc/passwd", "{}", '{"version": "1", "items": []}',
     "\x00\xff", "[" * 100_000, '{"version": ' + "[" * 100_000, "<rss", "https://news.example/x"],
)  # fmt: skip
def test_what_is_no_feed_gives_a_sentence(body: str) -> None:
    with pytest.raises(DataError, match=r"https://news\.example/feed: expected"):
        read(body)


items = st.text(max_size=200).map(
    lambda text: f"<rss><channel><item><title>{text}</title></item>".encode(errors="replace")
)
json_items = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda deeper: st.lists(deeper, max_size=3),
).flatmap(
    lambda value: st.sampled_from(["id", "title", "url", "tags", "date_published", "image"]).map(
        lambda name: msgspec.json.encode(
            {"version": "https://jsonfeed.org/version/1", "items": [{"title": "x", name: value}]}
        )
    )
)


@given(body=st.binary(max_size=300) | items | json_items)
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_a_feed_or_a_sentence(body: bytes) -> None:
    try:
        found = topics_of(body, "text/xml", feed(), AT)
    except DataError:
        return
    for topic in found:
        assert msgspec.convert(msgspec.to_builtins(topic), Topic) == topic


def test_a_bomb_of_entities_does_not_go_off() -> None:
    layers = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    title = "<title>&e11;</title>"
    bomb = (
        f'<!DOCTYPE rss [<!ENTITY e0 "boom">{layers}]>'
        f'<rss version="2.0"><channel>{title}<item>{title}</item></channel></rss>'
    )
    try:
        found = read(bomb)
    except DataError:
        return
    assert all(len(topic.title) <= 2000 for topic in found)


def test_a_feed_is_polled_at_its_pace_and_asked_only_for_news(store: Store) -> None:
    asked: list[str | None] = []

    def answer(request: Answers) -> None:
        asked.append(request.headers["if-none-match"])
        if asked[-1] == '"one"':
            request.tell(b"", 304)
        else:
            request.tell(RSS.encode(), etag='"one"')

    with server(answer) as url:
        (first,) = poll(store, [feed(url)])
        assert poll(store, [feed(url)]) == [], "nobody asks again so soon"
        (second,) = poll(store, [feed(url)], at_once=True)
    assert (first.new, second.new, second.same) == (2, 0, 0)
    assert asked == [None, '"one"']
    assert len(store.topics.current(0)) == 2


def test_a_topic_that_was_taken_back_is_not_brought_back_by_its_feed(store: Store) -> None:
    with server(lambda request: request.tell(RSS.encode())) as url:
        poll(store, [feed(url)])
        store.topics.delete([topic.id for topic in store.topics.current(0)])
        poll(store, [feed(url)], at_once=True)
    assert {topic.status for topic in store.topics.current(0)} == {"withdrawn"}


def test_a_feed_that_fails_costs_only_its_own_topics(store: Store) -> None:
    with (
        server(lambda r: r.tell(b"<p>", 500)) as bad,
        server(lambda r: r.tell(JSON.encode())) as good,
    ):
        first, second = poll(store, [feed(bad), feed(good)])
    assert "expected 200, got 500" in first.problem
    assert second.new == 2
    (note,) = [note for note in gathered(store, "x", NOON).notes if note.key == "feed_failed"]
    assert note.what == bad


def test_an_answer_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(request: Answers) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            for _ in range(1000):
                request.wfile.write(b"<rss>")
                threading.Event().wait(0.02)
        except OSError:
            pass

    with server(drip) as url, pytest.raises(DataError, match="expected a whole answer in time"):
        fetch(url, private=True, patience=0.3)
    monkeypatch.setattr(fetching, "MOST_BYTES", 1000)
    with server(lambda r: r.tell(b"x" * 5000)) as url, pytest.raises(DataError, match="at most"):
        fetch(url, private=True)


def test_nobody_leads_us_to_a_private_address() -> None:
    reached: list[str] = []

    def inner(request: Answers) -> None:
        reached.append(request.path)
        request.tell(RSS.encode())

    with server(inner) as private:
        there = private.replace("127.0.0.1", "localhost")
        with pytest.raises(DataError, match="no public address"):
            fetch(private)
        with (
            server(lambda r: r.tell(b"", 302, location=there)) as url,
            pytest.raises(DataError, match="no public address"),
        ):
            fetch(url, private=True)
    assert reached == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://news.example/", "", "/feed"])
def test_a_redirect_leads_to_http_only_and_not_in_circles(location: str) -> None:
    with (
        server(lambda r: r.tell(b"", 302, location=location)) as url,
        pytest.raises(DataError, match=r"http or https|another one"),
    ):
        fetch(url, private=True)


def test_a_moved_feed_is_followed_on_its_own_host() -> None:
    def answer(request: Answers) -> None:
        if request.path == "/feed":
            request.tell(b"", 301, location="/new?x=1")
        else:
            request.tell(request.path.encode())

    with server(answer) as url:
        assert fetch(url, private=True).body == b"/new?x=1"


def test_nobody_at_home_gives_a_sentence() -> None:
    with pytest.raises(DataError, match="ConnectionRefusedError"):
        fetch("http://127.0.0.1:1/feed", private=True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("::ffff:10.0.0.1", False), ("64:ff9b::a9fe:a9fe", False), ("2002:7f00:1::", False),
        ("64:ff9b::808:808", True), ("2001:4860:4860::8888", True), ("fe80::1%1", False),
    ],
)  # fmt: skip
def test_an_address_is_as_public_as_the_one_it_stands_for(address: str, public: bool) -> None:
    assert fetching._public(address) is public
