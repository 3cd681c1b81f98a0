"""What will the shop sell? Characters, themes and phrases combined into packages."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from .acts import acts, table
from .cast import CAST
from .lettering import em_width
from .props import PROPS
from .specs import Hand, PackageSpec, Palette, StickerSpec

PER_PACKAGE = 16
MOST_TAGS = 9
_CORE = ("hello", "thanks", "ok", "sorry", "good_night", "happy")
_EYES = {
    "cheerful": ("shiny", "bean"), "sweet": ("lash", "shiny"), "calm": ("bean", "dot"),
    "deadpan": ("half",), "polite": ("dot", "shiny"), "energetic": ("shiny", "dot"),
}  # fmt: skip
_LETTERING = {
    "cheerful": ("solid", "pop"), "sweet": ("cream", "solid"), "calm": ("solid", "cream"),
    "deadpan": ("solid",), "polite": ("bubble", "solid"), "energetic": ("pop", "solid"),
}  # fmt: skip


def packages(seed: int = 0, count: int = 40) -> list[PackageSpec]:
    """``count`` packages of 16 stickers, the same for the same ``seed``.

    Characters take turns, so that every one has appeared before any appears again; titles never
    repeat. Raises ValueError for a negative count.
    """
    if count < 0:
        raise ValueError(f"count: expected 0 or more packages, got {count}. Ask for 1 or more.")
    order = list(CAST)
    _draws(f"cast {seed}").shuffle(order)
    return [_package(seed, order, number) for number in range(count)]


def _draws(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - a plan keeps no secret


def _package(seed: int, order: list[str], number: int) -> PackageSpec:
    key = f"pkg-{number + 1:03d}"
    random = _draws(f"{seed} {key}")
    turn, place = divmod(number, len(order))
    themes: dict[str, Any] = table("themes")["themes"]
    # Steps of 5 through 16 themes: a character meets all of them before one returns.
    name = list(themes)[(place * 3 + turn * 5) % len(themes)]
    theme, role = themes[name], table("cast")[order[place]]
    title = _titles(theme, role["names"][turn % len(role["names"])], turn // len(themes))
    language = "en" if (place + turn * 2) % 5 in (1, 3) else "ja"
    palette = Palette(*role["palettes"][turn % len(role["palettes"])])
    hand = _hand(name, theme, random)
    return PackageSpec(
        id=key, title_ja=title[0], title_en=title[1],
        creator=random.choice(table("themes")["creators"]), character=order[place],
        mood_style=theme["style"], price=random.choice(table("themes")["prices"]),
        stickers=_stickers(_Series(key, order[place], language, palette, hand), theme, random),
        theme=name, language=language, description_ja=theme["about_ja"],
        description_en=theme["about_en"],
    )  # fmt: skip


def _titles(theme: dict[str, Any], name: tuple[str, str], volume: int) -> tuple[str, str]:
    more = (f" {volume + 1}", f", Vol. {volume + 1}") if volume else ("", "")
    ja, en = name
    return theme["title_ja"].format(ja=ja) + more[0], theme["title_en"].format(en=en) + more[1]


def _hand(name: str, theme: dict[str, Any], random: Random) -> Hand:
    style = theme["style"]
    lettering = "bubble" if name == "bubbles" else random.choice(_LETTERING[style])
    return Hand(
        weight=random.choice((4.0, 4.6, 5.2, 6.2)), eyes=random.choice(_EYES[style]),
        lettering=lettering, wear=random.choice(theme["wear"]), air=theme.get("air", ""),
    )  # fmt: skip


def _moods(theme: dict[str, Any], random: Random) -> list[str]:
    chosen = list(dict.fromkeys((*_CORE, *theme["first"])))
    rest = [mood for mood in table("phrases") if mood not in chosen]
    chosen += random.sample(rest, PER_PACKAGE - len(chosen))
    random.shuffle(chosen)
    return chosen


def _phrase(mood: str, style: str, random: Random) -> dict[str, Any]:
    phrases = table("phrases")[mood]["phrases"]
    polite = [p for p in phrases if p.get("tone") == "polite"]
    plain = [p for p in phrases if p.get("tone") != "polite"]
    chosen: dict[str, Any] = random.choice(polite if style == "polite" and polite else plain)
    return chosen


@dataclass(frozen=True, slots=True)
class _Series:
    """What all stickers of a package share."""

    package: str
    character: str
    language: str
    palette: Palette
    hand: Hand


def _stickers(series: _Series, theme: dict[str, Any], random: Random) -> tuple[StickerSpec, ...]:
    made = []
    played: set[str] = set()
    for number, mood in enumerate(_moods(theme, random)):
        row = _phrase(mood, theme["style"], random)
        act = random.choice([act for act in row["acts"] if act not in played] or row["acts"])
        played.add(act)
        made.append(
            StickerSpec(
                id=f"{series.package}-{number + 1:02d}", package=series.package,
                character=series.character, mood=mood, act=act, phrase_ja=row["ja"],
                phrase_en=row["en"], language=series.language, palette=series.palette,
                hand=series.hand, tags=_tags(mood, row, series.character),
                layout=_layout(row[series.language], series.language, act, random),
                variant=random.randrange(1_000_000),
            )
        )  # fmt: skip
    return tuple(made)


def _layout(phrase: str, language: str, act: str, random: Random) -> str:
    """Where the phrase goes: beside the figure only if it is short and nothing there is wide."""
    places = {PROPS[p][0] for p in acts()[act].props}
    choices = ["bottom", "bottom", "top", "tilt"]
    short = em_width(phrase) <= 6 and not {"|", "O"} & set(phrase)
    if language == "ja" and short and places <= {"both", "hand"}:
        # What the right hand holds needs the room on the right.
        choices += ["left", "left"] if "hand" in places else ["left", "right"]
    return random.choice(choices)


def _tags(mood: str, row: dict[str, Any], character: str) -> tuple[str, ...]:
    words = (*table("phrases")[mood]["tags"], *row["tags"], *table("cast")[character]["tags"])
    return tuple(dict.fromkeys(words))[:MOST_TAGS]
