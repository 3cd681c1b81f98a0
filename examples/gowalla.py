"""From a file of (user, item) pairs to a shelf over HTTP: import, learn, serve, ask.

    python examples/gowalla.py DATA [--folder gowalla-shop]

DATA is a folder with train.tsv.gz and test.tsv.gz (columns `user` and `item`, as in the public
Gowalla split). Every step is the command line that one would type; nothing is prepared.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from pathlib import Path

COLUMNS = """\
[columns]
user = "user"
item = "item"

[constants]
kind = "engagement"
action = "purchase"
at = "2026-01-01T00:00:00Z"
"""
SHELVES = """\
[[shelf]]
name = "for_you"
title = { en = "For you", ja = "あなたへのおすすめ" }
n = 20
explore = 0.0
spread = 0.0
engagement = 0.0
fatigue = 1.0
sources = { taste = 1.0 }
"""


def pittari(*words: str | Path) -> str:
    """Runs a command, shows it, and returns what it printed."""
    print("$ pittari", *words, flush=True)
    begun = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "pittari", *map(str, words)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    print(f"{run.stdout.rstrip()}\n  ({time.perf_counter() - begun:.1f} s)\n", flush=True)
    return run.stdout


def pairs(path: Path) -> dict[str, set[str]]:
    """Returns the items of each user in a file of pairs."""
    items = defaultdict(set)
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            items[row["user"]].add(row["item"])
    return items


def prepare(data: Path, folder: Path) -> None:
    """Makes a project and brings the pairs in."""
    pittari("init", folder)
    (folder / "touchpoints" / "shelf.toml").write_text(SHELVES, "utf-8")
    (folder / "columns.toml").write_text(COLUMNS, "utf-8")
    places = sorted(set().union(*pairs(data / "train.tsv.gz").values()), key=int)
    with (folder / "items.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "title.en"])
        rows.writerows([place, f"Place {place}"] for place in places)
    pittari("import", "items", folder / "items.csv", "--project", folder)
    pittari(
        "import", "events", data / "train.tsv.gz", "--map", folder / "columns.toml",
        "--project", folder,
    )  # fmt: skip
    pittari("learn", "--project", folder)


def ask(port: int, key: str, user: str) -> list[dict[str, object]]:
    """Returns the shelf of a user, over HTTP."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/decisions",
        data=json.dumps({"touchpoint": "shelf", "user": user, "n": 20}).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["slots"]


def serve(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Starts the server and waits until it is ready."""
    print("$ pittari serve --project", folder, "--port", port, flush=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "pittari", "serve", "--project", folder, "--port", str(port)]
    )
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1)
            return server
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise SystemExit("the server did not become ready within 30 seconds")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("gowalla-shop"))
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--users", type=int, default=500, help="people to ask for")
    told = parser.parse_args()
    if told.folder.exists():
        shutil.rmtree(told.folder)
    prepare(told.data, told.folder)
    key = pittari("keys", "create", "example", "--role", "client", "--project", told.folder).strip()
    truth = pairs(told.data / "test.tsv.gz")
    server = serve(told.folder, told.port)
    try:
        recall = 0.0
        step = max(1, len(truth) // told.users)
        for user in (users := sorted(truth, key=int)[::step]):
            shelf = ask(told.port, key, user)
            if user == users[0]:
                print(f"\nThe shelf of user {user}:")
                for slot in shelf[:5]:
                    print(f"  {slot['place']}. place {slot['item']}  score {slot['score']:.3f}")
            recall += len(truth[user] & {slot["item"] for slot in shelf}) / len(truth[user])
        print(f"\nRecall@20 over HTTP, {len(users)} users: {recall / len(users):.4f}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
