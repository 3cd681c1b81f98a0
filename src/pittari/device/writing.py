"""How do columns become a bundle? Sorted, checked, laid out as docs/bundle.md says, and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.device.contents import Contents, Items, Links, Numbers, PartContents, Tags
from pittari.device.format import (
    LOCALE,
    NAME_BYTES,
    PART,
    Array,
    Head,
    from_texts,
    written,
)
from pittari.device.settings import HOURS, QUIET, RANKER
from pittari.device.signing import Signer
from pittari.errors import Invalid
from pittari.text.folding import folded
from pittari.text.runs import skeleton
from pittari.text.sound import sound

OFFERS = 100
"""Items of a tag that may be offered to somebody who does not own them, at most."""

Sections = dict[str, Array]


def write_bundle(contents: Contents, signer: Signer) -> bytes:
    """Returns the file of a locale's bundle; equal contents give equal bytes.

    Raises `Invalid` when a column has not the length, the numbers or the order it must have.
    """
    order = _order(contents.keywords, "keyword")
    keywords = [contents.keywords[row] for row in order]
    wrong = next((word for word in keywords if not word or folded(word) != word), None)
    if wrong is not None or any("\U0010ffff" in word for word in keywords):
        raise Invalid(f'keywords have to be folded and not empty; got "{wrong}"')
    tag_order = _order(contents.tags.texts, "tag")
    sections: Sections = {"meta": _meta(contents), "language": _json(contents.language)}
    sections |= from_texts("kw", keywords, "keyword")
    sections |= _links("kw", _moved(contents.keyword_tags, order, tag_order))
    sections |= _spellings("snd", _sounds(contents, keywords, order))
    sections |= _spellings("run", _skeletons(contents, keywords))
    sections |= _tags(contents.tags, tag_order, len(contents.items.ids))
    sections |= _items(contents.items, len(contents.regions))
    sections |= {
        "clus": _centres(contents),
        "rank": _weights(contents.ranker, RANKER),
        "quiet": _weights(contents.quiet, QUIET),
        "decay": _decay(contents.settings.half_life),
    }
    head = Head(LOCALE, contents.locale, contents.version, contents.created)
    return written(head, sections, signer)


def write_part(part: PartContents, signer: Signer) -> bytes:
    """Returns the file of one package's stickers, named by the package, or by the first letters of
    the SHA-256 of its id where that is too long. Raises `Invalid` as `write_bundle` does."""
    name = part.package
    if len(name.encode()) > NAME_BYTES:
        name = hashlib.sha256(name.encode()).hexdigest()[:NAME_BYTES]
    sections = _tags(part.tags, _order(part.tags.texts, "tag"), len(part.items.ids))
    sections |= _items(part.items, 256)
    return written(Head(PART, name, part.version, part.created), sections, signer)


def _json(told: object) -> Array:
    return np.frombuffer(msgspec.json.encode(told, order="sorted"), np.uint8)


def _meta(contents: Contents) -> Array:
    told = {
        "locale": contents.locale,
        "made_from": dict(contents.made_from),
        "regions": [list(some) for some in contents.regions],
        "ranker": list(RANKER),
        "quiet": list(QUIET),
        "settings": contents.settings,
    }
    return _json(told)


def _order(texts: Sequence[str], what: str) -> list[int]:
    """Returns the rows of texts in order of their bytes. Raises `Invalid` for a double one."""
    order = sorted(range(len(texts)), key=texts.__getitem__)
    double = next((texts[a] for a, b in pairwise(order) if texts[a] == texts[b]), None)
    if double is not None:
        raise Invalid(f'the {what} "{double}" stands twice')
    return order


def _column(
    values: Numbers | None, length: int, what: str, default: int, kind: type[np.generic] = np.uint8
) -> Array:
    """Returns one number per row in its type. Raises `Invalid` when they do not fit."""
    if values is None:
        return np.full(length, default, kind)
    told = np.asarray(values)
    limits = np.iinfo(kind)  # type: ignore[type-var]
    if len(told) != length or (
        told.size and not limits.min <= told.min() <= told.max() <= limits.max
    ):
        raise Invalid(
            f"{what}: expected {length} numbers from {limits.min} to {limits.max}, got {len(told)}"
            + (f" from {told.min()} to {told.max()}" if told.size else "")
        )
    return told.astype(kind)


def _moved(links: Links, order: Sequence[int], to: Sequence[int]) -> Links:
    """Returns links with their rows in another order, and what they point to too."""
    counts = np.asarray(links.counts, np.int64)
    begins = np.cumsum(counts) - counts
    rows = np.asarray(order, np.int64)
    place = np.empty(len(to), np.int64)
    place[np.asarray(to, np.int64)] = np.arange(len(to))
    if len(counts) != len(rows) or counts.sum() != len(links.to):
        raise Invalid(f"links of {len(rows)} rows: got {len(counts)}, with {len(links.to)} cells")
    told = np.asarray(links.to, np.int64)
    if told.size and not 0 <= told.min() <= told.max() < len(to):
        raise Invalid(f"links have to point to rows from 0 to {len(to) - 1}")
    n = counts[rows]
    cells = np.repeat(begins[rows] - (np.cumsum(n) - n), n) + np.arange(n.sum())
    return Links(n, place[told[cells]], np.asarray(links.weight)[cells])


def _links(name: str, links: Links) -> Sections:
    """Returns the sections of links from the rows of `name`."""
    size = len(links.to)
    return {
        f"{name}.num": _column(links.counts, len(links.counts), name, 0, np.uint32),
        f"{name}.to": _column(links.to, size, name, 0, np.uint32),
        f"{name}.w": _column(links.weight, size, name, 0),
    }


def _spellings(name: str, told: Iterable[tuple[str, int]]) -> Sections:
    pairs = sorted(set(told))
    return from_texts(name, [text for text, _ in pairs], "a spelling") | {
        f"{name}.kw": np.array([row for _, row in pairs], np.uint32)
    }


def _sounds(
    contents: Contents, keywords: Sequence[str], order: Sequence[int]
) -> Iterable[tuple[str, int]]:
    """Returns how keywords sound, as they are written and as they are read."""
    place = {row: at for at, row in enumerate(order)}
    read = [(word, at) for at, word in enumerate(keywords)]
    read += [(folded(text), place[row]) for row, text in contents.readings]
    for text, at in read:
        spelt = sound(text).whole
        if spelt:
            yield spelt, at


def _skeletons(contents: Contents, keywords: Sequence[str]) -> Iterable[tuple[str, int]]:
    """Returns the skeletons of keywords; those that sound are found by their sound."""
    return ((skeleton(word), at) for at, word in enumerate(keywords) if not sound(word).whole)


def _tags(tags: Tags, order: Sequence[int], items: int) -> Sections:
    texts = [tags.texts[row] for row in order]
    size = len(texts)
    rows = np.asarray(order, np.int64)
    links = _moved(tags.items, order, range(items))
    offers = _column(tags.offers, size, "offers", 0)[rows]
    offers = np.minimum(offers, links.counts).astype(np.uint8)
    if size and offers.max() > OFFERS:
        raise Invalid(f"a tag may offer at most {OFFERS} items, got {offers.max()}")
    hours = np.full((size, HOURS), 128) if tags.hours is None else np.asarray(tags.hours)
    hours = _column(hours.reshape(-1), size * HOURS, "hours", 0).reshape(size, HOURS)
    return {
        **from_texts("tag", texts, "tag"),
        **_links("tag", links),
        "tag.off": offers,
        "tag.rate": _column(tags.rate, size, "rate", 128)[rows],
        "tag.hour": hours[rows],
    }


def _items(items: Items, regions: int) -> Sections:
    size = len(items.ids)
    _order(items.ids, "item")
    _order(items.packages, "package")
    package = _column(items.package, size, "package", 0, np.uint32)
    region = _column(items.region, size, "region", 0)
    vectors = np.asarray(items.vectors, np.int8)
    if size and (package.max() >= len(items.packages) or region.max() >= regions):
        raise Invalid("items name a package or a set of regions that is not there")
    if vectors.ndim != 2 or len(vectors) != size:
        raise Invalid(f"vectors: expected {size} rows, got {list(vectors.shape)}")
    return {
        **from_texts("it", items.ids, "item"),
        "it.pack": package,
        "it.flag": _column(items.flags, size, "flags", 0),
        "it.prior": _column(items.prior, size, "prior", 0),
        "it.reg": region,
        "it.clus": _column(items.cluster, size, "cluster", 255),
        "it.vec": vectors,
        **from_texts("pk", items.packages, "package"),
    }


def _centres(contents: Contents) -> npt.NDArray[np.int8]:
    width = contents.items.vectors.shape[1]
    centres = np.zeros((0, width)) if contents.centres is None else contents.centres
    if centres.ndim != 2 or centres.shape[1] != width or len(centres) > 255:
        raise Invalid(f"centres: expected at most 255 rows of {width}, got {list(centres.shape)}")
    return centres.astype(np.int8)


def _weights(told: Mapping[str, int], names: Sequence[str]) -> Array:
    unknown = sorted(set(told) - set(names))
    if unknown:
        raise Invalid(f'there is no feature "{unknown[0]}"; there are {", ".join(names)}')
    return _column(
        np.array([told.get(name, 0) for name in names]), len(names), "weights", 0, np.int16
    )


def _decay(half_life: int) -> npt.NDArray[np.uint32]:
    """Returns what is left of 65,536 after 0, 1, ... days, up to the half-life."""
    days = np.arange(max(1, half_life))
    return np.round(65536 * 0.5 ** (days / len(days))).astype(np.uint32)
