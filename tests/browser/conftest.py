"""A demo shop that runs, and a real Chromium to look at it."""

import fcntl
import os
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.browser.serving import served

from pittari.demo import build
from pittari.engine import Engine

HERE = Path(__file__).parent
PICTURES = HERE.parents[1] / "docs" / "pictures"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
]


def missing(what: str) -> None:
    """Skips so that nobody overlooks it; where CI runs, nothing is skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not on this machine")
    warnings.warn(f"SKIPPED THE BROWSER TESTS: {what} is not on this machine", stacklevel=2)
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The engine of a made-up world: a small one, for pictures the usual one."""
    size = {} if os.environ.get("PITTARI_PICTURES") else {"people": 200, "days": 15}
    project = build(tmp_path_factory.mktemp("shop") / "world", **size)
    opened = Engine.open(project)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shop(engine: Engine) -> Iterator[str]:
    """The address of a running shop."""
    with served(engine) as address:
        yield address


@pytest.fixture
def visitor(shop: str) -> Iterator[httpx.Client]:
    """A browser without scripts: cookies, forms and redirects."""
    with httpx.Client(base_url=shop, headers={"accept-language": "en"}) as client:
        yield client


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine, a module at a time: while it is open, its event loop counts as
    running, and other tests could start none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


Look = Callable[..., Page]


@pytest.fixture
def look(chromium: Browser, shop: str) -> Iterator[Look]:
    """Opens pages of the shop; what a page complains of, or asks of others, fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(
        language: str = "en", width: int = 1280, height: int = 800, **options: object
    ) -> Page:
        context = chromium.new_context(
            base_url=shop,
            locale=language,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(shop) else wrong.append(asked.url),
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


def install(folder: Path) -> None:
    """Installs what `package-lock.json` says, unless it stands there."""
    lock, kept = HERE / "package-lock.json", folder / "package-lock.json"
    if kept.is_file() and kept.read_bytes() == lock.read_bytes():
        return
    shutil.copy(HERE / "package.json", folder)
    run = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    shutil.copy(lock, folder)
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        kept.unlink()
        missing(f"what the browser tests install (npm ci: {done.stderr.strip()[-300:]})")


@pytest.fixture(scope="session")
def node_modules(pytestconfig: pytest.Config) -> Path:
    """The checkers that the tests install, once beside pytest's own cache."""
    if shutil.which("npm") is None:
        missing("npm")
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("node")
    with open(folder / "turn", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        install(folder)
    return folder / "node_modules"


@pytest.fixture(scope="session")
def axe(node_modules: Path) -> str:
    """The accessibility checker's program."""
    return (node_modules / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="session")
def picture() -> Callable[[Page, str], None]:
    """Keeps a picture of a page for the docs when PITTARI_PICTURES is set."""

    def keep(page: Page, name: str) -> None:
        if os.environ.get("PITTARI_PICTURES"):
            page.wait_for_load_state("networkidle")
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png")
            assert (PICTURES / f"{name}.png").stat().st_size < 500_000

    return keep
