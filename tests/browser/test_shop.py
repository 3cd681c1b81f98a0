"""A visit to the shop in a real browser: what one sees, clicks and hears."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import serious, until

from pittari.engine import Engine

pytestmark = pytest.mark.browser
Look = Callable[..., Page]
Keep = Callable[[Page, str], None]


def shop_as(page: Page, number: int = 0) -> str:
    """Becomes one of the people on the first page; returns the id."""
    page.goto("/")
    button = page.locator(".faces button[value^=demo]").nth(number)
    user = button.get_attribute("value")
    button.click()
    expect(page.locator(f".faces button[value={user}]")).to_have_attribute("aria-current", "true")
    page.wait_for_load_state()  # a click before the scripts have come opens a page of its own
    assert user
    return user


def items(page: Page, shelf: str = "") -> list[str]:
    place = f'.shelf[data-shelf="{shelf}"] ' if shelf else ""
    return page.locator(f"{place}.slot").evaluate_all("all => all.map(one => one.dataset.item)")


def rows(engine: Engine, user: str, kind: str) -> list[object]:
    found = (row for _, row in engine.store.events.of_user(user, limit=100_000))
    return [row for row in found if kind in {row.__struct_config__.tag, getattr(row, "action", 0)}]


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_two_people_see_different_shelves(look: Look, picture: Keep) -> None:
    page = look("ja-JP", 1280, 1230)
    shop_as(page, 0)
    first = items(page)
    shop_as(page, 1)
    second = items(page)
    assert len(first) == len(set(first)) > 10
    assert items(page, "for_you") != first[: len(items(page, "for_you"))]
    assert set(first) != set(second) or first != second
    picture(page, "shop-ja")


def test_the_reason_comes_first_then_the_numbers(look: Look, picture: Keep) -> None:
    page = look("en", 1280, 1230)
    shop_as(page, 1)
    picture(page, "shop-en")
    slot = page.locator(".slot").nth(1)
    decision, place = str(slot.get_attribute("data-slot")).split(".")
    slot.locator(".why").click()
    sheet = page.locator("dialog#why")
    expect(sheet).to_be_visible()
    expect(sheet.locator(".why-sentence")).to_have_text(re.compile(r"\w.+\.$"))
    expect(sheet.locator(".why-facts")).to_contain_text(f"{place} of")
    expect(sheet.locator(".why-table tbody tr").first).to_be_visible()
    picture(page, "why")
    sheet.locator("summary").click()
    expect(sheet.locator(".why-record")).to_contain_text(decision)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(slot.locator(".why")).to_be_focused()


def test_what_is_bought_leaves_the_shelf_and_is_owned(look: Look, engine: Engine) -> None:
    page = look("en")
    user = shop_as(page, 2)
    before = items(page, "for_you")
    title = page.locator(".card-title").nth(1).inner_text()
    page.locator(".slot .buy").nth(1).click()
    expect(page.locator("#said")).to_have_text(f"{title} is yours now.")
    assert before[1] not in items(page)
    assert len(items(page)) == len(set(items(page)))
    expect(page.locator('.shelf[data-shelf="because"] h2')).to_have_text(
        f"Because you have {title}"
    )
    focused = page.evaluate("document.activeElement.closest('.shelf')?.dataset.shelf")
    assert focused == "for_you"
    (bought,) = rows(engine, user, "purchase")[-1:]
    assert bought.item == before[1]
    assert bought.position == 2
    page.get_by_role("link", name="My stickers").click()
    expect(page.locator(f'.slot[data-item="{before[1]}"]')).to_be_visible()


def test_what_is_muted_goes_and_comes_back_when_undone(look: Look, engine: Engine) -> None:
    page = look("en")
    user = shop_as(page, 3)
    gone = items(page)[0]
    slot = page.locator(f'.slot[data-item="{gone}"]')
    slot.locator(".mute").click()
    expect(page.locator("#toast")).to_contain_text("won’t be shown again")
    expect(slot).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(slot).to_be_visible()
    expect(slot.locator(".card-link")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("may be shown again")
    slot.locator(".mute").click()
    expect(slot).to_have_count(0)
    assert [row.action for row in rows(engine, user, "engagement")[-3:]] == ["mute", "undo", "mute"]
    page.reload()
    assert gone not in items(page)


def test_what_was_seen_is_recorded_once(look: Look, engine: Engine) -> None:
    page = look("en")
    user = shop_as(page, 4)
    known = len(rows(engine, user, "impression"))
    with page.expect_response("**/seen"):
        page.locator(".slot").first.scroll_into_view_if_needed()
    first = page.locator(".slot").first.get_attribute("data-slot")
    with page.expect_response("**/seen"):
        page.mouse.wheel(0, 4000)
    page.mouse.wheel(0, -4000)
    seen = [f"{row.decision_id}.{row.position}" for row in rows(engine, user, "impression")[known:]]
    assert first in seen
    assert len(seen) == len(set(seen))


def test_a_package_shows_its_stickers(look: Look, engine: Engine) -> None:
    page = look("ja-JP")
    user = shop_as(page, 0)
    link = page.locator(".card-link").first
    title = link.inner_text()
    link.click()
    page.wait_for_url("**/packages/*")
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator(".sticker")).to_have_count(16)
    alternatives = page.locator(".sticker img").evaluate_all("all => all.map(one => one.alt)")
    assert all(alternatives)
    with page.expect_response("**/acts"):
        page.locator(".sticker").nth(3).click()
    expect(page.locator("#preview-phrase")).to_have_text(alternatives[3])
    page.keyboard.press("ArrowRight")
    expect(page.locator("#preview-phrase")).to_have_text(alternatives[4])
    page.keyboard.press("Escape")
    expect(page.locator(".sticker").nth(4)).to_be_focused()
    page.locator("#box .buy").click()
    expect(page.locator("#box")).to_contain_text("購入済みです")
    until(page, lambda: rows(engine, user, "click"))
    click, preview, bought = (
        rows(engine, user, kind)[-1] for kind in ("click", "preview", "purchase")
    )
    assert click.item == preview.item == bought.item
    assert click.decision_id == preview.decision_id == bought.decision_id != ""
    also = items(page, "because")
    assert also
    assert bought.item not in also


def test_the_language_changes_in_place(look: Look) -> None:
    page = look("ja-JP")
    page.goto("/people?q=a")
    page.get_by_role("button", name="Switch to English").click()
    expect(page.locator("h1")).to_have_text("Who is shopping?")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.url.endswith("/people?q=a")
    page.get_by_role("button", name="日本語に切り替える").click()
    expect(page.locator("h1")).to_have_text("だれになって見る？")


def test_people_are_found_while_one_types(look: Look) -> None:
    page = look("en")
    page.goto("/people")
    button = page.locator(".folk button[value^=demo]").nth(7)
    user, name = button.get_attribute("value"), button.locator(".face-name").inner_text()
    page.get_by_label("Find a person").fill(name.upper())
    found = page.locator(f".folk button[value={user}]")
    expect(page.locator(".folk button[value^=demo]")).not_to_have_count(48)
    found.click()
    expect(page.locator(".who-long")).to_have_text(f"Shopping as {name}")
    page.goto("/people")
    page.get_by_role("button", name="Someone new").click()
    expect(page.locator(".who-long")).to_have_text("Shopping as someone new")
    assert len(items(page)) > 5
    page.goto("/mine")
    expect(page.locator(".empty-title")).to_be_visible()


def test_everything_can_be_done_with_the_keyboard(look: Look) -> None:
    page = look("en")
    page.goto("/")

    def reach(selector: str) -> None:
        for _ in range(150):
            page.keyboard.press("Tab")
            if page.evaluate("one => document.activeElement.matches(one)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reach(".faces button[value^=demo]")
    page.keyboard.press("Enter")
    expect(page.locator(".faces [aria-current]")).to_have_count(1)
    reach(".slot .card-link")
    reach(".slot .buy")
    reach(".slot .why")
    page.keyboard.press("Enter")
    expect(page.locator("dialog#why")).to_be_visible()
    for _ in range(5):
        page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body || !!document.activeElement.closest('#why')"
        )
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    reach(".slot .mute")
    gone = page.evaluate("document.activeElement.closest('.slot').dataset.item")
    page.keyboard.press("Enter")
    expect(page.locator(f'.slot[data-item="{gone}"]')).to_have_count(0)
    assert page.evaluate("document.activeElement.matches('.card-link')")
    reach(".toast-undo")
    page.keyboard.press("Enter")
    expect(page.locator(f'.slot[data-item="{gone}"] .card-link')).to_be_focused()


@pytest.mark.parametrize("language", ["ja-JP", "en"])
def test_a_phone_needs_no_sideways_scrolling(look: Look, picture: Keep, language: str) -> None:
    page = look(language, 360, is_mobile=True, has_touch=True, device_scale_factor=2)
    shop_as(page, 1)
    for path in (
        "/",
        "/people",
        "/mine",
        "/login",
        page.locator(".card-link").first.get_attribute("href"),
    ):
        page.goto(str(path))
        assert overflow(page) <= 0, path
    page.goto("/")
    page.locator(".why").first.click()
    assert overflow(page) <= 0
    page.keyboard.press("Escape")
    if language == "ja-JP":
        page.goto("/")
        picture(page, "shop-phone")


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ja-JP", 360, "dark"), ("en", 1280, "light")]
)
def test_an_accessibility_checker_finds_nothing_serious(
    look: Look, axe: str, language: str, width: int, scheme: str
) -> None:
    page = look(language, width, color_scheme=scheme)
    shop_as(page, 2)
    package = str(page.locator(".card-link").first.get_attribute("href"))
    assert serious(page, axe) == []
    page.locator(".why").first.click()
    expect(page.locator("dialog#why")).to_be_visible()
    assert serious(page, axe) == []
    for path in (package, "/people", "/mine", "/login"):
        page.goto(path)
        assert serious(page, axe) == [], path
    page.goto(package)
    page.locator(".sticker").first.click()
    assert serious(page, axe) == []


def test_the_page_stands_still_while_it_loads(look: Look) -> None:
    page = look("en")
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
        " if (!e.hadRecentInput) window.moved += e.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert json.loads(page.evaluate("JSON.stringify(window.moved)")) < 0.02
