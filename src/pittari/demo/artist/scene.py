"""How does it all come together? One sticker, or the cover of a package, as SVG text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from .acts import Act, acts, cast_names
from .anatomy import Character, draw_arms, draw_feet, spreads
from .backdrop import draw_backdrop
from .cast import CAST
from .effects import Air, Box, draw_effects
from .faces import draw_face
from .ink import Ink, mix
from .lettering import MARGIN, SIZE, Lettering, bubble, draw_phrase, set_phrase
from .props import PROPS, desk_height, draw_prop, overhang
from .shapes import Point, num
from .specs import Hand, PackageSpec, Palette, StickerSpec
from .wear import HATS, draw_wear


def draw_figure(who: Character, act: Act, palette: Palette, hand: Hand) -> str:
    """A character acting, in its own frame, with its white rim."""
    ink = Ink(palette.line, hand.weight)
    arm = {"body": palette.body, "second": palette.second}[who.arm_colour]
    under = [p for p in act.props if PROPS[p][0] == "under"]
    for name in under:
        draw_prop(ink, name, who, act.pose, palette)
    who.behind(ink, palette)
    draw_arms(ink, who, act.pose, arm, in_front=False)
    foot = {"body": palette.body, "second": palette.second, "accent": palette.accent}
    draw_feet(ink, who, foot[who.foot_colour], apart=act.stride)
    who.front(ink, palette)
    face = draw_face(
        who.face, eyes=act.eyes, mouth=act.mouth, brows=act.brows, cheeks=act.cheeks,
        open_eye=hand.eyes, ink=palette.line,
    )  # fmt: skip
    ink.add(face)
    who.over(ink, palette)
    draw_wear(ink, act.wear or hand.wear, who, palette)
    for name in act.props:
        if name not in under:
            draw_prop(ink, name, who, act.pose, palette)
    draw_arms(ink, who, act.pose, arm, in_front=True)
    return ink.render()


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the phrase is centred, and the box that is left for the figure."""

    centre: Point
    box: Box
    arch: float
    turn: float


def stage(setting: Lettering, layout: str, *, in_bubble: bool) -> Stage:
    """Divide the picture between phrase and figure."""
    edge = MARGIN + (10 if in_bubble else 4)
    deep = setting.depth
    taken = edge + deep + (20 if in_bubble else -4)
    wide = len(setting.lines) == 1 and not in_bubble
    if layout == "top":
        arch = 12.0 if wide else 0.0
        return Stage((SIZE / 2, edge + deep / 2 + arch * 0.4), (0, taken, SIZE, SIZE - 6), arch, 0)
    if layout == "bottom":
        return Stage((SIZE / 2, SIZE - edge - deep / 2), (0, 6, SIZE, SIZE - taken), 0, 0)
    if layout == "tilt":
        turn = -4.0 if setting.length < 262 else -2.0
        return Stage(
            (SIZE / 2, SIZE - edge - 5 - deep / 2), (0, 6, SIZE, SIZE - taken - 3), 0, turn
        )
    middle = min(SIZE / 2, MARGIN + 6 + setting.length / 2)
    gap = deep + 2
    if layout == "right":
        return Stage((SIZE - edge - deep / 2, middle), (0, 10, SIZE - gap, SIZE - 10), 0, 0)
    return Stage((edge + deep / 2, middle), (gap, 10, SIZE, SIZE - 10), 0, 0)


def _move(who: Character, act: Act, wear: str, box: Box) -> tuple[str, float, float]:
    """The transform that stands the figure in its box, its middle and its half width there."""
    left, top, right, bottom = box
    high, low, half = who.extent
    left_reach = max(half, who.shoulder[0] + 42) if spreads(act.pose) else half
    right_reach = left_reach + overhang(act.props)
    if wear in HATS:
        high = min(high, who.crown[0] - 54)
    if "desk" in act.props:
        low = desk_height(who) + 46
    scale = min(
        (bottom - top - 18) / (low - high), (right - left - 22) / (left_reach + right_reach), 1.34
    )  # fmt: skip
    if act.backdrop:
        scale *= 0.87
    x = (left + right - (right_reach - left_reach) * scale) / 2
    spare = bottom - top - 18 - (low - high) * scale
    y = bottom - 9 - low * scale - act.lift - 0.4 * max(spare, 0)
    turn = f"rotate({num(act.tilt)})" if act.tilt else ""
    sx, sy = scale * act.squash, scale * (2 - act.squash)
    y += low * (scale - sy)
    stretch = f"{sx:.3f} {sy:.3f}" if sx != sy else f"{sx:.3f}"
    return f"translate({num(x)} {num(y)}){turn}scale({stretch})", x, half * scale


def draw(sticker: StickerSpec, *, size: int = 320) -> str:
    """One sticker as a self-contained SVG of ``size`` pixels, with a title in both languages.

    No script, no reference, no id: several drawings may stand in one page. Raises KeyError for a
    character or an act that does not exist.
    """
    who, palette, hand = CAST[sticker.character], sticker.palette, sticker.hand
    act = acts()[sticker.act]
    upright = sticker.layout in ("left", "right")
    in_bubble = hand.lettering == "bubble" and not upright
    setting = set_phrase(sticker.phrase, upright=upright, largest=46 if in_bubble else 56)
    spot = stage(setting, sticker.layout, in_bubble=in_bubble)
    place, x, half = _move(who, act, act.wear or hand.wear, spot.box)
    free = {"left": 1, "right": -1}.get(sticker.layout, 0)
    air = Air(spot.box, x, half, free=free, seed=sticker.variant)
    figure = f'<g transform="{place}">{draw_figure(who, act, palette, hand)}</g>'
    words = draw_phrase(
        setting, palette, style=hand.lettering, centre=spot.centre, arch=spot.arch, turn=spot.turn
    )
    if in_bubble:
        tail = 1 if sticker.layout == "top" else -1
        words = bubble(setting, palette, centre=spot.centre, tail=tail) + words
    scene = (
        draw_backdrop(act.backdrop, air, palette) + figure
        + draw_effects(_season(act, hand), air, palette) + words
    )  # fmt: skip
    return _svg(sticker, scene, size)


def _season(act: Act, hand: Hand) -> tuple[str, ...]:
    """The act's effects, with the package's own in place of sparkles."""
    return tuple(hand.air if name == "sparkles" and hand.air else name for name in act.effects)


def _titles(sticker: StickerSpec) -> str:
    name_ja, name_en = cast_names()[sticker.character]
    ja = f"{name_ja}「{sticker.phrase_ja.replace('|', '')}」"
    en = f"{name_en}: {sticker.phrase_en.replace('|', ' ')}"
    both = [f'<title lang="ja">{escape(ja)}</title>', f'<title lang="en">{escape(en)}</title>']
    return "".join(both if sticker.language == "ja" else reversed(both))


def _svg(sticker: StickerSpec, scene: str, size: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" width="{size}" '
        f'height="{size}" role="img">{_titles(sticker)}{_tight(scene)}</svg>'
    )


def _tight(scene: str) -> str:
    """The same drawing in fewer characters: a minus sign separates numbers well enough."""
    return re.sub(r' d="[^"]*"', lambda m: re.sub(r"(?<=[\d.]) -", "-", m[0]), scene)


def cover(package: PackageSpec) -> str:
    """The picture of a package: its character in a good mood on the package's colour."""
    lead = package.stickers[0]
    who, palette = CAST[lead.character], lead.palette
    act = acts()["cover"]
    box = (20.0, 26.0, 300.0, 296.0)
    place, x, half = _move(who, act, lead.hand.wear, box)
    air = Air((8.0, 12.0, 312.0, 300.0), x, half, free=0, seed=lead.variant)
    ground = (
        f'<rect x="6" y="6" width="308" height="308" rx="64" fill="{palette.backdrop}"/>'
        f'<path d="M6 236Q160 196 314 236V250a64 64 0 0 1-64 64H70a64 64 0 0 1-64-64z" '
        f'fill="{mix(palette.backdrop, palette.accent, 0.25)}"/>'
    )
    figure = f'<g transform="{place}">{draw_figure(who, act, palette, lead.hand)}</g>'
    ja = f'<title lang="ja">{escape(package.title_ja)}</title>'
    en = f'<title lang="en">{escape(package.title_en)}</title>'
    scene = _tight(ground + figure + draw_effects(_season(act, lead.hand), air, palette))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" width="320" height="320" '
        f'role="img">{ja + en if package.language == "ja" else en + ja}{scene}</svg>'
    )
