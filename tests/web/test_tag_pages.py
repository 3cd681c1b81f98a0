"""The pages about tags, without a browser: who may, what happens, and what is refused."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient
from tests.learning.tagged import learn, learned, put_stickers

from pittari.engine import Engine
from pittari.model.catalog import Item
from pittari.store.tags import LONGEST

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
PART = {"x-part": "1"}


@pytest.fixture
def stickers(engine: Engine) -> Engine:
    put_stickers(engine.store)
    learn(engine, learned())
    return engine


def signed_in(engine: Engine, door: TestClient, role: str, language: str = "en") -> TestClient:
    """A browser without scripts that signed in with a key of a role."""
    visitor = TestClient(door.app, raise_server_exceptions=False, follow_redirects=False)
    visitor.headers["accept-language"] = language
    key = engine.store.keys.create(f"{role}-{language}", role)
    form = {"csrf": token(visitor, "/login"), "key": key}
    assert visitor.post("/login", data=form).status_code == 303
    return visitor


@pytest.fixture
def editor(stickers: Engine, door: TestClient) -> TestClient:
    return signed_in(stickers, door, "editor")


def token(visitor: TestClient, path: str = "/tags") -> str:
    found = TOKEN.search(visitor.get(path).text)
    assert found
    return found[1]


def act(visitor: TestClient, action: str, back: str = "/tags?item=s1", **form: str) -> str:
    """Acts as a browser without scripts does; returns the page it comes back to."""
    sent = {"csrf": token(visitor), "action": action, "back": back, **form}
    answer = visitor.post("/tags/acts", data=sent)
    assert answer.status_code == 303, answer.text
    return html.unescape(visitor.get(answer.headers["location"]).text)


def tags(engine: Engine, item: str) -> list[str]:
    return [one.tag for one in engine.tags().of_item(item)]


def test_a_sticker_tells_its_words_and_where_they_come_from(editor: TestClient) -> None:
    page = editor.get("/tags?item=s1").text
    for word in ("おはよう", "good morning", "ねむい", "78%", "tag by the creator", "Morning bear"):
        assert word in page


def test_what_is_put_right_counts_at_once_and_can_be_taken_back(
    stickers: Engine, editor: TestClient
) -> None:
    before = tags(stickers, "s1")
    page = act(editor, "add", item="s1", tag="Hello")
    assert "editor-en, " in page
    assert tags(stickers, "s1") == ["hello", *before]
    page = act(editor, "remove", item="s1", tag="ねむい")
    assert "Taken off by people" in page
    act(editor, "block", item="s1", tag="good morning")
    assert tags(stickers, "s1") == ["hello", "おはよう"]
    home = html.unescape(editor.get("/tags").text)
    for said in ("added", "taken off", "blocked everywhere"):
        assert f">{said}</span>" in home
    assert "is blocked" in html.unescape(
        editor.post(
            "/tags/acts",
            data={"csrf": token(editor), "action": "add", "item": "s3", "tag": "Good Morning"},
        ).text
    )
    act(editor, "restore", item="", tag="good morning")
    act(editor, "restore", item="s1", tag="ねむい")
    act(editor, "restore", item="s1", tag="hello")
    assert tags(stickers, "s1") == before
    acts = [(one.action, one.actor) for one in stickers.store.audit.acts(about="tags")]
    assert acts == [
        ("tags.restore", "editor-en"),
        ("tags.restore", "editor-en"),
        ("tags.unblock", "editor-en"),
        ("tags.block", "editor-en"),
        ("tags.remove", "editor-en"),
        ("tags.add", "editor-en"),
    ]
    history = html.unescape(editor.get("/desk/history").text)
    assert "added the tag “Hello”" in history
    assert 'href="/tags?item=s1"' in history
    assert 'href="/tags?word=good+morning"' in history


def test_undo_brings_back_what_somebody_else_had_said(stickers: Engine, editor: TestClient) -> None:
    stickers.store.tags.put("remove", "ねむい", "s1", "mika")
    sent = {"csrf": token(editor), "action": "add", "item": "s1", "tag": "ねむい"}
    told = editor.post("/tags/acts", data=sent, headers=PART).json()
    assert told["undo"] == {"action": "remove", "item": "s1", "tag": "ねむい"}
    editor.post("/tags/acts", data={"csrf": token(editor), **told["undo"]}, headers=PART)
    assert "ねむい" not in tags(stickers, "s1")
    (left,) = stickers.store.tags.corrections()
    assert (left.act, left.by) == ("remove", "editor-en")


def test_doing_again_what_is_done_cannot_be_undone_twice(
    stickers: Engine, editor: TestClient
) -> None:
    sent = {"csrf": token(editor), "action": "add", "item": "s1", "tag": "x"}
    first, again = (editor.post("/tags/acts", data=sent, headers=PART).json() for _ in range(2))
    assert first["undo"]["action"] == "restore"
    assert again["undo"] is None


@pytest.mark.parametrize(
    ("form", "status", "english", "japanese"),
    [
        ({"tag": "  "}, 422, "nothing but spaces", "空白や見えない文字だけ"),
        ({"tag": "\u200b\u202e"}, 422, "nothing but spaces", "空白や見えない文字だけ"),
        ({"tag": "😀"}, 422, "a letter or a digit", "文字か数字が必要"),
        ({"tag": "あ" * (LONGEST + 1)}, 422, "at most 40", "40文字まで"),
        ({"tag": "あ" * 10_000}, 413, "too much", "一度に送れる量"),
        ({"tag": "a" * 10_000}, 422, "at most 40", "40文字まで"),
        ({"item": "none"}, 404, "no such sticker", "スタンプは見つかりません"),
        ({"item": "p"}, 404, "no such sticker", "スタンプは見つかりません"),
        ({"item": "s1\0"}, 404, "no such sticker", "スタンプは見つかりません"),
        ({"action": "restore"}, 404, "taken back already", "すでに元に戻されて"),
        ({"action": "explode"}, 422, "does not fit", "入力内容を確認"),
        ({"csrf": "wrong"}, 403, "open for too long", "有効期限が切れました"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_cannot_be_is_refused_in_the_visitors_words(
    stickers: Engine, door: TestClient, language: str, form: dict[str, str], status: int,
    english: str, japanese: str,
) -> None:  # fmt: skip
    visitor = signed_in(stickers, door, "editor", language)
    sent = {"csrf": token(visitor), "action": "add", "item": "s1", "tag": "hi"} | form
    answer = visitor.post("/tags/acts", data={"back": "/tags?item=s1", **sent})
    assert answer.status_code == status
    assert (english if language == "en" else japanese) in html.unescape(answer.text)
    assert stickers.store.tags.corrections() == []


def test_nobody_comes_in_without_a_key_of_the_role(stickers: Engine, door: TestClient) -> None:
    stranger = TestClient(door.app, raise_server_exceptions=False, follow_redirects=False)
    assert stranger.get("/tags").headers["location"] == "/login"
    client = signed_in(stickers, door, "client")
    assert client.get("/tags?item=s1").headers["location"] == "/login"
    form = {"action": "block", "tag": "おはよう"}
    assert stranger.post("/tags/acts", data=form).status_code == 403
    sent = {"csrf": token(client, "/login"), **form}
    assert client.post("/tags/acts", data=sent).status_code == 401
    assert stickers.store.tags.corrections() == []


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/tags?item=none", 404, "nothing here"),
        ("/tags?item=p", 404, "nothing here"),
        ("/tags?item=%00", 404, "nothing here"),
        ("/tags?word=none", 200, "No sticker answers to “none”"),
        ("/tags?word=%00%20", 200, "No sticker answers to"),
        ("/tags?word=おはよう&from=900000000000", 200, "2 stickers"),
        ("/tags?word=おはよう&from=x", 200, "2 stickers"),
        ("/tags?q=zzzz", 200, "No tag and no sticker for “zzzz”"),
        ("/tags?q=ohay", 200, "おはよう"),
        ("/tags?q=s3", 200, "bear 3"),
        ("/tags?q=%00%F0%9F%98%80", 200, "No tag and no sticker"),
        ("/tags?item=s3", 200, "answers to no word yet"),
        ("/tags", 200, "bear 3"),
    ],
)
def test_every_address_answers(editor: TestClient, address: str, status: int, said: str) -> None:
    answer = editor.get(address)
    assert answer.status_code == status
    assert said in html.unescape(answer.text)


def test_names_from_outside_stay_text(stickers: Engine, editor: TestClient) -> None:
    evil = "<script>alert(1)</script>"
    made = Item(id='"><b>', kind="sticker", title={"en": evil}, tags=(evil,), picture="//elsewhere")
    stickers.store.catalog.put_items([made])
    stickers.refresh()
    act(editor, "add", item='"><b>', tag=evil)
    for address in ("/tags", '/tags?item="><b>', f"/tags?word={evil}", f"/tags?q={evil}"):
        page = editor.get(address).text
        assert "<script>alert" not in page
        assert "<b>" not in page
        assert "elsewhere" not in page
        assert "unsafe" not in editor.get(address).headers["content-security-policy"]


def test_a_word_tells_more_stickers_page_by_page(stickers: Engine, editor: TestClient) -> None:
    many = [Item(id=f"m{i:03}", kind="sticker", title={"en": f"m{i:03}"}) for i in range(60)]
    stickers.store.catalog.put_items(many)
    learn(stickers, learned({item.id: ("many",) for item in many}))
    shown = [
        re.findall(r'class="sticker-title"[^>]*>([^<]+)', editor.get(address).text)
        for address in ("/tags?word=many", "/tags?word=many&from=48")
    ]
    assert [len(one) for one in shown] == [48, 12]
    assert [name for one in shown for name in one] == [item.id for item in many]


def test_corrections_survive_the_next_learning(stickers: Engine, editor: TestClient) -> None:
    act(editor, "add", item="s3", tag="朝")
    act(editor, "block", tag="ねむい")
    learn(stickers, learned({"s1": ("ねむい", "夜"), "s2": ("ありがとう",)}))
    assert (tags(stickers, "s1"), tags(stickers, "s3")) == (["夜"], ["朝"])
    assert "added" in editor.get("/tags").text
