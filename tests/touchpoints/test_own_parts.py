"""Sources from other packages come onto a shelf by their entry points, or one is told why not."""

import re
from pathlib import Path

import pytest

from pittari.errors import SettingsError
from pittari.settings import project
from pittari.testing import known_world
from pittari.touchpoints.places import Placement, shelves

PAGE = (Path(__file__).parents[2] / "docs" / "house.md").read_text("utf-8")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages, in which `newparts` is what the documentation shows."""
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "newparts.py").write_text(shown)
    told = tmp_path / "newparts-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: newparts\nVersion: 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def placed(folder: Path, entries: str, sources: str) -> Placement:
    (folder / "newparts-1.dist-info" / "entry_points.txt").write_text(
        f"[pittari.sources]\n{entries}"
    )
    (folder / "pittari.toml").write_text("")
    (folder / "touchpoints").mkdir()
    shelf = f'[[shelf]]\nname = "x"\ndeadline_ms = 60000\nexplore = 0\nsources = {sources}\n'
    (folder / "touchpoints" / "shelf.toml").write_text(shelf)
    return shelves(project(folder))["x"]


def test_the_source_that_the_documentation_shows_stands_on_a_shelf(installed: Path) -> None:
    place = placed(installed, "kin = newparts:kin\n", "{ kin = 0.8 }")
    slots = place.pipeline.decide(known_world().request("even-0")).slots
    assert slots
    assert {slot.source for slot in slots} == {"kin"}


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ("kin = newparts:Kin\n", "cannot be made by .*Kin.* given the shelf's settings"),
        ("kin = newpartz:kin\n", 'source "kin" of newparts cannot be loaded from newpartz:kin'),
        ("kin = newparts:ranked\n", "cannot be made by"),
        ("sib = newparts:kin\n", "there is no such source"),
    ],
)
def test_a_source_that_cannot_be_had_is_named_with_its_package(
    installed: Path, entries: str, why: str
) -> None:
    with pytest.raises(SettingsError, match=why):
        placed(installed, entries, "{ kin = 0.8 }")


def test_a_source_under_another_name_than_its_own_is_refused(installed: Path) -> None:
    with pytest.raises(SettingsError, match=r'expected a source named "sib".* named .kin'):
        placed(installed, "sib = newparts:kin\n", "{ sib = 0.8 }")


def test_what_no_shelf_names_is_not_loaded(installed: Path) -> None:
    place = placed(installed, "bad = newpartz:kin\ntaste = newpartz:kin\n", "{ taste = 1.0 }")
    assert place.pipeline.decide(known_world().request("even-0")).slots
