"""What is not in the docs does not exist: settings, commands, routes, kinds of row, parts."""

import importlib
import itertools
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pittari.cli import COMMANDS
from pittari.editions.rules import (
    ATTRIBUTES,
    BUILT_IN,
    GROUPS,
    OBJECTIVES,
    Compare,
    Edition,
    KeepOut,
    Places,
    Rule,
    When,
    read_rules,
)
from pittari.editions.rules import KINDS as RULES
from pittari.model.event import KINDS
from pittari.settings import Settings, Shelves, fields
from pittari.touchpoints.shelf import SOURCES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize("kind", [Settings, Shelves])
def test_every_setting_has_its_sentence_in_the_docs(kind: type) -> None:
    text = page("settings.md")
    for key, sentence, _ in fields(kind):
        assert f"`{key}`" in text
        assert len(sentence) > 5, f"{key} needs a sentence"
        assert sentence in text


@pytest.mark.parametrize("kind", [Edition, Places, KeepOut, Rule, When, Compare])
def test_every_key_of_a_rule_file_has_its_sentence_in_the_docs(kind: type) -> None:
    text = page("rules.md")
    for key, sentence, _ in fields(kind, deep=False):
        assert f"| `{key}` | {sentence} |" in text


def test_every_word_of_the_rule_language_stands_in_the_docs() -> None:
    text = page("rules.md")
    for name in [*ATTRIBUTES, *OBJECTIVES, *GROUPS, *BUILT_IN, *itertools.chain(*RULES.values())]:
        assert f"`{name}`" in text, name


def test_every_example_of_a_rule_can_be_read() -> None:
    first, *others = re.findall(r"```toml\n(.*?)```", page("rules.md"), re.DOTALL)
    read_rules(first, "rules.md")
    edition = first.partition("[[")[0]
    kinds = {rule.kind for text in others for rule in read_rules(edition + text, "rules.md").rules}
    assert kinds == set(RULES)
    for name, one in ATTRIBUTES.items():
        assert one.example.startswith(f"{name} = ")
        where = f'[[keep_out]]\nname = "x"\nreason.en = "x"\nwhere = {{ {one.example} }}\n'
        read_rules(edition + where, "rules.md")


def test_the_settings_page_is_what_the_code_says() -> None:
    run = subprocess.run([sys.executable, str(DOCS / "write.py"), "--check"], check=False)
    assert run.returncode == 0, "run `make docs`"


def commands(command: click.Command, name: str) -> list[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        below = {n: command.get_command(context, n) for n in command.list_commands(context)}
        return [name] + [x for n, c in below.items() if c for x in commands(c, f"{name} {n}")]
    return [name]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_stands_in_the_docs(name: str) -> None:
    text = page("commands.md")
    module = importlib.import_module(f"pittari.cli.{COMMANDS[name]}")
    for spoken in commands(module.command, f"pittari {name}"):
        assert spoken in text


def test_every_route_stands_in_the_docs() -> None:
    from pittari.web.app import PATHS

    text = page("http.md")
    for path in PATHS:
        assert f"`{path}`" in text or f" {path}`" in text, path


def test_every_kind_of_row_and_every_part_stands_in_the_docs() -> None:
    text = page("house.md")
    for name in [*KINDS, *SOURCES]:
        assert f"`{name}`" in text, name
    for room in ("eligibility", "scoring", "composition"):
        for path in (ROOT / "src" / "pittari" / room).glob("*.py"):
            for cls in re.findall(r"^class ([A-Z]\w+)", path.read_text("utf-8"), re.MULTILINE):
                named = re.search(
                    rf"class {cls}\b.*?^    name = \"(\w+)\"",
                    path.read_text("utf-8"),
                    re.MULTILINE | re.DOTALL,
                )
                assert f"`{cls}`" in text or (named and f"`{named[1]}`" in text), cls


def test_no_text_of_the_project_names_a_registry_or_another_machines_path() -> None:
    wrong = []
    for path in ROOT.rglob("*"):
        inside = path.relative_to(ROOT)
        if path.is_file() and not {".git", ".venv", "node_modules"} & set(inside.parts):
            text = path.read_bytes()
            for word in (
                b"files.pythonhosted",
                b"registry.npmjs",
                b"://pypi.org",
                b"/home/",
                b"/Users/",
            ):
                if word in text and inside.name not in {"test_docs.py"} and inside.suffix != ".pyc":
                    wrong.append(f"{inside}: {word.decode()}")
    assert not wrong
