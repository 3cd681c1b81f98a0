"""Makes a catalogue to measure tags on: emoji and their keywords in Japanese and English.

    npm pack cldr-annotations-full && tar xzf cldr-annotations-full-*.tgz
    python benchmarks/emoji_catalogue.py package EMOJI [SEED]
    pittari bench tags --data EMOJI

An emoji stands for a sticker, its keywords for what creators attach. A fifth of all keywords is
taken off every emoji and becomes what people type: nobody attached such a word, and the emoji that
had it are the right answers. Of the others each emoji keeps at most nine, both languages in turn.
The annotations are Unicode's (Unicode License v3); nothing of them is in this repository.
"""

from __future__ import annotations

import json
import random
import sys
from itertools import zip_longest
from pathlib import Path

MOST = 9
CREATORS = 100


def emoji(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Returns the keywords of each emoji by language."""
    found: dict[str, dict[str, list[str]]] = {}
    for language in ("ja", "en"):
        text = (folder / "annotations" / language / "annotations.json").read_text("utf-8")
        for sign, told in json.loads(text)["annotations"]["annotations"].items():
            if ord(sign[0]) >= 0x1F000 or 0x2600 <= ord(sign[0]) < 0x27C0:
                found.setdefault(sign, {})[language] = told.get("default", [])
    return {sign: words for sign, words in found.items() if len(words) == 2}


def made(folder: Path, target: Path, seed: int = 7) -> None:
    """Writes items.jsonl and queries.jsonl."""
    dice = random.Random(seed)
    every = emoji(folder)
    words = sorted({word for told in every.values() for some in told.values() for word in some})
    hidden = set(dice.sample(words, len(words) // 5))
    items, right = [], {}
    for sign, told in sorted(every.items()):
        name = "-".join(f"{ord(letter):x}" for letter in sign)
        for some in told.values():
            dice.shuffle(some)
        mixed = [word for pair in zip_longest(*told.values()) for word in pair if word]
        for word in mixed:
            if word in hidden:
                right.setdefault(word, []).append(name)
        tags = [word for word in mixed if word not in hidden][:MOST]
        creator = f"creator-{dice.randrange(CREATORS):03}"
        items.append({"id": name, "kind": "sticker", "creator": creator, "tags": tags})
    target.mkdir(parents=True, exist_ok=True)
    queries = [{"word": word, "items": names} for word, names in sorted(right.items())]
    for name, rows in (("items", items), ("queries", queries)):
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (target / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    print(f"{target}: {len(items)} emoji, {len(words)} keywords, {len(queries)} of them typed")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    made(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
