"""The test kit: a known world and one contract suite per socket, for our parts and for others'."""

from pittari.testing.contracts import (
    check_channel,
    check_composer,
    check_filter,
    check_learner,
    check_scorer,
    check_source,
)
from pittari.testing.world import Known, candidates, known_world, random_batch, random_request

__all__ = [
    "Known",
    "candidates",
    "check_channel",
    "check_composer",
    "check_filter",
    "check_learner",
    "check_scorer",
    "check_source",
    "known_world",
    "random_batch",
    "random_request",
]
