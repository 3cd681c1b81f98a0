"""A rule's degree is what an editor would count by hand; nothing but safety is hard."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.editions.newspapers import degree, fits, plain, pools, rule_files

from pittari.editions.compiling import admitted, compiled
from pittari.editions.pool import Pool, Wishes
from pittari.editions.rules import BUILT_IN, KeepOut, Rules, read_rules


def trailing(rules: Rules, name: str) -> bool:
    """Says whether a rule is one of the last objectives, which a profile makes coarser."""
    names = [rule.name for rule in rules.rules]
    return all(rule.kind == "by" for rule in rules.rules[names.index(name) :])


@given(text=rule_files(), pool=pools(), data=st.data())
def test_degrees_are_whole_and_what_one_would_count_by_hand(
    text: str, pool: Pool, data: st.DataObject
) -> None:
    rules = read_rules(text, "rules.toml")
    problem = compiled(rules, pool)
    standing = [pool.entries[row] for row in problem.rows]
    order = data.draw(st.permutations(range(len(standing))))[: problem.places]
    lineup = [standing[i] for i in order]
    degrees = dict(
        zip(
            (level.name for level in problem.levels),
            problem.degrees(np.array(order, np.int32)),
            strict=True,
        )
    )
    assert all(some >= 0 for some in degrees.values())
    for rule in rules.rules:
        if not (rules.edition.profile and trailing(rules, rule.name)):
            by_hand = degree(plain(rule), lineup, standing, pool)
            assert degrees[rule.name] == by_hand, rule


@given(text=rule_files(), pool=pools(), vetoes=st.sets(st.sampled_from(["t0", "t1", "t2"])))
def test_every_rule_file_leaves_as_many_places_as_topics_that_safety_admits(
    text: str, pool: Pool, vetoes: set[str]
) -> None:
    rules, wishes = read_rules(text, "rules.toml"), Wishes(vetoes=tuple(sorted(vetoes)))
    stand, problem = admitted(rules, pool, wishes), compiled(rules, pool, wishes)
    assert problem.places == min(rules.edition.places, len(stand.rows))
    assert problem.rows.tolist() == stand.rows.tolist()
    assert sorted(problem.tie.tolist()) == list(range(len(stand.rows)))
    assert len(stand.rows) + len(stand.kept_out) == len(pool.entries)


@given(text=rule_files(), pool=pools())
def test_safety_judges_each_topic_by_itself_alone(text: str, pool: Pool) -> None:
    rules = read_rules(text, "rules.toml")
    together = admitted(rules, pool).kept_out
    alone: dict[str, str] = {}
    for entry in pool.entries:
        alone |= admitted(rules, msgspec.structs.replace(pool, entries=(entry,))).kept_out
    assert together == alone


@given(text=rule_files(), pool=pools())
def test_a_topic_is_kept_out_by_the_first_rule_that_fits_it(text: str, pool: Pool) -> None:
    rules = read_rules(text, "rules.toml")
    kept_out = admitted(rules, pool).kept_out
    for entry in pool.entries:
        topic = entry.topic
        built_in = [
            name
            for name, holds in (
                ("withdrawn", topic.status == "withdrawn"),
                ("embargoed", topic.embargo is not None and topic.embargo > pool.at),
            )
            if holds
        ]
        told = [kept.name for kept in rules.keep_out if fits(asked(kept), entry, pool)]
        assert kept_out.get(topic.id) == next(iter(built_in + told), None)
    assert not set(BUILT_IN) & {kept.name for kept in rules.keep_out}


def asked(kept: KeepOut) -> dict[str, object]:
    told: dict[str, object] = {}
    for name, value in msgspec.to_builtins(kept.where).items():
        bounds = {k: v for k, v in value.items() if v is not None} if type(value) is dict else None
        told[name] = value if bounds is None else bounds
    return told


@given(text=rule_files(), pool=pools())
def test_the_same_rules_and_pool_give_the_same_problem(text: str, pool: Pool) -> None:
    rules = read_rules(text, "rules.toml")
    again = msgspec.json.decode(msgspec.json.encode(rules), type=Rules)
    assert again == rules
    assert again.digest == rules.digest
    one, two = compiled(rules, pool), compiled(again, pool)
    for a, b in zip(one.levels, two.levels, strict=True):
        assert a.name == b.name
        for field in ("degree", "group", "table"):
            if hasattr(a, field):
                assert np.array_equal(getattr(a, field), getattr(b, field))
