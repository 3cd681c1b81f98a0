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
    "tags": ["tags"],
    "compose": ["compose"],
}
ON_DATA = {
    "gowalla": ["taste", "--data", "{data}/gowalla"],
    "citeulike": ["taste", "--data", "{data}/citeulike_lightgcnpp"],
    "newcomers": ["taste", "--newcomers", "--data", "{data}/gowalla"],
    "stream": ["suggest", "--stream", "{data}/chat_stream"],
}
SHADOW = {
    "rules": ["digest", "shadow", "--data", "{data}/news_frontpage"],
    "learned": ["digest", "shadow", "--learned", "--data", "{data}/news_frontpage"],
}


def main() -> int:
    """Returns the number of benchmarks that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        help="folder with gowalla/, citeulike_lightgcnpp/, chat_stream/, news_frontpage/",
    )
    told = parser.parse_args()
    runs = {name: ["bench", *words] for name, words in OWN.items()}
    if told.data:
        more = {name: ["bench", *words] for name, words in ON_DATA.items()} | SHADOW
        runs |= {n: [word.format(data=told.data) for word in w] for n, w in more.items()}
    failed = 0
    for name, words in runs.items():
        print(f"# pittari {' '.join(words)} --json   ({name})", flush=True)
        failed += subprocess.run(
            [sys.executable, "-m", "pittari", *words, "--json"], check=False
        ).returncode != 0  # fmt: skip
    return failed


if __name__ == "__main__":
    sys.exit(main())
