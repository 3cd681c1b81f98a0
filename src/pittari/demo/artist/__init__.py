"""Who draws what the demo shop sells? Original stickers, as words and as SVG.

``packages`` plans, ``draw`` and ``cover`` paint; the same plan gives the same picture.
"""

from __future__ import annotations

from .planning import packages
from .scene import cover, draw
from .specs import Hand, PackageSpec, Palette, StickerSpec

__all__ = ["Hand", "PackageSpec", "Palette", "StickerSpec", "cover", "draw", "packages"]
