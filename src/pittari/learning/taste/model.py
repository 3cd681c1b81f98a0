"""What does a person like who liked this, and by how much?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pittari.errors import Invalid, ParametersError

from .als import Factors
from .ease import Ease
from .lowpass import LowPass
from .matrices import Arrays, Floats, Ints, Sparse, histories_of
from .neighbours import best
from .settings import TasteSettings
from .threads import in_order

Family = LowPass | Factors | Ease
FAMILIES: dict[str, type[LowPass] | type[Factors] | type[Ease]] = {
    "low_pass": LowPass,
    "als": Factors,
    "ease": Ease,
}
BATCH_CELLS = 12_000_000  # cells of the dense scores of one batch of people: 48 MB
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TasteModel:
    """An equal blend of families of collaborative models, each served by fold-in.

    Nothing is kept per user but what a family needs of all histories together: anyone's history
    is answered, in the learning data or not.

    Attributes:
        families: The learned families by name.
        known: True for each item that anyone had; the others are never recommended.
    """

    families: dict[str, Family]
    known: npt.NDArray[np.bool_]

    def top(
        self,
        histories: Any,
        k: int,
        *,
        users: npt.NDArray[np.integer[Any]] | None = None,
        exclude: Any = None,
    ) -> tuple[Ints, Floats]:
        """Ranks all items for each history.

        Args:
            histories: Users x items, sparse; the people need not have been learned from.
            k: How many items.
            users: The rows to answer, all by default.
            exclude: Users x items that must not come; the histories themselves by default.

        Returns:
            Items (int32) and scores (float32), both users x k, best first. The score is the sum
            over families of score / root mean square of the person's scores. Where fewer than k
            items remain, and for an empty history, the item is -1 and the score 0.

        Raises:
            Invalid: Shapes do not fit the model or each other, or k is below 1.
        """
        rows = histories_of(histories, len(self.known))
        barred = rows if exclude is None else histories_of(exclude, len(self.known))
        if barred.shape != rows.shape:
            raise Invalid(f"exclude: expected the shape {rows.shape}, got {barred.shape}")
        if k < 1:
            raise Invalid(f"k: expected 1 or more, got {k}")
        if users is not None:
            rows, barred = rows[users], barred[users]

        def part(batch: slice) -> tuple[Ints, Floats]:
            return self.top_batch(rows[batch], barred[batch], k)

        items = np.full((rows.shape[0], k), -1, dtype=np.int32)
        scores = np.zeros((rows.shape[0], k), dtype=np.float32)
        batches = list(batches_of(rows.shape[0], len(self.known)))
        for batch, (found, values) in zip(batches, in_order(part, batches), strict=True):
            items[batch, : found.shape[1]] = found
            scores[batch, : found.shape[1]] = values
        return items, scores

    def top_batch(self, rows: Sparse, barred: Sparse, k: int) -> tuple[Ints, Floats]:
        """Ranks for as many people as dense scores fit for at once."""
        scores = self.scores(rows)
        scores[:, ~self.known] = -np.inf
        scores[cells_of(barred)] = -np.inf
        scores[np.diff(rows.indptr) == 0] = -np.inf
        found, values = best(scores, k)
        missing = ~np.isfinite(values)
        found[missing] = -1
        values[missing] = 0
        return found, values

    def scores(self, rows: Sparse) -> Floats:
        """Returns the blended scores, users x items, dense: each family counts the same.

        What the person has already is left out of the measure that brings the families to one
        scale, because every family explains it far too well.
        """
        had = cells_of(rows)
        blend = np.zeros(rows.shape, dtype=np.float32)
        for family in self.families.values():
            scores = family.scores(rows)
            scores[had] = 0
            size = np.sqrt(np.einsum("ui,ui->u", scores, scores) / max(1, scores.shape[1]))
            scores *= np.where(size > 0, 1 / np.maximum(size, 1e-30), 0)[:, None]
            blend += scores
        return blend

    def neighbours(self, k: int) -> tuple[Ints, Floats]:
        """Returns the k items that a person with only this one item is shown, and their scores.

        Items x k each, as `top` gives them: a server that knows no more than a few items of a
        person adds the weights up.
        """
        items = len(self.known)
        return self.top(sp.identity(items, dtype=np.float32, format="csr"), k)

    def arrays(self) -> Arrays:
        """Returns all that the model is, as named arrays."""
        named: Arrays = {"known": self.known}
        for name, family in self.families.items():
            named.update({f"{name}/{key}": array for key, array in family.arrays().items()})
        return named

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> TasteModel:
        """Returns the model that `arrays` took apart; it answers exactly as before.

        Raises:
            ParametersError: An array is missing.
        """
        families: dict[str, Family] = {}
        try:
            for name, family in FAMILIES.items():
                head = f"{name}/"
                own = {k.removeprefix(head): v for k, v in arrays.items() if k.startswith(head)}
                if own:
                    families[name] = family.from_arrays(own)
            return cls(families, arrays["known"])
        except KeyError as missing:
            raise ParametersError(f"taste: the array {missing} is missing; learn again") from None


def fit(
    histories: Any,
    settings: TasteSettings | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> TasteModel:
    """Learns taste from who had what.

    Args:
        histories: Users x items, sparse, weights above 0 (1 for "had it").
        settings: Defaults serve every data set.
        seed: The same histories, settings and seed give the same model.
        progress: Called with the name of the family that begins and the share done, 0 to 1.

    Raises:
        Invalid: The histories are not sparse, are empty, or hold impossible weights.
    """
    rows = histories_of(histories)
    settings = settings or TasteSettings()
    if rows.nnz == 0:
        raise Invalid("histories: expected at least one pair of user and item, got none")
    tell = progress or (lambda _name, _share: None)
    families: dict[str, Family] = {}
    tell("low_pass", 0.0)
    families["low_pass"] = LowPass.fit(rows, settings, seed)
    tell("als", 0.4)
    families["als"] = Factors.fit(rows, settings, seed)
    if min(rows.shape) <= settings.exact_size:
        tell("ease", 0.8)
        families["ease"] = Ease.fit(rows, settings)
    tell("done", 1.0)
    return TasteModel(families, np.bincount(rows.indices, minlength=rows.shape[1]) > 0)


def cells_of(rows: Sparse) -> tuple[npt.NDArray[np.int64], Ints]:
    """Returns the row and column of every stored number."""
    return np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), rows.indices


def batches_of(people: int, items: int) -> Iterator[slice]:
    """Yields slices of people whose dense scores fit into a batch."""
    width = max(1, BATCH_CELLS // max(1, items))
    for start in range(0, people, width):
        yield slice(start, start + width)
