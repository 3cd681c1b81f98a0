"""Are the drawn stickers safe to show, all different, and inside their picture?"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pittari.demo.artist import PackageSpec, StickerSpec, cover, draw, packages
from pittari.demo.artist.acts import acts, cast_names, table
from pittari.demo.artist.backdrop import BACKDROPS
from pittari.demo.artist.cast import CAST
from pittari.demo.artist.effects import EFFECTS
from pittari.demo.artist.lettering import SIZE, em_width, set_phrase
from pittari.demo.artist.props import PROPS
from pittari.demo.artist.wear import HATS, NECKS

SVG = "{http://www.w3.org/2000/svg}"


@cache
def shop() -> tuple[PackageSpec, ...]:
    return tuple(packages())


@cache
def drawings() -> dict[str, str]:
    return {s.id: draw(s) for p in shop() for s in p.stickers}


def stickers() -> list[StickerSpec]:
    return [s for p in shop() for s in p.stickers]


def test_the_shop_has_forty_packages_of_sixteen_with_no_id_or_title_twice() -> None:
    assert [p.id for p in shop()] == [f"pkg-{i:03d}" for i in range(1, 41)]
    assert {len(p.stickers) for p in shop()} == {16}
    assert len(drawings()) == 640
    assert len({p.title_ja for p in shop()}) == len({p.title_en for p in shop()}) == 40


def test_at_least_fourteen_characters_and_every_one_sells_something() -> None:
    assert len(CAST) >= 14
    assert Counter(p.character for p in shop()).keys() == CAST.keys() == cast_names().keys()


def test_a_large_shop_repeats_no_title() -> None:
    large = packages(count=700)
    assert len({p.title_ja for p in large}) == len({p.title_en for p in large}) == 700


def test_a_smaller_shop_is_the_beginning_of_a_larger_one() -> None:
    assert packages(seed=3, count=60)[:5] == packages(seed=3, count=5)


def test_a_shop_of_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="count"):
        packages(count=-1)


@given(seed=st.integers(0, 2**31))
@settings(max_examples=10, deadline=None)
def test_the_same_seed_draws_the_same_shop(seed: int) -> None:
    first, again = packages(seed, 3), packages(seed, 3)
    assert first == again
    assert [draw(s) for s in first[2].stickers] == [draw(s) for s in again[2].stickers]


def test_each_drawing_is_valid_small_and_needs_nothing_else() -> None:
    for key, svg in (*drawings().items(), *((p.id, cover(p)) for p in shop())):
        root = ET.fromstring(svg)
        assert root.tag == f"{SVG}svg", key
        assert len(svg.encode()) < 6 * 1024, key
        names = [name for node in root.iter() for name in node.attrib]
        assert not [n for n in names if "href" in n or n.startswith("on") or n == "src"], key
        assert "url(" not in svg, key
        assert not list(root.iter(f"{SVG}script")), key


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_and_larger_shops_keep_the_size(seed: int) -> None:
    sizes = {s.id: len(draw(s).encode()) for p in packages(seed, 120) for s in p.stickers}
    assert max(sizes.values()) < 6 * 1024


def test_no_id_is_met_twice_when_all_drawings_stand_in_one_page() -> None:
    ids = [i for svg in drawings().values() for i in re.findall(r'\bid="([^"]*)"', svg)]
    assert len(ids) == len(set(ids))


def test_each_drawing_is_titled_in_both_languages_its_own_first() -> None:
    for sticker in stickers():
        titles = ET.fromstring(drawings()[sticker.id]).findall(f"{SVG}title")
        spoken = {t.attrib["lang"]: t.text or "" for t in titles}
        assert next(iter(spoken)) == sticker.language
        assert sticker.phrase_ja.replace("|", "") in spoken["ja"]
        assert sticker.phrase_en.replace("|", " ") in spoken["en"]


def test_no_two_stickers_look_the_same() -> None:
    bare = [re.sub(r"<title.*?</title>", "", svg) for svg in drawings().values()]
    assert len(set(bare)) == len(bare)


def test_each_character_has_a_silhouette_of_its_own() -> None:
    """Rims drawn by the same act and hand: hardly any path is common to two characters."""
    like = shop()[0].stickers[0]
    outlines = {}
    for key in CAST:
        fields = {name: getattr(like, name) for name in StickerSpec.__slots__}
        svg = draw(StickerSpec(**(fields | {"character": key, "act": "beam"})))
        outlines[key] = set(re.findall(r'd="([^"]*)" fill="#fff" stroke="#fff"', svg))
    for a, b in combinations(outlines, 2):
        assert outlines[a], a
        assert not outlines[a] & outlines[b], (a, b)


def test_tags_are_one_to_nine_different_words_in_both_languages() -> None:
    for sticker in stickers():
        assert 1 <= len(sticker.tags) <= 9
        assert len(set(sticker.tags)) == len(sticker.tags)
        assert {t.isascii() for t in sticker.tags} == {True, False}


def test_a_package_says_nothing_twice() -> None:
    for package in shop():
        assert len({s.phrase for s in package.stickers}) == 16
        assert {s.language for s in package.stickers} == {package.language}


def text_boxes(svg: str) -> list[tuple[float, float, float, float]]:
    """The estimated box of each line: left, top, right, bottom."""
    boxes = []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        if "font-size" not in group.attrib:
            continue
        size = float(group.attrib["font-size"])
        upright = "writing-mode" in group.attrib
        for line in group.iter(f"{SVG}text"):
            x, y = float(line.attrib["x"]), float(line.attrib["y"])
            half = float(line.attrib["textLength"]) / 2
            assert 2 * half == pytest.approx(em_width(line.text or "") * size, abs=1.0)
            if upright:
                boxes.append((x - size / 2, y - half, x + size / 2, y + half))
            else:
                boxes.append((x - half, y - size * 0.9, x + half, y + size * 0.15))
    return boxes


def test_every_phrase_stays_inside_the_picture() -> None:
    for key, svg in drawings().items():
        boxes = text_boxes(svg)
        assert boxes, key
        for left, top, right, bottom in boxes:
            assert min(left, top) >= 0, key
            assert max(right, bottom) <= SIZE, key


@given(st.text(st.characters(codec="utf-8", exclude_characters="|\n"), min_size=1, max_size=40))
def test_any_phrase_is_set_small_enough(phrase: str) -> None:
    for upright in (False, True):
        setting = set_phrase(phrase, upright=upright)
        assert setting.length <= SIZE


def test_every_act_can_be_played_by_every_character() -> None:
    like = shop()[0].stickers[0]
    fields = {name: getattr(like, name) for name in StickerSpec.__slots__}
    for key in CAST:
        for act in acts():
            ET.fromstring(draw(StickerSpec(**(fields | {"character": key, "act": act}))))


def test_every_phrase_is_written_in_both_languages_and_names_acts_that_exist() -> None:
    rows = [row for mood in table("phrases").values() for row in mood["phrases"]]
    assert len(table("phrases")) >= 20
    for row in rows:
        assert row["ja"], row
        assert row["en"].isascii(), row
        assert set(row["acts"]) <= acts().keys(), row
    for language in ("ja", "en"):
        repeated = [w for w, n in Counter(row[language] for row in rows).items() if n > 1]
        assert not repeated, language


def test_no_row_of_the_tables_is_left_unplayed() -> None:
    played = {a for mood in table("phrases").values() for p in mood["phrases"] for a in p["acts"]}
    assert acts().keys() - played == {"cover"}
    rows = acts().values()
    themes = table("themes")["themes"].values()
    assert PROPS.keys() == {name for act in rows for name in act.props}
    assert EFFECTS.keys() == {n for act in rows for n in act.effects} | {
        theme["air"] for theme in themes if "air" in theme
    }
    assert BACKDROPS.keys() == {act.backdrop for act in rows} - {""}
    worn = {name for theme in themes for name in theme["wear"]} | {act.wear for act in rows}
    assert HATS.keys() | NECKS.keys() | {"glasses", ""} == worn


def test_a_dozen_creators_sell_at_shop_prices() -> None:
    assert len(table("themes")["creators"]) == 12
    assert {p.price for p in shop()} <= {120, 250, 370, 490, 610}
