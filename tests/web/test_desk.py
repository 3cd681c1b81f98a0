"""What the desk works out before it draws: cuts of lock screens, differences of rule files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.editions.rules import RuleError, read_rules
from pittari.web.desk.faults import told
from pittari.web.desk.lock_screen import ELLIPSIS, PHONES, columns, fitted, noticed
from pittari.web.desk.rule_pages import differences

LETTERS = st.text("abc 漢字かなﾊﾝｶｸ（）—é", max_size=120)


@given(LETTERS, st.integers(2, 60))
def test_what_is_fitted_fits_and_is_cut_only_when_it_must_be(text: str, most: int) -> None:
    seen = fitted(text, most)
    assert columns(seen) <= most
    if columns(text) <= most:
        assert seen == text
    else:
        assert seen.endswith(ELLIPSIS)
        assert text.startswith(seen[: -len(ELLIPSIS)])


def test_a_full_width_letter_takes_two_columns_and_an_accent_none() -> None:
    assert columns("朝の便 8:00") == 6 + 1 + 4
    assert columns("ﾊﾝｶｸ") == 4
    assert columns("e\u0301") == 1


@given(st.lists(LETTERS.filter(bool), min_size=1, max_size=8))
def test_a_headline_counts_as_read_only_when_it_stands_whole(headlines: list[str]) -> None:
    for phone, notice in zip(PHONES, noticed("朝", headlines, "／"), strict=True):
        assert columns(notice.body) <= phone.line * phone.lines
        for headline in headlines[: notice.whole]:
            assert headline in notice.body
        assert notice.whole == len(headlines) or ELLIPSIS in notice.body
        assert bool(notice.lost.strip()) <= (notice.body != "／".join(headlines))


@given(
    st.lists(st.sampled_from("abcd"), max_size=30), st.lists(st.sampled_from("abcd"), max_size=30)
)
def test_differences_tell_what_came_and_what_went(old: list[str], new: list[str]) -> None:
    told = list(differences("\n".join(old), "\n".join(new)))
    assert bool(told) == (old != new)
    came = [line[2:] for kind, line in told if kind == "ins"]
    went = [line[2:] for kind, line in told if kind == "del"]
    assert len(new) - len(old) == len(came) - len(went)
    assert set(came) <= set(new)
    assert set(went) <= set(old)


GOOD = """
[edition]
name = "morning"
places = 6
at = "08:00"
late_until = "08:40"
owner = "desk"

[[rule]]
name = "first"
by = "clicks_1h"
places = [1]
reason = { ja = "理由", en = "reason" }
"""


@pytest.mark.parametrize(
    ("was", "is_", "said"),
    [
        (
            "places = 6",
            "placez = 6",
            "4行目 「edition.placez」：そのような設定はありません。「places」",
        ),
        (
            "places = 6",
            'places = "6"',
            "4行目 「edition.places」：整数を書いてください（いまは文字列）",
        ),
        ("places = 6", "places = 99", "4行目 「edition.places」：20以下の整数を"),
        ('at = "08:00"', 'at = "8"', "5行目 「edition.at」：08:00 のような時刻を"),
        ('at = "08:00"', "at = ", "5行目：TOMLとして読み取れません"),
        ('owner = "desk"', "", "担当（owner）がありません"),
        (
            'by = "clicks_1h"',
            'by = "click_1h"',
            "「first」「by」：ここで「click_1h」は使えません。",
        ),
        ('by = "clicks_1h"', "", "何をするルールかがありません"),
        ('by = "clicks_1h"', 'by = "main"\nwant = { hazard = true }', "が並んでいます"),
        ("places = [1]", "places = [1]\nstep = 2", "「by」のルールでは使えません"),
        ("places = [1]", "places = [1, 1]", "同じ枠が二度"),
        ('by = "clicks_1h"', "avoid = { hazzard = true }", "「hazard」の間違いではありませんか？"),
        ('by = "clicks_1h"', 'avoid = { hazard = "yes" }', "true か false を書いてください"),
        ('name = "first"', "", "「name」が必要です"),
    ],
)
def test_what_is_wrong_with_a_rule_file_is_said_in_japanese(was: str, is_: str, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_rules(GOOD.replace(was, is_), "morning.toml")
    sentence = told(caught.value, "ja")
    assert said in sentence
    assert f"{caught.value.line}行目" in sentence
    assert told(caught.value, "en") == str(caught.value)
