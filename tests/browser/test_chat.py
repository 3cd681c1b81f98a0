"""A chat in a real browser: half-typed words, a row of stickers, and nothing that leaves."""

import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.browser.looking import serious, until

from pittari import clock
from pittari.engine import Engine
from pittari.model.catalog import Entitlement
from pittari.web.app import create_app

pytestmark = pytest.mark.browser
Look = Callable[..., Page]
Keep = Callable[[Page, str], None]
TRIAL = timedelta(hours=6)
SCRIPTS = Path(__file__).parents[2] / "src" / "pittari" / "web" / "static" / "chat"
MORNING = re.compile("おはよ|good morning", re.IGNORECASE)


@dataclass
class Ear:
    """Hears all that reaches the server; can change what it answers about bundles."""

    app: ASGIApp
    heard: list[tuple[str, str, bytes]] = field(default_factory=list)
    spoil: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        at = len(self.heard)
        address = f"{scope['path']}?{scope['query_string'].decode()}"
        self.heard.append((scope["method"], address, b""))
        spoil = self.spoil and scope["path"].startswith("/v1/bundles/")

        async def listened() -> Message:
            message = await receive()
            method, path, body = self.heard[at]
            self.heard[at] = (method, path, body + message.get("body", b""))
            return message

        async def sent(message: Message) -> None:
            if spoil and message.get("body"):
                told = bytearray(message["body"])
                told[len(told) // 2] ^= 1
                message = {**message, "body": bytes(told)}
            await send(message)

        if spoil:
            scope = {
                **scope,
                "headers": [h for h in scope["headers"] if h[0] != b"accept-encoding"],
            }
        await self.app(scope, listened, sent)

    def reports(self) -> list[dict[str, str]]:
        """Returns the forms that told of sends."""
        found = [body for _, path, body in self.heard if path.startswith("/chat/sent")]
        return [{k: v[0] for k, v in parse_qs(body.decode()).items()} for body in found]


@pytest.fixture(scope="module")
def ear(engine: Engine) -> Ear:
    return Ear(create_app(engine))


@pytest.fixture(scope="module")
def shop(ear: Ear) -> Iterator[str]:
    """The address of a running shop whose every request is heard."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(ear, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def grant(engine: Engine, first: str, second: str) -> None:
    """Gives two sends a day free to one person, and to another a trial of everything."""
    catalog = engine.store.catalog
    for user in (first, second):
        for one in catalog.entitlements(user):
            if one.item == "*":
                catalog.delete_entitlement(user, "*", one.kind)
    now = clock.moment(engine.now())
    since, later = now - timedelta(days=1), now + timedelta(days=9)

    def free(sends: int) -> Entitlement:
        return Entitlement(
            user=first, item="*", kind="trial_send", since=since, until=later, sends=sends
        )

    trial = Entitlement(user=second, item="*", kind="trial", since=since, until=now + TRIAL)
    catalog.put_entitlements([free(2), trial])
    catalog.put_entitlements([free(2 + engine.grant(first).rights.sent)])


@pytest.fixture
def cast(shop: str, engine: Engine) -> list[dict[str, str]]:
    """The two people of the Japanese page; they and those of the English one have rights of
    which some end soon."""
    for language in ("en", "ja"):
        answer = httpx.get(f"{shop}/chat/people", headers={"accept-language": language})
        people: list[dict[str, str]] = answer.json()["people"]
        grant(engine, people[0]["id"], people[1]["id"])
    return people


Open = Callable[..., Page]


@pytest.fixture
def chat(look: Look, cast: list[dict[str, str]]) -> Open:
    """Opens the chat and waits until all of it is on the device; then its clock stands still
    until it is moved."""

    def opened(language: str = "ja-JP", width: int = 1280, person: int = 0, **more: object) -> Page:
        page = look(language, width, **more)
        page.clock.install()
        ready(page)
        page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))
        if person:
            page.locator(".face-choice").nth(person).click()
        return page

    return opened


def ready(page: Page) -> None:
    page.goto("/chat")
    page.locator("html[data-ready]").wait_for(state="attached", timeout=60_000)
    expect(page.locator("html[data-ready=none]")).to_have_count(0)


def row(page: Page) -> Locator:
    return page.locator("#row .suggested")


def labels(page: Page) -> list[str]:
    return row(page).evaluate_all("all => all.map(one => one.ariaLabel)")


def stickers(page: Page) -> Locator:
    return page.locator(".line-own .line-sticker")


def known(page: Page) -> dict[str, Any]:
    """Returns what the device knows, as its settings show it."""
    page.locator("#open-settings").click()
    told = page.locator("#known-all").text_content()
    page.locator("#settings .close").click()
    return json.loads(str(told))


def sends(engine: Engine, user: str) -> list[Any]:
    found = (one for _, one in engine.store.events.of_user(user, limit=100_000))
    return [
        one for one in found if getattr(one, "action", "") == "send" and one.touchpoint == "suggest"
    ]


def compose(page: Page, *steps: str) -> None:
    """Types with an input method: each step is what stands there, not converted yet."""
    device = page.context.new_cdp_session(page)
    for text in steps:
        device.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    device.detach()


def convert(page: Page, text: str) -> None:
    """Ends a composition with what it was converted to."""
    device = page.context.new_cdp_session(page)
    device.send("Input.insertText", {"text": text})
    device.detach()


@pytest.mark.parametrize("language", ["ja-JP", "en"])
def test_half_typed_words_show_stickers_and_nothing_leaves(
    chat: Open, ear: Ear, picture: Keep, language: str
) -> None:
    page = chat(language)
    field = page.locator("#text")
    field.click()
    before = len(ear.heard)
    for steps in (("お", "おh", "おは"), ("オ", "オハ"), ("おはy", "おはよu"), ("おはや", "お早")):
        compose(page, *steps)
        expect(field).to_have_value(steps[-1])
        expect(row(page).first).to_be_visible()
        assert any(MORNING.search(one) for one in labels(page)), steps
        assert page.evaluate("document.activeElement.id") == "text"
        compose(page, "")
        expect(page.locator("#row")).to_be_hidden()
    for typed in ("oha", "ohay", "good mor"):
        page.keyboard.type(typed)
        expect(row(page).first).to_be_visible()
        assert any(MORNING.search(one) for one in labels(page)), typed
        if typed == "ohay":
            picture(page, f"chat-{language[:2]}")
        field.fill("")
    assert ear.heard[before:] == []


def test_enter_belongs_to_the_input_method_while_it_composes(chat: Open) -> None:
    page = chat()
    page.locator("#text").click()
    compose(page, "おは")
    own = page.locator(".line-own .bubble").count()
    page.keyboard.press("Enter")
    assert page.locator(".line-own .bubble").count() == own
    convert(page, "おはよう")
    page.keyboard.press("Enter")
    expect(page.locator(".line-own .bubble")).to_have_count(own + 1)
    expect(page.locator("#text")).to_have_value("")


def test_a_sticker_can_be_picked_in_the_middle_of_a_composition(chat: Open) -> None:
    page = chat()
    page.locator("#text").click()
    compose(page, "お", "おは")
    row(page).first.click()
    expect(stickers(page)).to_have_count(1)
    expect(page.locator("#text")).to_have_value("")
    assert page.evaluate("document.activeElement.id") == "text"


def test_a_mis_tap_is_undone_and_never_counted(
    chat: Open, ear: Ear, engine: Engine, cast: list[dict[str, str]]
) -> None:
    page = chat()
    had, told = len(sends(engine, cast[0]["id"])), len(ear.reports())
    page.locator("#text").fill("おは")
    row(page).first.click()
    expect(stickers(page)).to_have_count(1)
    page.clock.fast_forward(2500)
    page.get_by_role("button", name="取り消す").click()
    expect(stickers(page)).to_have_count(0)
    expect(page.locator("#text")).to_have_value("おは")
    expect(row(page).first).to_be_visible()
    page.clock.fast_forward(10_000)
    assert known(page)["stickers"] == {}
    assert len(ear.reports()) == told
    assert len(sends(engine, cast[0]["id"])) == had


def test_a_send_by_touch_is_told_once_and_without_a_word(
    chat: Open, ear: Ear, engine: Engine, cast: list[dict[str, str]], picture: Keep
) -> None:
    page = chat("ja-JP", 360, height=740, is_mobile=True, has_touch=True, device_scale_factor=2)
    user, told = cast[0]["id"], len(ear.reports())
    had = len(sends(engine, user))
    page.locator("#text").fill("ありがとう")
    item = row(page).nth(1).get_attribute("data-item")
    picture(page, "chat-phone")
    row(page).nth(1).tap()
    expect(page.locator("#undo")).to_be_visible()
    page.clock.fast_forward(3100)
    expect(page.locator("#undo")).to_be_hidden()
    until(page, lambda: len(sends(engine, user)) > had)
    (report,) = ear.reports()[told:]
    assert set(report) == {"csrf", "event", "user", "item", "at", "place"}
    assert (report["item"], report["place"]) == (item, "2")
    sent = sends(engine, user)[-1]
    assert (sent.item, sent.position, sent.touchpoint) == (item, 2, "suggest")
    assert list(known(page)["stickers"]) == [item]


def test_keys_alone_choose_look_send_and_undo(chat: Open) -> None:
    page = chat("en")
    page.locator("#text").focus()
    page.keyboard.type("thank you")
    expect(row(page).nth(2)).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(row(page).first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(row(page).last).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(row(page).nth(1)).to_be_focused()
    assert row(page).evaluate_all("all => all.filter(one => one.tabIndex === 0).length") == 1
    page.keyboard.press("ArrowUp")
    expect(page.locator("#look")).to_be_visible()
    page.keyboard.press("Escape")
    expect(row(page).nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text")).to_have_value("thank you")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(stickers(page)).to_have_count(1)
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(stickers(page)).to_have_count(0)
    expect(page.locator("#text")).to_have_value("thank you")
    page.keyboard.press("Escape")
    expect(page.locator("#row")).to_be_hidden()
    page.keyboard.type("!")
    expect(page.locator("#row")).to_be_hidden()


def test_a_long_press_tells_why(chat: Open, picture: Keep) -> None:
    page = chat("en", 1280, 1)
    page.locator("#text").fill("good mor")
    marked = page.locator('#row [data-source="trial"]').first
    expect(marked).to_contain_text("Free trial")
    marked.click(button="right")
    look = page.locator("#look")
    expect(look.locator(".look-reasons")).to_contain_text("You typed “good mor”")
    expect(look.locator(".look-reasons")).to_contain_text("free until")
    picture(page, "chat-why")
    look.get_by_role("button", name="Show less of this").click()
    expect(look).to_be_hidden()
    expect(page.locator("#text")).to_be_focused()
    assert list(known(page)["less"].values()) == [1]


def test_free_sends_run_out_and_say_so(chat: Open) -> None:
    page = chat("ja-JP", 1280)
    page.locator("#text").fill("おは")
    for left in (2, 1):
        marked = page.locator('#row [data-source="trial_send"]').first
        expect(marked).to_contain_text(f"あと{left}回")
        marked.click()
        expect(page.locator("#undo")).to_contain_text("最後" if left == 1 else "送信します")
        page.clock.fast_forward(3100)
        expect(page.locator("#undo")).to_be_hidden()
        page.locator("#text").fill("おは")
    expect(row(page).first).to_be_visible()
    expect(page.locator('#row [data-source="trial_send"]')).to_have_count(0)
    expect(stickers(page)).to_have_count(2)


def test_a_trial_that_ends_in_the_middle_of_a_chat_is_explained(chat: Open, ear: Ear) -> None:
    page = chat("ja-JP", 1280, 1)
    page.locator("#text").fill("おは")
    page.locator('#row [data-source="trial"]').first.click()
    expect(page.locator("#undo")).to_be_visible()
    page.clock.fast_forward(3100)
    expect(page.locator("#undo")).to_be_hidden()
    page.locator("#text").fill("おは")
    marked = page.locator('#row [data-source="trial"]')
    expect(marked.first).to_be_visible()
    told = len(ear.reports())
    page.clock.fast_forward("07:00:00")
    expect(page.locator("#note")).to_contain_text(
        "無料お試し期間が終了しました。料金はかかりません。"
    )
    expect(marked).to_have_count(0)
    expect(stickers(page)).to_have_count(1)
    expect(page.locator("#text")).to_have_value("おは")
    assert len(ear.reports()) == told
    page.get_by_role("button", name="お知らせを閉じる").click()
    page.clock.fast_forward("01:00:00")
    expect(page.locator("#note")).to_be_hidden()


def test_switches_keep_the_row_away(chat: Open) -> None:
    page = chat()
    page.locator("#text").fill("おは")
    expect(row(page).first).to_be_visible()
    page.locator("#room-on").click()
    expect(page.locator("#row")).to_be_hidden()
    page.locator(".room").nth(1).click()
    page.locator("#text").fill("おは")
    expect(row(page).first).to_be_visible()
    page.locator("#open-settings").click()
    page.locator('#settings [data-source="trial_send"]').click()
    page.locator("#settings .close").click()
    expect(row(page).first).to_be_visible()
    expect(page.locator('#row [data-source="trial_send"]')).to_have_count(0)
    page.locator("#open-settings").click()
    page.locator("#all-on").click()
    page.locator("#settings .close").click()
    expect(page.locator("#row")).to_be_hidden()
    page.reload()
    page.locator("html[data-ready]").wait_for(state="attached")
    page.locator("#text").fill("おは")
    expect(page.locator("#row")).to_be_hidden()


def test_a_row_nobody_took_is_counted_for_its_room(chat: Open) -> None:
    page = chat()
    page.locator("#text").fill("おはよう")
    expect(row(page).first).to_be_visible()
    page.keyboard.press("Enter")
    page.locator("#text").fill("")
    page.locator("#text").fill("、、、")
    expect(page.locator("#row")).to_be_hidden()
    page.keyboard.press("Enter")
    assert list(known(page)["ignored"].values()) == [1]


def test_what_the_device_knows_is_seen_taken_along_forgotten_and_brought_back(chat: Open) -> None:
    page = chat("en")
    page.locator("#text").fill("good morning")
    row(page).first.click()
    expect(page.locator("#undo")).to_be_visible()
    page.clock.fast_forward(3100)
    expect(page.locator("#undo")).to_be_hidden()
    before = known(page)
    assert len(before["stickers"]) == len(before["tags"]) == 1
    page.locator("#open-settings").click()
    expect(page.locator(".known-stickers img")).to_have_count(1)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export").click()
    text = taken.value.path().read_text("utf-8")
    assert json.loads(text) == before
    page.get_by_role("button", name="Forget all").click()
    page.get_by_role("button", name="Really forget?").click()
    expect(page.locator("#known-said")).to_have_text("Forgotten. Your settings stay.")
    expect(page.locator("#known")).to_contain_text("Nothing yet.")
    for name, content, said in (
        ("wrong.json", '{"stickers": 3}', "could not be read"),
        ("mine.json", text, "is back"),
    ):
        page.locator("#import-file").set_input_files(
            {"name": name, "mimeType": "application/json", "buffer": content.encode()}
        )
        expect(page.locator("#known-said")).to_contain_text(said)
    page.locator("#settings .close").click()
    assert known(page) == before


def test_two_people_see_one_room_from_two_sides(chat: Open) -> None:
    page = chat("en")
    page.locator("#text").fill("see you there")
    page.keyboard.press("Enter")
    expect(page.locator(".line-own").last).to_contain_text("see you there")
    page.locator(".face-choice").nth(1).click()
    expect(page.locator(".line").last).to_contain_text("see you there")
    expect(page.locator(".line-own", has_text="see you there")).to_have_count(0)
    page.reload()
    expect(page.locator(".line").last).to_contain_text("see you there")
    expect(page.locator(".face-choice input").nth(1)).to_be_checked()


@pytest.fixture
def traveller(chromium: Browser, shop: str) -> Iterator[BrowserContext]:
    """A browser that goes off line, which it may complain about."""
    context = chromium.new_context(base_url=shop, locale="ja-JP", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context
    context.close()


def test_it_works_off_line_and_tells_each_send_once_when_back(
    traveller: BrowserContext, ear: Ear, engine: Engine, cast: list[dict[str, str]]
) -> None:
    page, user = traveller.new_page(), cast[0]["id"]
    ready(page)
    traveller.set_offline(True)
    page.reload()
    page.locator("html[data-ready]").wait_for(state="attached")
    expect(page.locator("#note")).to_contain_text("オフライン")
    before, had = len(ear.heard), len(sends(engine, user))
    page.locator("#text").click()
    compose(page, "お", "おは")
    row(page).first.click()
    expect(stickers(page)).to_have_count(1)
    assert stickers(page).evaluate("one => one.decode().then(() => one.naturalWidth > 0)")
    page.locator("#text").fill("行ってきます")
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_be_hidden()
    page.reload()
    expect(stickers(page)).to_have_count(1)
    assert ear.heard[before:] == []
    traveller.set_offline(False)
    until(page, lambda: len(sends(engine, user)) > had)
    page.reload()
    page.locator("html[data-ready]").wait_for(state="attached")
    assert len(sends(engine, user)) == had + 1


def test_a_bundle_that_was_changed_on_its_way_is_refused_and_the_old_one_stays(
    chat: Open, ear: Ear
) -> None:
    page = chat()
    ear.spoil = True
    try:
        page.reload()
        expect(page.locator("#note")).to_contain_text("新しいデータは使いませんでした")
    finally:
        ear.spoil = False
    page.locator("#text").fill("おは")
    expect(row(page).first).to_be_visible()
    page.locator("#open-settings").click()
    expect(page.locator("#bundle")).to_contain_text("これまでのデータを引き続き使います")


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("ja-JP", 360, "dark"), ("ja-JP", 768, "light"), ("en", 1280, "light")],
)
def test_everybody_can_use_it_at_every_size(
    chat: Open, axe: str, picture: Keep, language: str, width: int, scheme: str
) -> None:
    page = chat(language, width, color_scheme=scheme)
    page.clock.resume()  # the checker waits by the page's clock
    page.locator("#text").fill("おは")
    marked = page.locator('#row [data-source="trial_send"]').first
    expect(marked).to_be_visible()
    assert serious(page, axe) == []
    below, above = page.locator("#composer").bounding_box(), page.locator("#row").bounding_box()
    assert below is not None
    assert above is not None
    assert 0 <= below["y"] - (above["y"] + above["height"]) < 12
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    marked.click(button="right")
    assert serious(page, axe) == []
    page.locator("#look .close").click()
    page.locator("#open-settings").click()
    assert serious(page, axe) == []
    if width == 360:
        picture(page, "chat-dark")


def test_screen_readers_hear_of_a_row_once(chat: Open) -> None:
    page = chat("en")
    page.evaluate(
        "(window.heard = [], new MutationObserver(() => { const text = "
        "document.getElementById('said').textContent; if (text) heard.push(text); })"
        ".observe(document.getElementById('said'), {childList: true, characterData: true, "
        "subtree: true}))"
    )
    page.locator("#text").focus()
    page.keyboard.type("good morning", delay=20)
    expect(row(page).first).to_be_visible()
    page.clock.fast_forward(2000)
    heard = page.evaluate("heard")
    assert len(heard) == 1
    assert re.fullmatch(r"\d stickers suggested\. Press arrow up to choose\.", heard[0])
    assert all(re.search(r"\w, \w", one) for one in labels(page))


def test_a_report_is_a_form_of_the_page_and_counts_once(
    shop: str, engine: Engine, cast: list[dict[str, str]]
) -> None:
    with httpx.Client(base_url=shop) as client:
        told = client.get("/chat/people").json()
        item = next(i for i, _ in client.get("/chat/goods").json()["packages"].items())
        user = told["people"][0]["id"]
        good = {
            "csrf": told["csrf"], "event": "made-up-on-a-device", "user": user, "item": item,
            "at": str(engine.now()), "place": "1",
        }  # fmt: skip
        had = len(sends(engine, user))
        assert client.post("/chat/sent", data=good | {"csrf": "x"}).status_code == 403
        for wrong in (
            {"at": "0"}, {"at": "soon"}, {"place": "9"}, {"event": "short"},
        ):  # fmt: skip
            assert client.post("/chat/sent", data=good | wrong).status_code == 422, wrong
        assert client.post("/chat/sent", data=good | {"item": "none"}).status_code == 404
        ahead = datetime.now(UTC) + timedelta(days=400)
        for at in (good["at"], str(clock.micros(ahead))):
            assert client.post("/chat/sent", data=good | {"at": at}).status_code == 204
        assert len(sends(engine, user)) == had + 1


def test_the_worker_is_another_one_when_a_file_of_the_page_is(shop: str) -> None:
    answer = httpx.get(f"{shop}/chat/worker.js")
    assert answer.headers["service-worker-allowed"] == "/chat"
    shell = json.loads(answer.text.split("self.shell = ", 1)[1].split(";\n", 1)[0])
    assert "/static/device/index.js" in shell["files"]
    for path in shell["files"]:
        assert httpx.get(f"{shop}{path}").status_code == 200, path


def test_a_page_loaded_past_its_worker_still_asks_nobody_for_pictures(chat: Open, ear: Ear) -> None:
    page = chat()
    device = page.context.new_cdp_session(page)
    device.send("Page.reload", {"ignoreCache": True})
    page.locator("html[data-ready]").wait_for(state="attached")
    before = len(ear.heard)
    page.locator("#text").fill("ありがとう")
    expect(row(page).first).to_be_visible()
    assert ear.heard[before:] == []


@pytest.mark.parametrize(
    ("files", "without", "lib"),
    [
        (["*.js"], ["worker.js"], ["esnext", "dom", "dom.iterable"]),
        (["worker.js"], [], ["esnext", "webworker"]),
    ],
)
def test_the_scripts_of_the_page_keep_to_their_types(
    node_modules: Path, tmp_path: Path, files: list[str], without: list[str], lib: list[str]
) -> None:
    told = {
        "compilerOptions": {
            "strict": True, "target": "es2022", "module": "esnext", "types": [], "lib": lib,
            "moduleResolution": "bundler", "noEmit": True, "allowJs": True, "checkJs": True,
        },
        "include": [f"{SCRIPTS}/{name}" for name in files],
        "exclude": [f"{SCRIPTS}/{name}" for name in without],
    }  # fmt: skip
    (tmp_path / "tsconfig.json").write_text(json.dumps(told), "utf-8")
    checker = node_modules / ".bin" / "tsc"
    done = subprocess.run([checker, "-p", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
