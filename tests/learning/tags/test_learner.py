"""What is learned of words on stickers, in shops whose answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pittari.learning.tags.claims import COUNTED, SERIES
from pittari.learning.tags.learner import learned
from pittari.learning.tags.places import QUOTA
from pittari.learning.tags.table import ItemTag, TagTable
from pittari.learning.tags.wording import worded
from pittari.model.catalog import Item
from pittari.model.parameters import checksum

MADE_UP = [a + b + c for a in "かさたなはまら" for b in "ぬゆろむ" for c in "べぞぎ"]
"""Words that mean nothing, so that none leads to another but by how it is used."""


def sticker(name: str, *tags: str, creator: str = "ann", **more: object) -> Item:
    return Item(id=name, kind="sticker", creator=creator, tags=tags, **more)


def table(*items: Item, **more: object) -> TagTable:
    return learned(replace(worded(items), **more))


def stickers(told: TagTable, tag: str) -> list[str]:
    return [item.decode() for item in told.items[told.of_tag(tag)].tolist()]


def tags(told: TagTable, item: str) -> dict[str, ItemTag]:
    return {tag.tag: tag for tag in told.of_item(item, 99)}


def test_a_sticker_answers_to_its_creators_tags_in_one_form():
    told = table(sticker("a", "ﾈｺ", "ネコ", "Cat"))
    assert tags(told, "a")["ねこ"].origin == "creator"
    assert stickers(told, "CAT") == ["a"]


def test_ways_of_saying_lead_to_the_word_that_stands_for_the_meaning():
    told = table(sticker("a", "猫"), sticker("b", "kitty", creator="ben"), sticker("c", "うちゅう"))
    assert tags(told, "a")["ねこ"].origin in ("synonym", "spelling")
    assert set(stickers(told, "ねこ")) == {"a", "b"}
    row = told.words.index("にゃんこ")
    cells = slice(*told.keyword_starts[row : row + 2])
    assert [told.texts[tag] for tag in told.keyword_tags[cells]] == ["ねこ"]


def test_the_words_on_the_picture_count_more_than_the_title():
    told = table(
        sticker("a", caption={"ja": "おはよう！"}),
        sticker("b", title={"ja": "おはよう"}, creator="ben"),
    )
    assert tags(told, "a")["おはよう"].origin == "caption"
    assert tags(told, "b")["おはよう"].origin == "title"
    assert stickers(told, "おはよう") == ["a", "b"]


def test_words_stand_in_longer_captions_but_not_where_they_are_denied():
    told = table(
        sticker("a", caption={"ja": "今日も一日ありがとうございます"}),
        sticker("b", caption={"ja": "ありがとうとは言えない"}, creator="ben"),
        sticker("c", caption={"en": "a concatenation"}, creator="cid"),
    )
    assert "ありがとう" in tags(told, "a")
    assert "ありがとう" not in tags(told, "b")
    assert "cat" not in tags(told, "c")


def test_the_title_of_the_package_speaks_for_its_stickers():
    package = Item(id="p", title={"ja": "ねこの毎日"}, creator="ann")
    told = table(package, sticker("a", "走る", package="p"))
    assert tags(told, "a")["ねこ"].origin == "title"
    assert tags(told, "a")["ねこ"].confidence < tags(told, "a")["走る"].confidence


def test_words_go_together_by_creators_not_by_stickers():
    one, other = MADE_UP[0], MADE_UP[40]
    filler = [sticker(f"f{i}", MADE_UP[i], creator=f"f{i}") for i in range(1, 30)]
    alone = [sticker(f"a{i}", one, other) for i in range(9)]
    lone = sticker("z", one, creator="zoe")
    assert other not in tags(table(*alone, lone, *filler), "z")
    more = [sticker(f"b{i}", one, other, creator=f"ben{i}") for i in range(4)]
    found = tags(table(*alone, *more, lone, *filler), "z")[other]
    assert found.origin == "association"


def test_tags_beyond_the_ninth_do_not_count_and_too_many_are_believed_less():
    told = table(sticker("a", *MADE_UP[: COUNTED + 3]), sticker("b", MADE_UP[0], creator="ben"))
    own = [tag for tag in told.of_item("a", 99) if tag.origin == "creator"]
    assert {tag.tag for tag in own} == set(MADE_UP[:COUNTED])
    assert stickers(told, MADE_UP[0]) == ["b", "a"]


def test_equals_of_several_creators_take_turns_and_the_rest_waits():
    crowd = [sticker(f"a{i:02}", "走る", MADE_UP[i]) for i in range(30)]
    rest = [sticker(f"b{i:02}", "走る", MADE_UP[40 + i], creator=f"ben{i % 4}") for i in range(16)]
    first = stickers(table(*crowd, *rest), "走る")
    assert first[0][0] != first[1][0]
    assert sum(name[0] == "a" for name in first[: 16 + QUOTA]) == QUOTA
    assert len(first) == 46


def test_near_duplicates_stand_behind_the_first_of_them():
    same = [
        sticker(f"a{i}", "走る", "犬", caption={"ja": "いくぞー！！"[: 4 + i]}) for i in range(3)
    ]
    told = table(*same, sticker("b", "走る", creator="ben"))
    assert told.twin.tolist() == [0, 0, 0, 3]
    assert stickers(told, "走る")[2:] == ["a1", "a2"]


def test_a_typed_word_that_nobody_attached_finds_stickers():
    items = [sticker("a", "泣き笑い"), sticker("b", "猫", creator="ben")]
    told = table(*items, typed={"大泣き": 12, "にゃんにゃん": 12, "kitten": 12})
    assert stickers(told, "大泣き")[0] == "a"
    assert "大泣き" not in table(*items).texts


def test_what_many_people_sent_after_a_word_answers_to_it():
    word = MADE_UP[3]
    told = table(
        sticker("a", "猫"),
        sticker("b", "犬"),
        typed={word: 40},
        chosen=((word, "b", 30), (word, "unknown", 30)),
    )
    assert stickers(told, word)[0] == "b"
    assert tags(told, "b")[word].origin == "association"


def test_a_shuffled_catalogue_gives_the_same_table():
    items = [
        sticker(
            f"s{i}",
            *MADE_UP[i % 7 : i % 7 + 3],
            creator=f"c{i % 5}",
            caption={"ja": MADE_UP[i % 11]},
        )
        for i in range(60)
    ]
    turned = [items[i] for i in np.random.default_rng(0).permutation(60)]
    assert checksum(table(*items).arrays()) == checksum(table(*turned).arrays())


def test_a_shop_without_words_gives_an_empty_table():
    told = table(sticker("a"))
    assert told.of_item("a") == []
    assert len(told.tags) == len(told.keywords) == 0


@st.composite
def shops(draw):
    """Honest creators, one of whom puts one word on all stickers, and one who puts all words on
    all; as many stickers of each of the two."""
    words = draw(st.lists(st.sampled_from(MADE_UP), min_size=10, max_size=40, unique=True))
    count = draw(st.integers(4, 14))
    honest = [sticker(f"one{i}", words[0], creator="one") for i in range(count)]
    for owner in range(draw(st.integers(1, 4))):
        for i in range(draw(st.integers(1, 8))):
            some = draw(st.lists(st.sampled_from(words), min_size=1, max_size=4, unique=True))
            honest.append(sticker(f"h{owner}-{i}", *some, creator=f"h{owner}"))
    orders = st.permutations(words)
    greedy = [sticker(f"all{i:02}", *draw(orders), creator="all") for i in range(count)]
    return words, honest, greedy


@settings(max_examples=40, deadline=None)
@given(shops())
def test_who_puts_every_word_on_every_sticker_gains_nothing(shop):
    words, honest, greedy = shop
    told = table(*honest, *greedy)
    held = {word: [name[:3] == "all" for name in stickers(told, word)[:100]] for word in words}
    assert sum(any(places) for places in held.values()) <= SERIES
    assert sum(held[words[0]]) <= sum(name[:3] == "one" for name in stickers(told, words[0])[:100])
    said = {(item.id, tag) for item in honest for tag in item.tags}
    for word in words:
        first = stickers(told, word)
        ends = [place for place, name in enumerate(first) if (name, word) in said]
        assert all(name[:3] != "all" for name in first[: max(ends, default=-1) + 1])


class Letters:
    """Knows a few words, each by a direction; one vector for all others."""

    known = ("猫", "feline", "宇宙")

    def encode(self, texts):
        rows = np.zeros((len(texts), 4), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[{"猫": 0, "フェリス": 0, "宇宙": 1}.get(text, 3)] = 1
        return rows


def test_an_encoder_leads_from_words_to_what_means_the_same_and_from_unknown_ones_nowhere():
    wording = replace(
        worded([sticker("a", "猫"), sticker("b", "宇宙"), sticker("c", MADE_UP[0])]),
        typed={"ふぇりす": 10, MADE_UP[50]: 10},
    )
    surface = {**wording.surface, "ふぇりす": "フェリス"}
    told = learned(replace(wording, surface=surface), Letters())
    assert stickers(told, "ふぇりす")[0] == "a"
    assert tags(told, "a")["ふぇりす"].origin == "embedding"
    assert not any(tag.origin == "embedding" for tag in told.of_item("c", 99))


@pytest.mark.parametrize("n", [1, 5, 15])
def test_the_best_tags_are_the_same_from_call_to_call(n):
    told = table(sticker("a", "猫", "犬", "走る", caption={"ja": "おはよう"}))
    again = TagTable.from_arrays(told.arrays())
    assert told.of_item("a", n) == again.of_item("a", n) == told.of_item("a", 99)[:n]
