"""The browser's figures can be taken on any machine that has Chromium."""

import shutil

import pytest
from tests.browser.conftest import missing

from pittari.cli.bench.suggest_browser import browser
from pittari.testing.bundles import Size

pytestmark = pytest.mark.browser


def test_the_figures_of_the_browser_are_taken() -> None:
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        missing("Chromium")
    told = browser(strokes=30, size=Size(keywords=80, tags=20, items=300, offers=30, dimensions=16))
    assert told["key_strokes"] > 20
    times = {name: value for name, value in told.items() if name.endswith("_ms")}
    assert {"key_to_paint_p95_ms", "match_rank_p95_ms", "open_ms", "arrival_ms"} <= times.keys()
    assert all(value >= 0 for value in times.values())
