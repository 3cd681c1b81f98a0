"""What was shown lately, kept line-up by line-up, is what counting it all anew would say."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pittari.model.catalog import Catalog, Item, empty_catalog
from pittari.store.lately import Lately

NAMES = [f"item{number}" for number in range(8)]
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("ids"), st.lists(st.sampled_from(NAMES), max_size=5, unique=True)),
        st.tuples(st.just("rows"), st.lists(st.sampled_from(NAMES), max_size=5, unique=True)),
        st.tuples(st.just("engaged"), st.sampled_from(NAMES)),
        st.tuples(st.just("forget"), st.integers(0, 30)),
        st.tuples(st.just("grow"), st.integers(1, 8)),
        st.tuples(st.just("look"), st.none()),
    ),
    max_size=25,
)


def grown(catalog: Catalog, size: int) -> Catalog:
    new = [Item(id=name) for name in NAMES[len(catalog) : size]]
    return catalog.amended(new, catalog.version + 1) if new else catalog


@given(acts=ACTS, times=st.lists(st.integers(0, 30), min_size=25, max_size=25))
def test_what_is_counted_on_is_what_counting_anew_finds(
    acts: list[tuple[str, object]], times: list[int]
) -> None:
    """In whatever order line-ups come, told by rows of a newer snapshot or by ids of items that a
    snapshot does not have yet."""
    catalog, whole = grown(empty_catalog(), 3), grown(empty_catalog(), 8)
    lately = Lately()
    model: list[tuple[int, list[str]]] = []
    for at, (act, what) in zip(times, acts, strict=False):
        if act in {"ids", "rows"}:
            items = list(what)  # type: ignore[call-overload]
            lately.add(at, items if act == "ids" else whole.rows(items), catalog)
            model.append((at, items))
        elif act == "engaged":
            lately.engaged(str(what), whole)
            model = [(at, [one for one in items if one != what]) for at, items in model]
        elif act == "forget":
            gone = [one for one in model if one[0] < what]  # type: ignore[operator]
            assert lately.forget(what) == bool(gone)  # type: ignore[arg-type]
            model = [one for one in model if one not in gone]
        elif act == "grow":
            catalog = grown(catalog, what)  # type: ignore[arg-type]
        else:
            assert counted(lately, catalog) == expected(model, catalog)
    assert counted(lately, catalog) == expected(model, catalog)


def counted(lately: Lately, catalog: Catalog) -> dict[int, int]:
    rows, times = (column.tolist() for column in lately.counted(catalog))
    assert rows == sorted(rows)
    return dict(zip(rows, times, strict=True))


def expected(model: list[tuple[int, list[str]]], catalog: Catalog) -> dict[int, int]:
    index = catalog.index
    return Counter(index[one] for _, items in model for one in items if one in index)
