"""The device module as others get it: typed, packed, and nothing in it but what is meant."""

from __future__ import annotations

import json
import subprocess
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
MODULE = ROOT / "src" / "pittari" / "web" / "static" / "device"
STRICT = {"strict": True, "target": "es2022", "module": "nodenext", "types": [], "noEmit": True}
USES = """
import { BundleError, Person, Stock, arrived, matches, ranked, type Sticker } from "pittari-device";

export async function row(data: ArrayBuffer, key: string, typed: string): Promise<Sticker[]> {
  const bundle = await arrived(data, [key], "ja", null);
  const now = { at: Date.now() * 1000 };
  return ranked(new Stock(bundle), matches(bundle, typed), new Person(), now);
}

// @ts-expect-error: a key is no number
export const wrong = arrived(new ArrayBuffer(0), [7], "ja", null);
export const reason = (error: BundleError): "key" | "older" | undefined =>
  error.reason === "key" || error.reason === "older" ? error.reason : undefined;
"""
RUNS = """
import { folded, matches } from "pittari-device";
console.log(folded("ｵﾊﾖｰ") + typeof matches);
"""


def run(command: list[str | Path], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def checked(node_modules: Path, folder: Path, options: dict[str, Any], files: list[str]) -> None:
    """Runs the type checker of TypeScript over some files."""
    config = {"compilerOptions": STRICT | options, "include": files}
    (folder / "tsconfig.json").write_text(json.dumps(config), "utf-8")
    run([node_modules / ".bin" / "tsc", "-p", folder], folder)


def test_the_modules_keep_to_their_types(node_modules: Path, tmp_path: Path) -> None:
    options = {"allowJs": True, "checkJs": True, "lib": ["es2022", "dom"]}
    checked(node_modules, tmp_path, options, [f"{MODULE}/**/*.js"])


@pytest.fixture(scope="module")
def installed(node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which somebody has installed the packed module."""
    folder = tmp_path_factory.mktemp("packed")
    packed = run(["npm", "pack", MODULE, "--json", "--pack-destination", folder], folder)
    with tarfile.open(folder / json.loads(packed)[0]["filename"]) as archive:
        archive.extractall(folder, filter="data")
    (folder / "node_modules").mkdir()
    (folder / "package").rename(folder / "node_modules" / "pittari-device")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    return folder


def test_the_package_holds_what_is_meant_and_no_more(installed: Path) -> None:
    package = installed / "node_modules" / "pittari-device"
    held = {str(file.relative_to(package)) for file in package.rglob("*") if file.is_file()}
    modules = {str(file.relative_to(MODULE)) for file in MODULE.rglob("*.js")}
    assert held == modules | {"package.json", "README.md", "README.ja.md", "LICENSE"}
    assert (package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    told = json.loads((package / "package.json").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (told["version"], told["license"]) == (project["version"], project["license"])
    assert not told.keys() & {"dependencies", "peerDependencies", "scripts"}


def test_node_can_import_the_package(installed: Path) -> None:
    (installed / "runs.js").write_text(RUNS, "utf-8")
    assert run(["node", "runs.js"], installed) == "おはよーfunction\n"


def test_typescript_takes_the_types_from_the_package(node_modules: Path, installed: Path) -> None:
    (installed / "uses.ts").write_text(USES, "utf-8")
    options = {"allowJs": True, "maxNodeModuleJsDepth": 9, "lib": ["es2022", "dom"]}
    checked(node_modules, installed, options, ["uses.ts"])
