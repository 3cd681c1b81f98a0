"""In which language, and in which words? All texts of the pages stand in `words/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.requests import HTTPConnection

LANGUAGES = ("ja", "en")
LANGUAGE_COOKIE = "pittari_language"
FILES = ("", "desk.", "tags.", "chat.")
"""What comes before `ja.toml` in the names of the files of texts."""
_MINOR_UNITS = {"JPY": 0, "KRW": 0, "TWD": 0}
"""Digits of a currency's price that stand behind the point; 2 where nothing is said."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language by key, such as `card.buy`, and its way to write numbers."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Returns a text with its `{names}` filled in. Raises `KeyError` for an unknown key."""
        return self.texts[key].format(**values)

    def said(self, key: str, otherwise: str) -> str:
        """Returns a text, or `otherwise` where there is none under this key."""
        return self.texts.get(key, otherwise)

    def pick(self, texts: Mapping[str, str], otherwise: str = "") -> str:
        """Returns what a thing is called in this language, else in English, else in any."""
        for language in (self.language, "en", *texts):
            if texts.get(language):
                return texts[language]
        return otherwise

    def money(self, price: int, currency: str) -> str:
        """Returns a price in the smallest unit as people write it: 370円, ¥370, USD 1.99."""
        if not price:
            return self("card.free")
        if currency == "JPY":
            return f"{price:,}円" if self.language == "ja" else f"¥{price:,}"
        digits = _MINOR_UNITS.get(currency, 2)
        return f"{currency} {price / 10**digits:,.{digits}f}"

    def counted(self, key: str, count: int) -> str:
        """Returns a text about `count` things, with its own words for one where it has them."""
        if count == 1 and f"{key}_one" in self.texts:
            return self(f"{key}_one")
        return self(key, count=f"{count:,}")


@cache
def words(language: str) -> Words:
    """Returns the texts of a language of `LANGUAGES`."""
    folder = files("pittari.web") / "words"
    read = [tomllib.loads((folder / f"{of}{language}.toml").read_text("utf-8")) for of in FILES]
    tables = [table for file in read for table in file.items()]
    flat = {f"{table}.{key}": text for table, row in tables for key, text in row.items()}
    return Words(language, flat)


def language_of(request: HTTPConnection) -> str:
    """Returns the language a visitor chose, else the best of the browser's, else English."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    wanted = []
    for part in request.headers.get("accept-language", "").split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((float(quality or 1), name[:2].lower()))
        except ValueError:
            continue
    ranked = sorted(wanted, key=lambda want: -want[0])
    return next((name for worth, name in ranked if name in LANGUAGES and worth > 0), "en")
