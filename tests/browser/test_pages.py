"""The pages without their scripts: who one is, what one may send, and what one gets."""

import html
import os
import re
import stat
from pathlib import Path

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from pittari.engine import Engine
from pittari.errors import SettingsError, TooMany
from pittari.model.catalog import User
from pittari.model.event import Impression
from pittari.web.app import create_app
from pittari.web.pages import kept
from pittari.web.rendering import local
from pittari.web.sessions import Attempts, Sessions, secret_of

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


def token(client: httpx.Client, path: str = "/") -> str:
    found = TOKEN.search(client.get(path).text)
    assert found
    return found[1]


def become(client: httpx.Client, user: str) -> None:
    answer = client.post("/people", data={"csrf": token(client), "user": user})
    assert answer.status_code == 303


def slots(page: str, shelf: str = "for_you") -> list[tuple[str, str]]:
    part = page.split(f'data-shelf="{shelf}"', 1)[1].split("</section>", 1)[0]
    return re.findall(r'data-item="([^"]+)" data-slot="([^"]+)"', part)


def test_no_item_stands_twice_on_a_page(visitor: httpx.Client) -> None:
    become(visitor, "demo-0001")
    items = re.findall(r'<li class="slot" data-item="([^"]+)"', visitor.get("/").text)
    assert len(items) > 10
    assert len(set(items)) == len(items)


def test_people_see_different_shelves(visitor: httpx.Client) -> None:
    users = re.findall(r'name="user" value="(demo-[^"]+)"', visitor.get("/").text)
    assert len(users) > 3
    seen = set()
    for user in users:
        become(visitor, user)
        seen.add(tuple(item for item, _ in slots(visitor.get("/").text)))
    assert len(seen) == len(users)


def test_what_a_page_shows_was_recorded_before(engine: Engine, visitor: httpx.Client) -> None:
    become(visitor, "demo-0004")
    for item, slot in slots(visitor.get("/").text):
        decision, _, place = slot.partition(".")
        served = engine.explain(decision)
        assert served.user == "demo-0004"
        assert served.slots[int(place) - 1].item == item


def test_a_purchase_without_scripts_goes_back_and_is_owned(
    engine: Engine, visitor: httpx.Client
) -> None:
    become(visitor, "demo-0005")
    item, slot = slots(visitor.get("/").text)[0]
    form = {"csrf": token(visitor), "action": "purchase", "item": item, "slot": slot, "back": "/"}
    for _ in range(2):
        answer = visitor.post("/acts", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert f"/packages/{item}" in visitor.get("/mine").text
    assert item not in re.findall(r'data-item="([^"]+)"', visitor.get("/").text)
    bought = [
        row
        for _, row in engine.store.events.of_user("demo-0005")
        if getattr(row, "action", "") == "purchase" and row.decision_id == slot.split(".")[0]
    ]
    assert len(bought) == 1
    assert bought[0].position == int(slot.split(".")[1])
    assert bought[0].value == engine.store.catalog.item(item).price


def test_an_impression_counts_once_and_only_for_whom_it_was_served(
    engine: Engine, visitor: httpx.Client
) -> None:
    become(visitor, "demo-0006")
    (item, own), (_, other) = slots(visitor.get("/").text)[:2]
    form = {"csrf": token(visitor), "slot": [own, own, "0000.1", f"{own}9", "nonsense"]}
    for _ in range(2):
        assert visitor.post("/seen", data=form).status_code == 204
    become(visitor, "demo-0007")
    form = {"csrf": token(visitor), "slot": [other]}
    assert visitor.post("/seen", data=form).status_code == 204

    def seen(user: str) -> list[str]:
        rows = [row for _, row in engine.store.events.of_user(user)]
        told = [row for row in rows if isinstance(row, Impression)]
        return [row.item for row in told if row.decision_id == own.partition(".")[0]]

    assert seen("demo-0006") == [item]
    assert seen("demo-0007") == []


def test_nobody_reads_why_of_another(visitor: httpx.Client) -> None:
    become(visitor, "demo-0008")
    _, slot = slots(visitor.get("/").text)[0]
    address = "/why/" + slot.replace(".", "/")
    assert visitor.get(address).status_code == 200
    become(visitor, "demo-0009")
    assert visitor.get(address).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": "{shop}", "sec-fetch-site": "same-origin"}, 303),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_form_from_another_site_is_turned_away(
    visitor: httpx.Client, shop: str, headers: dict[str, str], status: int
) -> None:
    sent = {name: value.format(shop=shop) for name, value in headers.items()}
    form = {"csrf": token(visitor), "user": "demo-0001"}
    assert visitor.post("/people", data=form, headers=sent).status_code == status


def test_a_form_needs_its_own_sessions_token(visitor: httpx.Client, shop: str) -> None:
    with httpx.Client(base_url=shop) as other:
        foreign = token(other)
    mine = token(visitor)
    for wrong in ("", "x", foreign, mine[:-1]):
        form = {"csrf": wrong, "user": "demo-0001"}
        assert visitor.post("/people", data=form).status_code == 403
    visitor.cookies.clear()
    assert visitor.post("/people", data={"csrf": mine, "user": ""}).status_code == 403


def test_a_changed_cookie_is_nobodys(engine: Engine, visitor: httpx.Client) -> None:
    become(visitor, "demo-0001")
    body, _, signature = visitor.cookies["pittari_session"].partition(".")
    changed = ("A" if body[20] != "A" else "B").join((body[:20], body[21:]))
    visitor.cookies.set("pittari_session", f"{changed}.{signature}", domain="127.0.0.1")
    assert (
        "Shopping as someone new"
        in visitor.get("/", headers={"cookie": f"pittari_session={changed}.{signature}"}).text
    )


def test_an_old_session_is_over() -> None:
    sessions = Sessions(b"x" * 32)
    old = msgspec.structs.replace(sessions.fresh(), until=1, user="demo-0001")

    response = Response()
    sessions.keep(response, old)
    cookie = response.headers["set-cookie"].split(";")[0].encode()
    request = Request({"type": "http", "headers": [(b"cookie", cookie)]})
    assert sessions.of(request).user == ""
    assert sessions.of(request).id != old.id


def test_the_secret_is_made_once_and_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PITTARI_SESSION_SECRET", raising=False)
    secret = secret_of(tmp_path)
    assert secret_of(tmp_path) == secret
    file = tmp_path / "data" / "session.key"
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]
    monkeypatch.setenv("PITTARI_SESSION_SECRET", "short")
    with pytest.raises(SettingsError, match="at least 32"):
        secret_of(tmp_path)


def test_a_key_opens_a_session_until_it_is_revoked(engine: Engine, visitor: httpx.Client) -> None:
    key = engine.store.keys.create("desk", "operator")
    wrong = visitor.post("/login", data={"csrf": token(visitor, "/login"), "key": key + "x"})
    assert wrong.status_code == 401
    assert "unknown or was revoked" in wrong.text
    assert key not in wrong.text
    before = visitor.cookies["pittari_session"]
    right = visitor.post("/login", data={"csrf": token(visitor, "/login"), "key": key})
    assert right.status_code == 303
    assert visitor.cookies["pittari_session"] != before
    assert "Signed in with the key “desk” (operator)" in visitor.get("/login").text
    engine.store.keys.revoke("desk")
    assert "Signed in" not in visitor.get("/login").text


def test_attempts_run_out() -> None:
    attempts = Attempts(most=3, window=60)
    for _ in range(3):
        attempts.take("here")
    attempts.take("there")
    with pytest.raises(TooMany) as stopped:
        attempts.take("here")
    assert 0 < stopped.value.retry_after <= 60


def test_pages_of_a_closed_shop_do_not_exist(engine: Engine) -> None:
    project = engine.project
    server = msgspec.structs.replace(project.settings.server, open_shop=False)
    settings = msgspec.structs.replace(project.settings, server=server)
    closed = Engine(type(project)(project.folder, settings, project.shelves), engine.store)
    client = TestClient(create_app(closed))
    for path in ("/", "/people", "/mine", "/packages/pkg-001", "/pictures/pkg-001.svg"):
        answer = client.get(path, headers={"accept": "text/html", "accept-language": "ja"})
        assert answer.status_code == 404
        assert "ページが見つかりません" in answer.text
    assert client.post("/acts", data={}).status_code == 404
    assert client.get("/login").status_code == 200


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", ["/packages/none", "/nowhere", "/why/none/1"])
def test_a_person_who_looks_for_nothing_finds_a_page(
    visitor: httpx.Client, path: str, language: str
) -> None:
    wanted = {"accept": "text/html", "accept-language": language}
    answer = visitor.get(path, headers=wanted)
    assert answer.status_code == 404
    assert f'<html lang="{language}">' in answer.text


def test_a_program_that_looks_for_nothing_finds_a_problem(visitor: httpx.Client) -> None:
    answer = visitor.get("/nowhere", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", ["/", "/people", "/mine", "/login", "/packages/pkg-001"])
def test_pages_permit_nothing_but_our_own_files(visitor: httpx.Client, path: str) -> None:
    answer = visitor.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", answer.text)
    for address in re.findall(r'(?:src|href|action)="([^"]+)"', answer.text):
        assert address.startswith(("/", "#"))
        assert not address.startswith("//")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=lax" in answer.headers["set-cookie"].lower()


def test_pictures_are_pictures(visitor: httpx.Client) -> None:
    answer = visitor.get("/pictures/pkg-001.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    for wrong in ("/pictures/..%2fworld.svg", "/pictures/none.svg", "/pictures/.svg"):
        assert visitor.get(wrong).status_code == 404


def test_a_name_from_outside_stays_text(engine: Engine, visitor: httpx.Client) -> None:
    engine.store.catalog.put_users([User(id="evil", name="<script>alert(1)</script>")])
    become(visitor, "evil")
    assert "<script>alert" not in visitor.get("/").text
    page = visitor.get("/people", params={"q": '"><script>alert(2)</script>'}).text
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        ("/mine", "/mine"),
        ("/people?q=a", "/people?q=a"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_stays_in_the_shop(back: str, goes: str) -> None:
    assert local(back) == goes


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "steal", "item": "pkg-001"}, 422),
        ({"action": "purchase", "item": "none"}, 404),
        ({"action": "mute", "item": "pkg-001", "shelf": "none"}, 404),
        ({"action": "mute", "item": "pkg-001", "slot": "x" * 70_000}, 413),
    ],
)
def test_a_wrong_act_is_refused(visitor: httpx.Client, form: dict[str, str], status: int) -> None:
    sent = {"csrf": token(visitor), **form}
    assert visitor.post("/acts", data=sent, headers={"x-part": "1"}).status_code == status


def test_a_shop_without_its_memory_says_so(engine: Engine) -> None:
    broken = Engine.open(engine.project)
    client = TestClient(create_app(broken))
    broken.close()
    answer = client.get("/", headers={"accept-language": "ja"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert "少々お待ちください" in answer.text


def test_an_unexpected_fault_is_a_page_that_tells_nothing() -> None:
    def broken(request: Request) -> Response:
        raise RuntimeError("a secret of the house")

    client = TestClient(Starlette(routes=[Route("/broken", kept(broken))]))
    answer = client.get("/broken", headers={"accept-language": "ja"})
    assert answer.status_code == 500
    assert "こちらで問題が起きました" in answer.text
    assert "secret" not in answer.text


def test_whoever_was_erased_is_someone_new(engine: Engine, visitor: httpx.Client) -> None:
    engine.store.catalog.put_users([User(id="leaving", name="Leaving Leaf")])
    become(visitor, "leaving")
    form = {"csrf": token(visitor), "action": "mute", "item": "pkg-001"}
    engine.store.erase_user("leaving")
    assert visitor.post("/acts", data=form).status_code == 404
    assert "Shopping as someone new" in visitor.get("/").text
    assert engine.store.events.of_user("leaving") == []


def test_a_look_is_not_called_a_having(engine: Engine, visitor: httpx.Client) -> None:
    become(visitor, "")
    item, slot = slots(visitor.get("/").text)[0]
    title = engine.store.catalog.item(item).title["en"]
    form = {"csrf": token(visitor), "action": "click", "item": item, "slot": slot}
    visitor.post("/acts", data=form)
    page = html.unescape(visitor.get("/").text)
    assert f"Because you looked at {title}" in page
    assert "Because you have" not in page
    for entry in slots(visitor.get("/").text, "because"):
        why = html.unescape(visitor.get("/why/" + entry[1].replace(".", "/")).text)
        assert f"Because you looked at “{title}”." in why or "Trying something new" in why


def test_what_is_not_sold_cannot_be_bought(engine: Engine, visitor: httpx.Client) -> None:
    item = engine.store.catalog.item("pkg-002")
    gone = msgspec.structs.replace(item, id="pkg-gone", status="withdrawn")
    engine.store.catalog.put_items([gone])
    engine.refresh()
    become(visitor, "demo-0010")
    form = {"csrf": token(visitor), "action": "purchase", "item": "pkg-gone"}
    assert visitor.post("/acts", data=form).status_code == 409
    assert "Not on sale" in visitor.get("/packages/pkg-gone").text
