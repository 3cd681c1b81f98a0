"""All that a decision says, in a form that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pittari.model.candidates import Candidates
from pittari.model.decision import Decision


def facts(decision: Decision) -> Mapping[str, Any]:
    """Returns who got what, what fell out and why, and what it was made from."""
    dropped, request = decision.dropped, decision.request
    return {
        "request": (request.decision_id, request.person.user, request.n, request.context),
        "slots": decision.slots,
        "placed": columns(decision.placed),
        "dropped": columns(dropped.candidates),
        "why": [dropped.vocabulary[code] for code in dropped.reasons.tolist()],
        "counts": dict(dropped.counts),
        "failed": dict(decision.failed),
        "versions": dict(request.knowledge.versions()),
    }


def columns(candidates: Candidates) -> Mapping[str, Any]:
    """Returns the columns that hold a number for some candidate, bit for bit."""
    told = {name: values.tobytes() for name, values in candidates.columns.items() if len(values)}
    return {"items": candidates.items.tolist(), **told}
