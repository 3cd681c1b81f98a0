"""A slip in a rule file is answered with file, line, key and the nearest right word."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.editions.newspapers import EDITION, REASON, rule_files, written

from pittari.editions.rules import EDITIONS, RuleError, default_rules, default_text, read_rules
from pittari.editions.rules.lines import lines

GOOD = """\
# A comment
[edition]
name = "morning"
places = 6
minimum = 3
at = "08:00"
late_until = "08:40"
owner = "news desk"

[[keep_out]]
name = "bulletins"   # line 11
where = { hazard = true }
reason = { en = "They change" }

[[rule]]
name = "one-per-story"
at_most = 1
each = "story"
reason.en = "Told once"
reason.ja = \"\"\"
一度だけ\"\"\"

[[rule]]
name = "mixed"
at_least = 2
reason = { en = "Both" }
where = { tone = "hard", age_hours = { at_least = 2 } }
"""

BELOW = "at_least = 2\n"
SLIPS = [
    ('hazard = true', 'hasard = true', 12, "where.hasard", 'Did you mean "hazard"'),
    ('hazard = true', 'hazard = "yes"', 12, "where.hazard", "expected true or false"),
    ('where = { hazard = true }', 'where = {}', 12, "where", "would fit every topic"),
    ('where = { hazard = true }\n', 'places = [1]\n', 12, "places", "no such setting"),
    ('where = { hazard = true }\n', 'at_most = 1\n', 12, "at_most", "no such setting"),
    ('at_most = 1', 'atmost = 1', 17, "atmost", 'Did you mean "at_most"'),
    ('at_most = 1', 'at_most = -1', 17, "at_most", "expected `int` >= 0"),
    ('at_most = 1\n', '', 15, "", "says nothing to do"),
    ('at_most = 1', 'at_most = 1\napart = "story"', 15, "", "says count and apart"),
    ('each = "story"', 'each = "storry"', 18, "each", 'Did you mean "story"'),
    ('each = "story"', 'each = "story"\nunit = 2', 19, "unit", "does not go with count"),
    ('each = "story"\n', '', 15, "", "counts everything"),
    ('each = "story"', 'each = "story"\nwithin = "4 hours"', 19, "within", '"48h"'),
    ('"hard"', '"hart"', 27, "where.tone", 'Did you mean "hard"'),
    ('{ at_least = 2 }', '{ atleast = 2 }', 27, "where.age_hours.atleast", '"at_least"'),
    ('{ at_least = 2 }', '{ at_least = "2" }', 27, "where.age_hours.at_least", "a number"),
    ('{ at_least = 2 }', '{ not = "a" }', 27, "where.age_hours.not", "goes with words only"),
    ('name = "mixed"', 'name = "bulletins"', 24, "name", "stands twice"),
    ('name = "mixed"', 'name = "vetoed"', 24, "name", "is taken"),
    ('name = "mixed"\n', '', 23, "", "missing required field `name`"),
    ('name = "mixed"', 'name = "mixed"\npriority = 1', 15, "", "number all or none"),
    (BELOW, BELOW + 'when = { weekdays = ["sundey"] }\n', 26, "when.weekdays.0", "sundey"),
    (BELOW, BELOW + 'when = { mode = "mournin" }\n', 26, "when.mode", '"mourning"'),
    (BELOW, BELOW + 'when = {}\n', 26, "when", "is empty"),
    ('at_most = 1\neach = "story"', 'by = "clicks_3h"', 17, "by", 'Did you mean "clicks_'),
    ('at_least = 2\n', 'by = "importance"\n', 27, "where", "does not go with by"),
    ('minimum = 3', 'minimum = 7', 5, "edition.minimum", "at most places"),
    ('places = 6', 'places = 6\nzone = "Asia/Tokio"', 5, "edition.zone", '"Asia/Tokyo"'),
    ('at = "08:00"', 'at = "8:00"', 6, "edition.at", "a time such as 08:00"),
    ('owner = "news desk"\n', '', 9, "", "names no owner"),
    ('reason.en = "Told once"\nreason.ja', 'reason.de', 19, "reason.de", "no such setting"),
    ('places = 6', 'places = 6 6', 4, "", "not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "slip", "line", "key", "told"), SLIPS)
def test_a_slip_is_answered_with_line_key_and_nearest_word(
    right: str, slip: str, line: int, key: str, told: str
) -> None:
    read_rules(GOOD, "digest.toml")
    assert right in GOOD
    with pytest.raises(RuleError) as caught:
        read_rules(GOOD.replace(right, slip, 1), "digest.toml")
    error = caught.value
    assert (error.line, error.key) == (line, key), str(error)
    assert str(error).startswith(f"digest.toml, line {line}: ")
    assert told in str(error)
    assert f'key "{key}"' in str(error) or not key


def test_an_error_names_the_rule() -> None:
    with pytest.raises(RuleError, match='rule "mixed": key "each"'):
        read_rules(GOOD.replace("at_least = 2\n", 'at_least = 2\neach = "word"\n'), "digest.toml")


def leaves(told: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path of a TOML document, as tomllib reads it."""
    below = (
        list(told.items())
        if isinstance(told, dict)
        else list(enumerate(told))
        if isinstance(told, list)
        else []
    )
    return [path, *(leaf for key, value in below for leaf in leaves(value, (*path, key)))]


@given(rule_files())
def test_every_key_of_a_file_has_the_line_it_stands_on(text: str) -> None:
    found, written = lines(text), text.split("\n")
    for path in leaves(tomllib.loads(text))[1:]:
        line = written[found[path] - 1]
        named = [key for key in path if isinstance(key, str)][-1]
        assert named in line


TRICKY = """\
a.b = 1
"quoted # key" = [ # a comment with ] in it
  "x ] y", 'z # z',
  { c = 1, d = [1,
    2] },
]
text = '''
[not.a.table]
'''

[x.y]
z = 2026-11-22T08:00:00Z
[[x.many]]
[[x.many]]
w = 1 # [[rule]]
[x.many.inner]
v = "\\" ]"
"""


def test_lines_are_found_through_strings_comments_and_nested_tables() -> None:
    found = lines(TRICKY)
    assert found[("a", "b")] == 1
    assert found[("quoted # key", 1)] == 3
    assert found[("quoted # key", 2, "d", 1)] == 5
    assert found[("text",)] == 7
    assert found[("x", "y", "z")] == 12
    assert found[("x", "many", 0)] == 13
    assert found[("x", "many", 1, "w")] == 15
    assert found[("x", "many", 1, "inner", "v")] == 17
    assert set(found) >= set(leaves(tomllib.loads(TRICKY))[1:])


@pytest.mark.parametrize("name", EDITIONS)
def test_shipped_rules_can_be_read_and_say_their_reason_in_both_languages(name: str) -> None:
    rules = default_rules(name)
    assert rules.edition.name == name
    assert default_text(name).count("\n") < 100
    for rule in (*rules.keep_out, *rules.rules):
        assert rule.owner
        assert rule.review
        assert rule.reason.ja
        assert rule.reason.en
        assert rule.reason.ja != rule.reason.en


def test_rules_come_highest_priority_first() -> None:
    rules = [
        {"name": name, "reason": REASON, "apart": "section", "priority": priority}
        for name, priority in (("low", 3), ("high", 1), ("middle", 2))
    ]
    read = read_rules(written(EDITION, rule=rules), "rules.toml")
    assert [rule.name for rule in read.rules] == ["high", "middle", "low"]
    rules[0]["priority"] = 2
    with pytest.raises(RuleError, match="stands twice"):
        read_rules(written(EDITION, rule=rules), "rules.toml")


def test_a_rules_own_owner_and_review_date_stand_before_the_editions() -> None:
    text = GOOD.replace('each = "story"', 'each = "story"\nowner = "Aoki"\nreview = 2027-01-01')
    first, second = read_rules(text, "rules.toml").rules
    assert (first.owner, str(first.review)) == ("Aoki", "2027-01-01")
    assert (second.owner, second.review) == ("news desk", None)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_limit_is_a_number(value: str) -> None:
    body = f"over = {{ age_hours = {value} }}\n"
    with pytest.raises(RuleError, match="expected a number"):
        read_rules(GOOD.replace('at_most = 1\neach = "story"\n', body), "rules.toml")


PIECES = st.one_of(
    st.text(max_size=5),
    st.sampled_from(['"', "'''", "[[rule]]\n", "{", "}", "]", "\n", "= 1\n", "when = 3\n"]),
    st.sampled_from(["a.b = 1\n", "1e999", "9" * 400, "nan", "2026-01-01T00:00:00", "[" * 2000]),
)


@given(text=rule_files(), piece=PIECES, data=st.data())
def test_whatever_stands_in_a_file_the_answer_is_rules_or_a_line(
    text: str, piece: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    damaged = text[:start] + piece + text[end:]
    line = 1
    try:
        read_rules(damaged, "rules.toml")
    except RuleError as error:
        line = error.line
    assert 1 <= line <= damaged.count("\n") + 1


@pytest.mark.parametrize("name", ["priority", "over", "at_least", "within", "unit", "when"])
@pytest.mark.parametrize(
    "value", ["9" * 400, "1e400", "-1", "true", '""', "[]", "{}", "2026-01-01", "{ a = [{}] }"]
)
def test_a_value_that_makes_no_sense_is_refused_where_it_stands(name: str, value: str) -> None:
    right = 'at_most = 1\neach = "story"'
    with pytest.raises(RuleError) as caught:
        read_rules(GOOD.replace(right, f"{right}\n{name} = {value}"), "digest.toml")
    assert caught.value.line in {15, 19}


@pytest.mark.parametrize("text", ["", "# nothing yet\n", f"{GOOD}\nx = {'9' * 5000}\n"])
def test_an_empty_file_and_an_endless_number_are_slips_like_others(text: str) -> None:
    with pytest.raises(RuleError, match=r"rules\.toml, line"):
        read_rules(text, "rules.toml")


@pytest.mark.parametrize(
    "body",
    [
        "over = { age_hours = 1e308 }",
        "avoid = { title_length = { at_least = 1e9 } }",
        "avoid = { hours_left = { at_most = -1e9 } }",
        "avoid = { told_ago = { at_most = 1e9 } }",
        'avoid = { section = "sport" }\nexpires = 9999-12-31',
        'avoid = { section = "sport" }\nwhen = { dates = [0001-01-01] }',
    ],
)
def test_a_number_or_date_beyond_all_news_is_refused(body: str) -> None:
    with pytest.raises(RuleError, match=r"expected a (number|date) of"):
        read_rules(GOOD.replace('at_most = 1\neach = "story"', body), "rules.toml")


def test_an_edition_has_some_time_to_go_out_in() -> None:
    with pytest.raises(RuleError, match="up to 12 hours later than at, 08:00"):
        read_rules(GOOD.replace('late_until = "08:40"', 'late_until = "08:00"'), "rules.toml")
    with pytest.raises(RuleError, match="up to 12 hours later than at, 08:00"):
        read_rules(GOOD.replace('late_until = "08:40"', 'late_until = "07:59"'), "rules.toml")


def test_a_file_has_as_many_rules_as_a_checker_can_answer_for() -> None:
    more = "".join(
        f'\n[[rule]]\nname = "more-{number}"\napart = "section"\nreason = {{ en = "x" }}\n'
        for number in range(101)
    )
    with pytest.raises(RuleError, match="expected at most 100 rules"):
        read_rules(GOOD + more, "rules.toml")
