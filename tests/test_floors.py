"""Imports go down the house's floors, never up and never sideways among parts."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1] / "src" / "pittari"
FLOORS = {
    1: {"errors", "clock"},
    2: {"model", "text", "settings"},
    3: {"pipeline", "store"},
    4: {
        "sources", "eligibility", "scoring", "composition", "editions", "delivery", "device",
        "learning", "importing",
    },
    5: {"kpi", "experiments", "testing"},
    6: {"touchpoints"},
    7: {"engine"},
    8: {"web", "cli", "demo"},
}  # fmt: skip
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
ORDER = ["errors", "clock", "model", "text", "settings"]
"""On the two lowest floors, a room may also use those before it."""
APART = {3, 4}
"""On these floors, rooms do not know each other."""


def modules() -> Iterator[tuple[Path, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT)
        room = inside.parts[0].removesuffix(".py")
        if room not in {"__init__", "__main__"}:
            yield path, room


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def wrong(room: str, other: str) -> str:
    """Says what is wrong with `room` importing `other`, or nothing."""
    if room == other:
        return ""
    here, there = FLOOR[room], FLOOR[other]
    if there > here:
        return "upward"
    if there == here and here in APART:
        return "sideways"
    if there == here <= 2 and ORDER.index(other) > ORDER.index(room):
        return "sideways"
    return ""


def test_every_room_has_a_floor() -> None:
    rooms = {room for _, room in modules()}
    assert rooms <= set(FLOOR), f"say in docs/house.md where they stand: {rooms - set(FLOOR)}"


def test_imports_go_down_and_never_sideways() -> None:
    arrows = []
    for path, room in modules():
        for name in set(imports(path)):
            parts = name.split(".")
            if parts[0] == "pittari" and len(parts) > 1 and parts[1] in FLOOR:
                how = wrong(room, parts[1])
                if how:
                    arrows.append(f"{path.relative_to(ROOT)} -> {parts[1]} ({how})")
    assert not arrows, "\n".join(sorted(arrows))


def test_the_check_itself_sees_a_wrong_arrow() -> None:
    assert wrong("sources", "scoring") == "sideways"
    assert wrong("model", "engine") == "upward"
    assert wrong("store", "pipeline") == "sideways"
    assert wrong("web", "engine") == ""


def test_every_module_says_why_its_room_exists() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.rglob("*.py"))
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_modules_stay_near_300_lines_and_functions_near_40() -> None:
    long = []
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text("utf-8")
        if text.count("\n") > 330:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > 55:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines}")
    assert not long, "\n".join(long)
