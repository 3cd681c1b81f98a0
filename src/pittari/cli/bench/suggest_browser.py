"""What does a key stroke cost in a browser? The device module in Chromium, on a bundle of 5 MB.

A page with an input and a row of eight pictures; keys are pressed as a keyboard presses them. The
screen's beat is switched off, so that what is measured is work, not the wait for the next frame.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from pittari.device.writing import write_bundle
from pittari.errors import Unavailable
from pittari.testing.bundles import SIGNER, Size, familiar, made_up

CANDIDATES = 200
SIZE = Size(
    keywords=5000, tags=1000, items=100_000, offers=100, rest=0, links=3, packages=2500,
    dimensions=16, centres=32,
)  # fmt: skip
"""As large as a bundle may become: 1,000 tags with 100 candidates, all different."""
_ORIGIN = "https://pittari.example"
_STATIC = Path(__file__).parents[2] / "web" / "static"
_SCRIPT = Path(__file__).with_suffix(".js")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-gpu-vsync", "--disable-frame-rate-limit",
]  # fmt: skip
_PAGE = """<!doctype html><meta charset="utf-8"><title>bench</title>
<style>#row { display: flex } #row img { width: 96px; height: 96px }</style>
<div id="row"></div><input aria-label="message">
<script type="module">import * as bench from "/bench.js"; window.bench = bench;</script>"""
_ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""A page alone in its process may read a clock finer than 0.1 ms."""


def browser(strokes: int = 600, size: Size = SIZE) -> dict[str, Any]:
    """Measures the device module in Chromium, on a bundle of a size.

    Returns milliseconds: from a key stroke until the row is painted (`key_to_paint_*`), for
    matching and ranking 200 candidates (`match_rank_*`), for opening a kept bundle, and for
    checking one that arrives. Raises `Unavailable` without Playwright or Chromium.
    """
    contents = made_up(5, size, keywords=familiar())
    data = write_bundle(contents, SIGNER)
    dice = random.Random(5)  # noqa: S311
    messages = _messages(contents.keywords, strokes, dice)
    owned = dice.sample(list(contents.items.packages), min(60, size.packages))
    used = dice.sample(list(contents.items.ids), min(300, size.items))
    texts = [message[:end] for message in messages for end in range(1, len(message) + 1)]
    with _page(data) as page:
        opened = page.evaluate("keys => bench.opened(keys)", [SIGNER.public.hex()])
        page.evaluate("([owned, used]) => bench.person(owned, used)", [owned, used])
        computed = page.evaluate("told => bench.computed(...told)", [texts, CANDIDATES])
        painted = _painted(page, messages)
    return {
        "bundle_bytes": len(data),
        "candidates": CANDIDATES,
        "key_strokes": len(painted),
        **_percentiles("key_to_paint", painted),
        **_percentiles("match_rank", computed),
        "open_ms": round(float(np.median(opened["openings"])), 2),
        "arrival_ms": round(float(np.median(opened["arrivals"])), 2),
    }


def _messages(keywords: Sequence[str], strokes: int, dice: random.Random) -> list[str]:
    """Returns made-up messages of about so many letters."""
    out: list[str] = []
    while sum(map(len, out)) < strokes:
        before, after = dice.choice(["", "", "今日も", "so "]), dice.choice(["", "！", " ok"])
        out.append(before + dice.choice(keywords) + after)
    return out


def _painted(page: Any, messages: Sequence[str]) -> list[float]:
    """Types messages letter by letter; returns how long each letter took to be answered."""
    page.evaluate("bench.draw().then(bench.listen)")
    count = 0
    for message in messages:
        for letter in message:
            (page.keyboard.press if letter.isascii() else page.keyboard.insert_text)(letter)
            count += 1
            told: list[float] = page.evaluate("count => bench.settled(count)", count)
        page.evaluate("document.querySelector('input').value = ''")
    return told[len(told) // 10 :]  # the first tenth warms the page up


@contextmanager
def _page(data: bytes) -> Iterator[Any]:
    """Opens a page that is served the module, the script and the bundle, and nothing else."""
    path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    try:
        from playwright.sync_api import Route, sync_playwright
    except ImportError:
        path = None
    if path is None:
        raise Unavailable("--browser needs Chromium, and Playwright (`uv pip install playwright`)")

    def serve(route: Route) -> None:
        asked = route.request.url.removeprefix(_ORIGIN)
        if asked == "/":
            route.fulfill(body=_PAGE, content_type="text/html", headers=_ISOLATED)
        elif asked == "/ja.bundle":
            route.fulfill(body=data, content_type="application/octet-stream")
        elif asked == "/bench.js":
            route.fulfill(path=_SCRIPT, content_type="text/javascript")
        elif asked.startswith("/device/"):
            route.fulfill(path=_STATIC / asked[1:], content_type="text/javascript")
        else:
            route.abort()

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        page = chromium.new_page()
        page.route(f"{_ORIGIN}/**", serve)
        page.goto(f"{_ORIGIN}/")
        page.wait_for_function("window.bench")
        yield page
        chromium.close()


def _percentiles(name: str, times: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(float(np.percentile(times, 50)), 3),
        f"{name}_p95_ms": round(float(np.percentile(times, 95)), 3),
    }
