"""Who may play? All characters by key."""

from __future__ import annotations

from .anatomy import Character
from .animals import ANIMALS
from .food import FOOD
from .oddities import ODDITIES
from .shore import SHORE

CAST: dict[str, Character] = {c.key: c for c in (*FOOD, *ANIMALS, *SHORE, *ODDITIES)}
