"""A day at the editors' desk in a real browser: what one sees, does and is told."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import msgspec
import pytest
from playwright.sync_api import Locator, Page, expect
from starlette.testclient import TestClient
from tests.browser.looking import serious
from tests.browser.serving import served

from pittari import clock
from pittari.demo.newsroom.wire import Wire
from pittari.editions.alarms import Bell
from pittari.editions.gathering import gathered
from pittari.editions.releasing import Steps
from pittari.editions.rulebook import Rulebook
from pittari.editions.runner import Pace, Runner
from pittari.engine import Engine
from pittari.model.edition import Edition
from pittari.settings import Project
from pittari.store import open_store
from pittari.touchpoints.digest import compose
from pittari.web.app import create_app

pytestmark = pytest.mark.browser
Look = Callable[..., Page]
Keep = Callable[[Page, str], None]
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
REVISION = re.compile(r'name="revision" value="(\d+)"')


@dataclass
class Newsroom:
    """The demo's newsroom at a time that the tests set: a desk, its editions, its news."""

    engine: Engine
    runner: Runner
    wire: Wire
    at: int

    def turn(self, at: int) -> None:
        """Turns the clock forward: news come in, and what is due happens."""
        self.at = max(at, self.at)
        self.wire.follow(self.at)
        self.runner.tick()

    def next(self, minutes: int = 9) -> Edition:
        """Turns to so many minutes before the next edition that nobody has touched."""
        for one in self.planned():
            if one.due - minutes * clock.MINUTE >= self.at and not one.revision:
                self.turn(one.due - minutes * clock.MINUTE)
                return self.engine.store.editions.edition(one.id)
            self.turn(one.due)
        raise AssertionError("no edition is planned")

    def planned(self) -> list[Edition]:
        """The editions to come."""
        self.runner.tick()
        editions = self.engine.store.editions.between(self.at, self.at + 2 * clock.DAY)
        return [one for one in editions if one.state in ("planned", "composed")]


@pytest.fixture(scope="module")
def newsroom(engine: Engine) -> Iterator[Newsroom]:
    """A second engine over the demo's world, whose editions go by the tests' clock."""
    place, laps = engine.project, engine.project.newsroom_clock
    assert laps is not None
    digest = msgspec.structs.replace(place.settings.digest, clock="")
    settings = msgspec.structs.replace(place.settings, digest=digest)
    place = Project(place.folder, settings, place.shelves)
    made: list[Newsroom] = []
    start = laps.first - 25 * clock.MINUTE
    store = open_store(
        place.database_url, place.lake, place.parameters,
        newsroom=lambda: made[0].at if made else start,
    )  # fmt: skip
    bell = Bell(store.alarms, [], lambda: made[0].at)
    steps = Steps(
        store, Rulebook(place.folder, store.desk), bell, compose,
        lambda name, at: gathered(store, name, at, hours=24), "tests",
    )  # fmt: skip
    wire = Wire(store, 0, start - clock.DAY)
    made.append(Newsroom(Engine(place, store), Runner(steps, Pace(rehearse=0)), wire, start))
    made[0].turn(start)
    yield made[0]
    bell.close(1)
    store.close()


@pytest.fixture(scope="module")
def shop(newsroom: Newsroom) -> Iterator[str]:
    """The address of the desk's server: pages are looked at there."""
    with served(newsroom.engine) as address:
        yield address


def titles(page: Page) -> list[str]:
    return page.locator(".places .place-title").all_inner_texts()


def place(page: Page, number: int) -> Locator:
    return page.locator(f'.place[data-place="{number}"]')


def swapped(before: list[str], one: int, other: int) -> list[str]:
    after = list(before)
    after[one - 1], after[other - 1] = before[other - 1], before[one - 1]
    return after


def said(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("#said")).to_have_text(text)


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize(
    ("language", "scheme"), [("ja-JP", "light"), ("en", "light"), ("en", "dark")]
)
def test_the_next_edition_stands_composed_with_a_reason_at_each_place(
    look: Look, picture: Keep, newsroom: Newsroom, language: str, scheme: str
) -> None:
    edition = newsroom.next(20)
    page = look(language, 1280, 1240, color_scheme=scheme)
    page.goto("/desk")
    expect(page.locator("#edition")).to_have_attribute("data-edition", edition.id)
    count = page.locator(".place").count()
    assert count in (3, 6)
    for number in range(1, count + 1):
        expect(place(page, number).locator(".place-reason")).not_to_be_empty()
        expect(place(page, number).locator(".runner b")).not_to_be_empty()
    expect(page.locator(".countdown-time")).to_have_text(re.compile(r"^(19|20):\d\d$"))
    name = "desk-dark" if scheme == "dark" else f"desk-{language[:2]}"
    picture(page, name)
    page.locator("summary", has_text=re.compile("kept out|除外した")).click()
    expect(page.locator(".out-rule").first).to_be_visible()


def test_two_places_are_swapped_by_dragging(look: Look, newsroom: Newsroom) -> None:
    edition = newsroom.next()
    page = look("en")
    page.goto("/desk")
    before = titles(page)
    page.wait_for_load_state()
    start, end = (place(page, n).locator(".grip").bounding_box() for n in (1, 3))
    assert start
    assert end
    page.mouse.move(start["x"] + 15, start["y"] + 15)
    page.mouse.down()
    page.mouse.move(start["x"] + 15, start["y"] + 60, steps=3)
    page.mouse.move(end["x"] + 15, end["y"] + 15, steps=5)
    expect(place(page, 3)).to_have_class(re.compile("target"))
    page.mouse.up()
    said(page, "Places 1 and 3 are swapped.")
    assert titles(page) == swapped(before, 1, 3)
    act = newsroom.engine.store.editions.acts(edition.id)[-1]
    assert (act.actor, act.act.deed, set(act.act.places)) == ("aoki", "swap", {1, 3})


def test_two_places_are_swapped_by_keys_and_by_two_taps(look: Look, newsroom: Newsroom) -> None:
    newsroom.next()
    page = look("en", has_touch=True)
    page.goto("/desk")
    page.wait_for_load_state()
    before = titles(page)
    place(page, 1).locator(".grip").focus()
    page.keyboard.press("Space")
    expect(place(page, 1).locator(".grip")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowDown")
    said(page, f"Swap with place 2: {before[1]}.")
    page.keyboard.press("Escape")
    said(page, "Put down place 1.")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    said(page, "Places 1 and 3 are swapped.")
    expect(place(page, 1).locator(".grip")).to_be_focused()
    after = swapped(before, 1, 3)
    assert titles(page) == after
    place(page, 2).locator(".grip").tap()
    place(page, 3).locator(".grip").tap()
    said(page, "Places 2 and 3 are swapped.")
    assert titles(page) == swapped(after, 2, 3)


def test_a_topic_that_safety_keeps_out_is_refused_with_its_reason(
    look: Look, newsroom: Newsroom
) -> None:
    edition = newsroom.next()
    page = look("en")
    page.goto("/desk")
    before = titles(page)
    place(page, 2).locator(".choose").click()
    out = page.locator(".pick-out").first
    page.get_by_label("Find in titles").fill("kept out")
    expect(page.locator(".pick-list > li:visible").first).to_have_class("pick-out")
    title, reason = out.locator(".pick-title").inner_text(), out.locator(".small").last.inner_text()
    out.get_by_role("button").click()
    told = page.locator("#toast .toast-text")
    expect(told).to_contain_text(f"“{title}” cannot be placed")
    assert reason.removeprefix("Kept out").strip() in told.inner_text()
    assert titles(page) == before
    assert newsroom.engine.store.editions.edition(edition.id).revision == 0


def test_a_topic_is_pinned_let_go_left_out_and_let_in_again(look: Look, newsroom: Newsroom) -> None:
    newsroom.next()
    page = look("ja-JP")
    page.goto("/desk")
    before = titles(page)
    runner = place(page, 2).locator(".runner b").inner_text()
    place(page, 2).get_by_role("button", name=re.compile("^こちらにする")).click()
    said(page, f"「{runner}」を2番目に固定しました。")
    pin = place(page, 2).get_by_role("button", name=re.compile("固定する$"))
    expect(pin).to_have_attribute("aria-pressed", "true")
    pin.click()
    said(page, f"「{runner}」の固定を外しました。")
    place(page, 1).get_by_role("button", name=re.compile("外す$")).click()
    said(page, f"「{before[0]}」を今回の便から外しました。")
    assert before[0] not in titles(page)
    page.get_by_role("button", name=re.compile("^戻す")).click()
    said(page, f"「{before[0]}」を候補に戻しました。")
    assert titles(page) == before


def test_an_edition_is_held_back_and_let_go(look: Look, newsroom: Newsroom) -> None:
    edition = newsroom.next()
    page = look("en")
    page.goto("/desk")
    page.get_by_role("button", name="Hold it back").click()
    expect(page.locator(".go")).to_contain_text("Aoki holds it back")
    newsroom.turn(edition.closes - clock.SECOND)
    page.get_by_role("button", name="Let it go").click()
    expect(page.locator(".go")).to_contain_text("goes out at")
    newsroom.turn(edition.due)
    assert newsroom.engine.store.editions.edition(edition.id).state == "released"


def test_of_two_editors_the_later_is_told_what_the_first_did(
    look: Look, newsroom: Newsroom
) -> None:
    edition = newsroom.next()
    first, second = look("en"), look("en")
    for page in (first, second):
        page.goto("/desk")
    second.get_by_label("Who sits at the desk").select_option("mori")
    expect(second.locator("#editor")).to_have_value("mori")
    second.goto("/desk")
    before = titles(first)
    place(second, 2).locator(".choose").click()
    wanted = second.locator(".pick-list > li").first
    title = wanted.locator(".pick-title").inner_text()
    place(first, 1).get_by_role("button", name=re.compile("^Leave")).click()
    said(first, re.compile("left out"))
    wanted.get_by_role("button").click()
    sheet = second.locator("dialog#sheet")
    expect(sheet).to_contain_text("Somebody was faster")
    expect(sheet).to_contain_text(f"Aoki left out “{before[0]}”")
    expect(sheet).to_contain_text(f"keep “{title}” at place 2")
    acts = newsroom.engine.store.editions.acts(edition.id)
    assert [(one.actor, one.act.deed) for one in acts] == [("aoki", "veto")]
    sheet.get_by_role("button", name="Do it on top of that").click()
    said(second, f"“{title}” stays at place 2.")
    assert before[0] not in titles(second)
    assert titles(second)[1] == title
    expect(place(first, 2).locator(".place-title")).to_have_text(title)


def test_an_edition_goes_out_while_one_looks_and_reaches_the_phone(
    look: Look, newsroom: Newsroom, picture: Keep
) -> None:
    edition = newsroom.next(1)
    page, phone = look("en"), look("ja-JP", 500, 900)
    page.goto("/desk")
    phone.goto("/phone")
    expect(phone.locator("details.notice").first).not_to_have_attribute("data-edition", edition.id)
    expect(page.locator(".chip").first).to_have_text("Closed for changes")
    newsroom.turn(edition.due)
    expect(page.locator(".chip").first).to_have_text("Sent")
    expect(page.locator(".go")).to_contain_text("It went out at")
    expect(page.locator(".grip")).to_have_count(0)
    expect(page.get_by_role("link", name="On to the next edition")).to_be_visible()
    notice = phone.locator("details.notice").first
    expect(notice).to_have_attribute("data-edition", edition.id)
    expect(phone.locator(".phone-clock")).to_have_text(re.compile(":00$"))
    notice.locator("summary").click()
    assert notice.locator("li").count() == len(newsroom.engine.store.outbox.of(edition.id))
    picture(phone, "phone")


def test_the_checker_answers_while_one_types(look: Look, picture: Keep) -> None:
    page = look("en", 1280, 1100)
    page.goto("/desk/rules/evening")
    text = page.locator("#rules-text")
    good = text.input_value()
    picture(page, "rules")
    text.fill(good.replace("minimum", "minimun", 1))
    answers = page.locator("#answers")
    expect(answers).to_contain_text('Did you mean "minimum"?')
    line = good.split("\n").index(next(one for one in good.split("\n") if "minimum" in one)) + 1
    expect(page.locator(".wrong-line")).to_have_text(str(line))
    page.get_by_role("button", name=f"Go to line {line}").click()
    chosen = page.evaluate("getSelection().toString()")
    assert chosen.startswith("minimun")
    text.fill(good)
    expect(answers).to_contain_text("It goes out whenever")
    page.get_by_text("Read aloud").click()
    expect(answers.locator(".spoken li").first).not_to_be_empty()


def test_rules_are_saved_published_and_compared(look: Look, newsroom: Newsroom) -> None:
    page = look("en")
    page.goto("/desk/rules/noon")
    text = page.locator("#rules-text")
    before = text.input_value()
    text.fill(before.replace("[edition]", "# our noon\n[edition]", 1))
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.locator(".note")).to_contain_text("a draft")
    page.get_by_text("What differs from the version in force").click()
    expect(page.locator(".diff ins")).to_have_text("+ # our noon")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".note")).to_contain_text("is in force")
    version = newsroom.engine.store.desk.published("noon")
    assert version is not None
    assert "# our noon" in version.text
    assert version.author == "aoki"


def test_a_mode_that_rules_ask_about_is_switched_at_the_desk(
    look: Look, newsroom: Newsroom
) -> None:
    desk = newsroom.engine.store.desk
    rules = Rulebook(newsroom.engine.project.folder, desk)
    quiet = (
        '\n[[keep_out]]\nname = "no-play"\nwhere = { section = "sport" }\n'
        'when = { mode = "mourning" }\nreason = { ja = "喪に服す", en = "Out of respect" }\n'
    )
    for name in rules.names:
        seen = desk.versions(name)
        number = desk.save(name, rules.text(name) + quiet, "mori", seen[0].number if seen else 0)
        desk.publish(number.number, "mori")
    newsroom.next()
    page = look("en")
    page.goto("/desk")
    mode = page.get_by_role("button", name="mourning mode")
    expect(mode).to_have_attribute("aria-pressed", "false")
    mode.click()
    said(page, re.compile("The mode is on"))
    expect(mode).to_have_attribute("aria-pressed", "true")
    page.locator("summary", has_text="kept out").click()
    expect(page.locator(".out")).to_contain_text("Out of respect")
    mode.click()
    said(page, re.compile("The mode is off"))
    expect(page.locator(".out")).not_to_contain_text("Out of respect")


def test_the_past_month_is_replayed_with_changed_rules(look: Look) -> None:
    page = look("en", 1280, 1100)
    page.goto("/desk/rules/morning")
    text = page.locator("#rules-text")
    page.get_by_role("button", name="Replay the past month").click()
    expect(page.locator("#replayed")).to_contain_text(re.compile("None of the 3[0-9] editions"))
    text.fill(text.input_value().replace('by = "clicks_1h"', 'by = "newest"', 1))
    page.get_by_role("button", name="Replay the past month").click()
    expect(page.locator("#replayed")).to_contain_text(re.compile(r"of 3\d editions would be"))
    expect(page.locator("#replayed .changed").first).to_be_visible()


def test_differences_are_judged_by_a_tap_or_a_key(
    look: Look, newsroom: Newsroom, picture: Keep
) -> None:
    page = look("en", 1280, 1500)
    page.goto("/desk/shadow")
    expect(page.locator(".measure")).to_have_count(4, timeout=60_000)
    picture(page, "shadow")
    left = page.locator("#queue .dim").first
    count = int(left.inner_text().split()[0])
    page.get_by_role("button", name="Better").click()
    expect(left).to_have_text(f"{count - 1} left")
    page.keyboard.press("3")
    expect(left).to_have_text(f"{count - 2} left")
    judged = newsroom.engine.store.desk.divergences(judged=True)
    assert sorted(one.verdict for one in judged) == ["good", "harmful"]
    assert {one.actor for one in judged} == {"aoki"}


def test_the_history_says_who_did_what(look: Look, newsroom: Newsroom) -> None:
    edition = newsroom.next()
    page = look("ja-JP")
    page.goto("/desk")
    title = titles(page)[0]
    place(page, 1).get_by_role("button", name=re.compile("固定する$")).click()
    said(page, re.compile("固定しました"))
    page.goto("/desk/history")
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("青木")
    expect(row).to_contain_text(f"「{title}」を1番目に固定した")
    expect(row.get_by_role("link")).to_have_attribute("href", f"/desk/{edition.id}")


@pytest.mark.parametrize("language", ["ja-JP", "en"])
def test_a_phone_needs_no_sideways_scrolling(
    look: Look, newsroom: Newsroom, picture: Keep, language: str
) -> None:
    newsroom.next()
    page = look(language, 360, is_mobile=True, has_touch=True, device_scale_factor=2)
    for path in ("/desk/rules/morning", "/desk/shadow", "/desk/history", "/phone", "/desk"):
        page.goto(path)
        assert overflow(page) <= 0, path
    page.locator(".choose").first.click()
    expect(page.locator("dialog#sheet")).to_be_visible()
    assert overflow(page) <= 0
    page.keyboard.press("Escape")
    if language == "ja-JP":
        page.goto("/desk")
        picture(page, "desk-phone")


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ja-JP", 360, "dark"), ("en", 1280, "light")]
)
def test_an_accessibility_checker_finds_nothing_serious(
    look: Look, newsroom: Newsroom, axe: str, language: str, width: int, scheme: str
) -> None:
    newsroom.next()
    page = look(language, width, color_scheme=scheme)
    for path in ("/desk/rules/morning", "/desk/shadow", "/desk/history", "/phone", "/desk"):
        page.goto(path)
        assert serious(page, axe) == [], path
    page.locator("summary").first.click()
    assert serious(page, axe) == []
    page.locator(".choose").first.click()
    expect(page.locator("dialog#sheet")).to_be_visible()
    assert serious(page, axe) == []


def token(client: httpx.Client, path: str = "/desk") -> dict[str, str]:
    page = client.get(path).text
    found, revision = TOKEN.search(page), REVISION.search(page)
    assert found
    return {"csrf": found[1], "revision": revision[1] if revision else ""}


def test_everything_can_be_done_without_scripts(visitor: httpx.Client, newsroom: Newsroom) -> None:
    edition = newsroom.next()
    page = visitor.get("/desk").text
    topics = re.findall(r'data-place="\d" data-topic="([^"]+)"', page)
    form = {**token(visitor), "edition": edition.id}
    pin = {"action": "pin", "place": "2", "topic": topics[0]}
    answer = visitor.post("/desk/acts", data=form | pin)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/{edition.id}")
    again = visitor.post("/desk/acts", data=form | pin)
    assert again.status_code == 409
    assert "Somebody was faster" in again.text
    kept = re.search(r'class="pick-out".*?name="topic" value="([^"]+)"',
                     visitor.get(f"/desk/{edition.id}/choose/1").text, re.DOTALL)  # fmt: skip
    assert kept
    form = {**token(visitor), "edition": edition.id}
    refused = visitor.post("/desk/acts", data=form | pin | {"topic": kept[1]})
    assert refused.status_code == 422
    assert "cannot be placed" in refused.text
    newsroom.turn(edition.closes)
    late = visitor.post("/desk/acts", data=form | pin)
    assert late.status_code == 422
    assert "Too late" in late.text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "pin", "place": "0", "topic": "x"}, 422),
        ({"action": "pin", "place": "99", "topic": "x"}, 422),
        ({"action": "swap", "place": "1", "other": "1", "topic": "x", "other_topic": "y"}, 422),
        ({"action": "swap", "place": "1", "other": "2"}, 422),
        ({"action": "explode"}, 422),
        ({"action": "pin", "place": "1", "topic": "nobody"}, 422),
        ({"action": "pin", "edition": "2000-01-01/morning"}, 404),
        ({"action": "pin", "csrf": "wrong"}, 403),
    ],
)
def test_a_wrong_act_is_refused(
    visitor: httpx.Client, newsroom: Newsroom, form: dict[str, str], status: int
) -> None:
    edition = newsroom.planned()[0]
    told = {**token(visitor), "edition": edition.id} | form
    assert visitor.post("/desk/acts", data=told).status_code == status


def test_a_second_person_puts_rules_in_force_where_two_are_needed(newsroom: Newsroom) -> None:
    engine, place = newsroom.engine, newsroom.engine.project
    digest = msgspec.structs.replace(place.settings.digest, two_people=True)
    settings = msgspec.structs.replace(place.settings, digest=digest)
    strict = Engine(Project(place.folder, settings, place.shelves), engine.store)
    author, other = TestClient(create_app(strict)), TestClient(create_app(strict))
    become = {**token(other), "editor": "hayase"}
    assert other.post("/desk/editor", data=become, follow_redirects=False).status_code == 303
    page = author.get("/desk/rules/noon").text
    base = re.search(r'name="base" value="(\d+)"', page)
    assert base
    text = Rulebook(place.folder, engine.store.desk).text("noon") + "# for two\n"
    form = {**token(author, "/desk/rules/noon"), "base": base[1], "text": text}
    told = author.post("/desk/rules/noon", data=form | {"action": "publish"}).text
    assert "waits for a second person" in html.unescape(told)
    version = engine.store.desk.versions("noon")[0]
    assert version.state == "proposed"
    approve = {"number": str(version.number)}
    mine = {**token(author, "/desk/rules/noon"), **approve}
    assert author.post("/desk/rules/noon/approve", data=mine).status_code == 409
    theirs = {**token(other, "/desk/rules/noon"), **approve}
    assert other.post("/desk/rules/noon/approve", data=theirs).status_code == 200
    published = engine.store.desk.published("noon")
    assert published is not None
    assert (published.author, published.approver) == ("aoki", "hayase")


def test_a_second_text_made_from_the_same_version_overwrites_nothing(
    visitor: httpx.Client, newsroom: Newsroom
) -> None:
    page = visitor.get("/desk/rules/evening").text
    base = re.search(r'name="base" value="(\d+)"', page)
    assert base
    text = newsroom.engine.store.desk
    rules = Rulebook(newsroom.engine.project.folder, text).text("evening")
    form = {**token(visitor, "/desk/rules/evening"), "base": base[1], "action": "draft"}
    one = visitor.post("/desk/rules/evening", data=form | {"text": rules + "# one\n"})
    assert one.status_code == 303
    other = visitor.post("/desk/rules/evening", data=form | {"text": rules + "# other\n"})
    assert other.status_code == 409
    assert "Somebody saved these rules meanwhile" in other.text
    assert "# other" in other.text
    assert text.versions("evening")[0].text.endswith("# one\n")
    broken = visitor.post("/desk/rules/evening", data=form | {"text": "[edition"})
    assert broken.status_code == 422


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/rules/morning", "/desk/shadow", "/desk/history", "/phone"]
)
def test_pages_permit_nothing_but_our_own_files(visitor: httpx.Client, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", answer.text)
    for address in re.findall(r'(?:src|href|action)="([^"]+)"', answer.text):
        assert address.startswith(("/", "#"))
        assert not address.startswith("//")


def test_a_desk_that_is_not_a_demo_asks_for_a_key(newsroom: Newsroom) -> None:
    engine, place = newsroom.engine, newsroom.engine.project
    server = msgspec.structs.replace(place.settings.server, open_shop=False)
    settings = msgspec.structs.replace(place.settings, server=server)
    client = TestClient(
        create_app(Engine(Project(place.folder, settings, place.shelves), engine.store))
    )
    answer = client.get("/desk", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert client.get("/phone").status_code == 404
    for role, status in (("client", 303), ("editor", 200)):
        key = engine.store.keys.create(f"desk {role}", role)
        login = {**token(client, "/login"), "key": key}
        assert client.post("/login", data=login).status_code == 200
        assert client.get("/desk", follow_redirects=False).status_code == status
    assert "desk editor" in client.get("/desk").text
