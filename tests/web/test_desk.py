"""What the desk works out before it draws: cuts of lock screens, differences of rule files."""

from hypothesis import given
from hypothesis import strategies as st

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
