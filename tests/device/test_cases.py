"""The Python twin answers every conformance case, read from the file as any reader has to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.device.answers import CALLS, Twin

from pittari.testing import cases

FILE = Path(__file__).with_name("cases.json")
TOLD = json.loads(FILE.read_text("utf-8"))
TWIN = Twin(TOLD)
KINDS = sorted(CALLS.keys() - {"opens", "reads"})


@pytest.mark.parametrize("call", KINDS)
def test_every_case_is_answered_bit_for_bit(call: str) -> None:
    some = [case for case in TOLD["cases"] if case["call"] == call]
    assert some
    for case in some:
        assert TWIN.answer(case) == case["gives"], case


def test_there_are_cases_enough_and_all_are_of_a_known_kind() -> None:
    assert len(TOLD["cases"]) >= 2000
    assert {case["call"] for case in TOLD["cases"]} == set(KINDS)


def test_the_cases_are_made_again_byte_for_byte_from_their_seed(tmp_path: Path) -> None:
    cases.write(tmp_path / "cases.json")
    same = (tmp_path / "cases.json").read_bytes() == FILE.read_bytes()
    assert same, "run `python -m pittari.testing.cases tests/device/cases.json` and read the diff"
