"""What may be turned when taste is learned?"""

from __future__ import annotations

from dataclasses import dataclass, fields

from pittari.errors import SettingsError


@dataclass(frozen=True, slots=True)
class TasteSettings:
    """Settings of the taste learner; the defaults serve every data set measured so far.

    Attributes:
        low_pass_vectors: How many leading singular vectors the low-pass filter keeps at most.
        low_pass_share: Weight of the low-pass filter beside the co-occurrence counts.
        als_vectors: Length of the item vectors of alternating least squares, at most.
        als_work: Those vectors are shortened until pairs x length x length stays below this, so
            that one round takes a minute at most on two cores.
        items_per_vector: Both keep no more than one dimension for so many items: in a small
            catalogue the later ones are noise.
        als_rounds: How often alternating least squares solves users, then items.
        als_unobserved: Weight of all pairs that did not happen together, as a multiple of that
            of those that did.
        als_penalty: Penalty on the vectors, multiplied by how much each of them has to explain.
        ease_penalty: Penalty on the diagonal of the exact item-to-item regression, as a multiple
            of the mean weight an item has from all people.
        exact_size: The item-to-item regression is solved where there are at most this many
            items, or at most this many users; above that it is left out.
        exact_pairs: Co-occurrence is kept exactly up to this many (user, user) pairs that share
            an item; above that each item keeps its strongest neighbours.
        kept_neighbours: How many neighbours an item keeps in that case.
    """

    low_pass_vectors: int = 512
    low_pass_share: float = 0.2
    als_vectors: int = 256
    als_work: float = 8e11
    items_per_vector: int = 32
    als_rounds: int = 8
    als_unobserved: float = 12.0
    als_penalty: float = 0.004
    ease_penalty: float = 3.3
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

    def dimensions(self, most: int, items: int) -> int:
        """Returns how many dimensions a catalogue of `items` bears, `most` at most."""
        return max(1, min(most, items // self.items_per_vector))
