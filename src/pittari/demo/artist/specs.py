"""What is a sticker before it is drawn? The words, the colours and the character, no ink yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one package, as ``#rrggbb``.

    ``body`` is the large surface, ``second`` what lies on it, ``accent`` clothes and props,
    ``line`` the outline, ``text`` the lettering, ``backdrop`` the pale shape behind a figure.
    """

    body: str
    second: str
    accent: str
    line: str
    text: str
    backdrop: str


@dataclass(frozen=True, slots=True)
class Hand:
    """How one package is drawn: what stays the same over its stickers.

    ``weight`` is the width of the outline in viewBox units, ``eyes`` the look of an open eye,
    ``lettering`` the style of the phrase, ``wear`` the accessory, ``air`` what flies about instead
    of sparkles; the last two are empty for none.
    """

    weight: float
    eyes: str
    lettering: str
    wear: str
    air: str


@dataclass(frozen=True, slots=True)
class StickerSpec:
    """All that a drawing of one sticker depends on.

    ``act`` names a row of ``data/acts.toml`` (face, pose, props), ``layout`` the place of the
    phrase, ``variant`` moves small things about. ``tags`` are 1 to 9 words, Japanese and English.
    """

    id: str
    package: str
    character: str
    mood: str
    act: str
    phrase_ja: str
    phrase_en: str
    language: str
    palette: Palette
    hand: Hand
    layout: str
    variant: int
    tags: tuple[str, ...]

    @property
    def phrase(self) -> str:
        """The phrase in the language of the package; ``|`` marks where a line may end."""
        return self.phrase_ja if self.language == "ja" else self.phrase_en


@dataclass(frozen=True, slots=True)
class PackageSpec:
    """Sixteen stickers of one character, sold as one; ``price`` in yen."""

    id: str
    title_ja: str
    title_en: str
    creator: str
    character: str
    mood_style: str
    price: int
    stickers: tuple[StickerSpec, ...]
    theme: str
    language: str
    description_ja: str
    description_en: str
