"""Runs every benchmark that docs/benchmarks.md reports and prints one JSON line for each."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

OWN = {
    "serve": ["serve"],
    "ingest": ["ingest"],
    "importing": ["importing"],
    "cold": ["cold"],
    "compose": ["compose"],
}
ON_DATA = {
    "gowalla": ["taste", "--data", "{data}/gowalla"],
    "citeulike": ["taste", "--data", "{data}/citeulike_lightgcnpp"],
    "newcomers": ["taste", "--newcomers", "--data", "{data}/gowalla"],
}


def main() -> int:
    """Returns the number of benchmarks that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with gowalla/ and citeulike_lightgcnpp/")
    told = parser.parse_args()
    runs = dict(OWN)
    if told.data:
        runs |= {n: [word.format(data=told.data) for word in w] for n, w in ON_DATA.items()}
    failed = 0
    for name, words in runs.items():
        print(f"# pittari bench {' '.join(words)} --json   ({name})", flush=True)
        failed += subprocess.run(
            [sys.executable, "-m", "pittari", "bench", *words, "--json"], check=False
        ).returncode != 0  # fmt: skip
    return failed


if __name__ == "__main__":
    sys.exit(main())
