"""What the desk's acts come to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pittari.editions.pool import Wishes
from pittari.editions.wishes import held_by, wished
from pittari.model.edition import Act, Done
from pittari.store.desk import Mode


def done(*acts: Act) -> list[Done]:
    names = ("mika", "jun")
    return [Done(n, n, names[n % 2], n, act) for n, act in enumerate(acts, 1)]


topic = st.sampled_from("abcd")
acts = st.lists(
    st.one_of(
        st.builds(lambda p, t: Act(deed="pin", places={p: t}), st.integers(1, 3), topic),
        st.builds(lambda t, u: Act(deed="swap", places={1: t, 2: u}), topic, topic).filter(
            lambda act: len(set(act.places.values())) == 2
        ),
        st.builds(
            lambda deed, t: Act(deed=deed, topic=t),  # type: ignore[arg-type]
            st.sampled_from(["unpin", "veto", "unveto"]),
            topic,
        ),
    ),
    max_size=12,
)


@given(acts=acts)
def test_a_topic_has_one_place_and_what_is_vetoed_last_has_none(acts: list[Act]) -> None:
    wishes = wished(done(*acts))
    assert len(set(wishes.pins.values())) == len(wishes.pins)
    assert len(set(wishes.vetoes)) == len(wishes.vetoes)
    if acts and acts[-1].deed == "veto":
        assert acts[-1].topic in wishes.vetoes
        assert acts[-1].topic not in wishes.pins.values()
    if acts and acts[-1].deed in ("pin", "swap"):
        assert acts[-1].places.items() <= wishes.pins.items()


def test_acts_are_taken_in_order_and_can_be_taken_back() -> None:
    pin = Act(deed="pin", places={1: "a"})
    assert wished(done(pin, Act(deed="unpin", topic="a"))) == Wishes()
    assert wished(done(Act(deed="veto", topic="a"), Act(deed="unveto", topic="a"))) == Wishes()
    moved = wished(done(pin, Act(deed="swap", places={2: "a", 1: "b"})))
    assert moved.pins == {1: "b", 2: "a"}
    replaced = wished(done(pin, Act(deed="pin", places={1: "c"})))
    assert replaced.pins == {1: "c"}


def test_modes_that_are_on_stand_among_the_wishes() -> None:
    modes = [Mode("election", True, 1, 0, "mika"), Mode("mourning", False, 2, 0, "mika")]
    assert wished([], modes) == Wishes(modes=("election",))


def test_silence_means_go_and_the_last_word_counts() -> None:
    assert held_by([]) == ""
    hold, unhold = Act(deed="hold"), Act(deed="unhold")
    assert held_by(done(hold)) == "jun"
    assert held_by(done(hold, unhold)) == ""
    assert held_by(done(hold, unhold, hold, Act(deed="veto", topic="a"))) == "jun"
