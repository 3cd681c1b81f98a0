"""What a table of tags answers, and what it does not."""

from __future__ import annotations

from tests.learning.tags.test_table import SHOP, table

from pittari.learning.tags.coverage import coverage


def test_it_counts_stickers_tags_and_typed_words():
    typed = {"ねこ": 6, "ネコちゃん": 1, "ラーメン": 2, "らーめん": 1}
    told = coverage(table(SHOP), ["s1", "s2", "s3", "s4", "s5"], typed)
    assert (told.items, told.tagged, told.tags_each) == (5, 4, 1)
    assert told.untagged == ("s5",)
    assert told.few == 2
    assert told.thin == (("いぬ", 1), ("おはよう", 2))
    assert told.origins["creator"] == 3
    assert (told.texts, told.typed, told.vain) == (3, 10, 1)
    assert told.missing == (("らーめん", 3),)
    assert round(told.answered, 2) == 0.7


def test_nothing_is_covered_by_nothing():
    told = coverage(table({}), ["a"], {})
    assert (told.items, told.tagged, told.tags, told.answered) == (1, 0, 0, 0)
