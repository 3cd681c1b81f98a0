"""What may be turned when taste is learned?"""

from __future__ import annotations

from dataclasses import dataclass, fields

from pittari.errors import SettingsError


@dataclass(frozen=True, slots=True)
class TasteSettings:
    """Settings of the taste learner; the defaults serve every data set measured so far.

    Attributes:
        low_pass_vectors: How many leading singular vectors the low-pass filter keeps.
        low_pass_share: Weight of the low-pass filter beside the co-occurrence counts.
        als_vectors: Length of the item vectors of alternating least squares.
        als_rounds: How often alternating least squares solves users, then items.
        als_unobserved: Weight of a pair that did not happen, where one that did has 1.
        als_penalty: Penalty on the vectors, multiplied by how much each of them has to explain.
        ease_penalty: Penalty on the diagonal of the exact item-to-item regression.
        exact_size: The item-to-item regression is solved where there are at most this many
            items, or at most this many users; above that it is left out.
        exact_pairs: Co-occurrence is kept exactly up to this many (user, user) pairs that share
            an item; above that each item keeps its strongest neighbours.
        kept_neighbours: How many neighbours an item keeps in that case.
    """

    low_pass_vectors: int = 512
    low_pass_share: float = 0.2
    als_vectors: int = 256
    als_rounds: int = 8
    als_unobserved: float = 0.008
    als_penalty: float = 0.004
    ease_penalty: float = 30.0
    exact_size: int = 12_000
    exact_pairs: int = 1_000_000_000
    kept_neighbours: int = 400

    def __post_init__(self) -> None:
        may_be_zero = {"low_pass_share", "exact_size", "exact_pairs"}
        for field in fields(self):
            value = getattr(self, field.name)
            least = "0 or more" if field.name in may_be_zero else "above 0"
            if not (value > 0 or (value == 0 and field.name in may_be_zero)):
                raise SettingsError(f"taste.{field.name}: expected a number {least}, got {value!r}")
