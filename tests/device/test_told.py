"""docs/bundle.md names every section, setting, feature, reason and call there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.device.worlds import bundle

from pittari.device.settings import MATCHES, PLACES, QUIET, RANKER, SOURCES, Settings, defaults
from pittari.errors import BundleError

HERE = Path(__file__).parent
TEXT = (HERE.parents[1] / "docs" / "bundle.md").read_text("utf-8")
CALLS = {case["call"] for case in json.loads((HERE / "cases.json").read_text("utf-8"))["cases"]}


@pytest.mark.parametrize(
    "names",
    [
        bundle().file.entries, Settings.__struct_fields__, RANKER, QUIET, MATCHES, PLACES, SOURCES,
        BundleError.REASONS, CALLS,
    ],
)  # fmt: skip
def test_the_page_names_it(names: list[str]) -> None:
    missing = [name for name in names if f"`{name}`" not in TEXT]
    assert missing == []


def test_the_page_tells_the_defaults() -> None:
    told = defaults().settings
    for numbers in (told.matches, told.places):
        assert " ".join(map(str, numbers)) in TEXT
    assert set(defaults().ranker) == set(RANKER) - set(MATCHES)
    assert set(defaults().quiet) <= set(QUIET)
