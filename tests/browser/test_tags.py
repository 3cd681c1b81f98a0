"""Putting tags right in a real browser: what one finds, taps, hears and takes back."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.looking import serious
from tests.browser.test_shop import overflow

from pittari.engine import Engine

pytestmark = pytest.mark.browser
Look = Callable[..., Page]
Keep = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def as_found(engine: Engine) -> Iterator[None]:
    """Takes all corrections back in the end: other tests look at the same world."""
    yield
    for one in engine.store.tags.corrections():
        engine.store.tags.restore(one.tag, one.item)


@pytest.fixture
def item(engine: Engine) -> str:
    """A sticker that says good morning."""
    found = engine.tags()
    return found.items[found.of_tag("おはよう")[0]].decode()


def tags(engine: Engine, item: str) -> list[str]:
    return [one.tag for one in engine.tags().of_item(item, 200)]


def row(page: Page, tag: str) -> Locator:
    name = re.compile(f"^{re.escape(tag)}$")
    return page.locator(".tag-row").filter(has=page.get_by_role("link", name=name))


def said(page: Page, text: str) -> None:
    expect(page.locator("#said")).to_have_text(text)


def test_a_sticker_is_found_by_what_people_type(look: Look, picture: Keep) -> None:
    page = look("ja-JP", 1280, 900)
    page.goto("/tags")
    picture(page, "tags-report")
    page.get_by_label("言葉やスタンプを探す").press_sequentially("ohay")
    chip = page.get_by_role("link", name=re.compile(r"^おはよう \d+$"))
    expect(chip).to_be_visible()
    expect(page).to_have_url(re.compile(r"/tags\?q=ohay$"))
    said(page, str(page.locator("[data-found]").get_attribute("data-found")))
    chip.click()
    expect(page.locator("#word-title")).to_have_text("おはよう")
    page.locator("a.sticker-card").first.click()
    expect(page.locator("#answers-title")).to_be_visible()
    picture(page, "tags-ja")


def test_a_tag_is_added_taken_off_and_taken_back(
    look: Look, engine: Engine, item: str, picture: Keep
) -> None:
    page = look("en", 1280, 900)
    page.goto(f"/tags?item={item}")
    before = tags(engine, item)
    field = page.get_by_label("Another tag for this sticker")
    field.fill("Rise And Shine!")
    field.press("Enter")
    said(page, "“Rise And Shine!” is on this sticker now.")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    assert tags(engine, item)[0] == "rise and shine!"
    expect(row(page, "Rise And Shine!")).to_contain_text("Aoki")
    row(page, before[0]).get_by_role("button", name="Take").click()
    said(page, f"“{before[0]}” was taken off.")
    expect(page.locator("#answers-title")).to_be_focused()
    assert before[0] not in tags(engine, item)
    picture(page, "tags-en")
    page.locator("#toast").get_by_role("button", name="Undo").click()
    said(page, f"“{before[0]}” counts again as it was learned.")
    expect(row(page, before[0])).to_be_visible()
    page.locator("#toast").get_by_role("button", name="Undo").click()
    said(page, f"“{before[0]}” was taken off.")
    page.get_by_role("button", name=f"Undo: “{before[0]}” was taken off").click()
    expect(row(page, before[0])).to_be_visible()
    row(page, "Rise And Shine!").get_by_role("button", name="Take").click()
    said(page, "“Rise And Shine!” was taken off.")
    page.locator("#toast").get_by_role("button", name="Undo").click()
    said(page, "“Rise And Shine!” is on this sticker now.")
    assert tags(engine, item) == ["rise and shine!", *before]


def test_a_blocked_word_is_on_no_sticker_until_it_is_let_in(
    look: Look, engine: Engine, item: str
) -> None:
    page = look("ja-JP", 1280, 900)
    page.goto(f"/tags?item={item}")
    row(page, "おはよう").get_by_role("button", name="全スタンプで禁止").click()
    said(page, "「おはよう」を全スタンプで禁止しました。")
    expect(row(page, "おはよう")).to_have_count(0)
    assert engine.tags().tag_row("おはよう") < 0
    page.get_by_label("このスタンプに追加するタグ").fill("オハヨウ")
    page.get_by_role("button", name="追加").click()
    said(page, "「おはよう」は全スタンプで禁止されています。先に禁止を解除してください。")
    expect(page.locator("#toast")).to_have_class(re.compile("toast-bad"))
    page.goto("/tags?word=おはよう")
    expect(page.locator(".note-bad")).to_contain_text("青木")
    page.get_by_role("button", name="禁止を解除").click()
    said(page, "「おはよう」の禁止を解除しました。")
    expect(page.locator("a.sticker-card").first).to_be_visible()
    assert engine.tags().tag_row("おはよう") >= 0


@pytest.mark.parametrize(
    ("language", "typed", "told"),
    [
        ("en", "😀", "A tag needs a letter or a digit: emoji and punctuation alone are none."),
        ("ja-JP", "😀", "タグには文字か数字が必要です。絵文字や記号だけでは登録できません。"),
        ("en", "x" * 400, "That is too long: a tag has at most 40 characters."),
        ("ja-JP", "x" * 400, "長すぎます。タグは40文字までです。"),
        ("ja-JP", "\u3000", "言葉を入力してください。空白や見えない文字だけでした。"),
    ],
)
def test_what_is_no_tag_is_refused_with_its_reason(
    look: Look, item: str, language: str, typed: str, told: str
) -> None:
    page = look(language)
    page.goto(f"/tags?item={item}")
    page.locator("#new-tag").fill(typed)
    page.locator(".add .strong").click()
    said(page, told)
    expect(page.locator("#new-tag")).to_have_value(typed)


def test_who_changed_what_stands_on_the_overview_and_in_the_history(
    look: Look, engine: Engine, item: str
) -> None:
    engine.store.tags.put("add", "朝活", item, "mori")
    page = look("ja-JP")
    page.goto("/tags")
    fixes = page.locator(".fixes li")
    expect(fixes).to_have_count(1)
    expect(fixes).to_contain_text("森")
    fixes.get_by_role("button", name="元に戻す：「朝活」の追加").click()
    expect(page.locator("#corrections")).to_be_focused()
    expect(page.get_by_text("まだ修正はありません。")).to_be_visible()
    page.goto("/desk/history")
    expect(page.get_by_text("タグ「朝活」の修正を取り消した").first).to_be_visible()
    expect(page.locator(f'a[href="/tags?item={item}"]').first).to_be_visible()


def test_all_can_be_done_with_keys(look: Look, engine: Engine, item: str) -> None:
    page = look("en")
    page.goto(f"/tags?item={item}")
    before = tags(engine, item)
    page.locator("#new-tag").focus()
    page.keyboard.type("sunrise")
    page.keyboard.press("Enter")
    said(page, "“sunrise” is on this sticker now.")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value === 'remove'"):
            break
    page.keyboard.press("Enter")
    said(page, "“sunrise” was taken off.")
    assert tags(engine, item) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ja-JP", 360)])
def test_every_view_fits_and_is_accessible(
    look: Look, axe: str, engine: Engine, item: str, picture: Keep,
    language: str, width: int, scheme: str,
) -> None:  # fmt: skip
    engine.store.tags.put("add", "朝活", item, "mori")
    engine.store.tags.put("remove", "good morning", item, "aoki")
    engine.store.tags.put("block", "tomorrow", by="aoki")
    page = look(language, width, 800, color_scheme=scheme)
    views = ["/tags", f"/tags?item={item}", "/tags?word=おはよう", "/tags?word=tomorrow"]
    for address in [*views, "/tags?q=おは", "/tags?q=zzzz", "/tags?word=zzzz"]:
        page.goto(address)
        assert overflow(page) <= 0, address
        assert serious(page, axe) == [], address
        if address == views[1] and (width == 360) != (scheme == "dark"):
            picture(page, f"tags-{'phone' if width == 360 else 'dark'}")
