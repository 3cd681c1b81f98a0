"""One example of each body, for the description and for people who try it."""

from __future__ import annotations

from typing import Any

ITEM: dict[str, Any] = {
    "id": "pack-001",
    "title": {"en": "Sleepy seal", "ja": "ねむいアザラシ"},
    "creator": "mochi",
    "character": "seal",
    "tags": ["good night", "sleepy"],
    "price": 250,
    "currency": "JPY",
}
USER: dict[str, Any] = {"id": "user-1", "name": "Hana", "locale": "ja", "region": "JP"}
QUESTION = {"touchpoint": "shelf", "user": "user-1", "placement": "for_you", "n": 4}
ANSWER = {
    "decision_id": "0006477eac16e1800123456789abcdef",
    "touchpoint": "shelf",
    "placement": "for_you",
    "at": "2026-01-31T09:00:00Z",
    "slots": [
        {
            "place": 1,
            "item": "pack-001",
            "score": 0.62,
            "propensity": 0.9505,
            "source": "taste",
            "reason": {"key": "taste"},
        }
    ],
}
ROWS = [
    {
        "kind": "impression",
        "event_id": "9b1d-1",
        "at": "2026-01-31T09:00:02Z",
        "user": "user-1",
        "touchpoint": "shelf",
        "decision_id": "0006477eac16e1800123456789abcdef",
        "item": "pack-001",
        "position": 1,
    },
    {
        "kind": "engagement",
        "event_id": "9b1d-2",
        "at": "2026-01-31T09:00:09Z",
        "user": "user-1",
        "touchpoint": "shelf",
        "decision_id": "0006477eac16e1800123456789abcdef",
        "item": "pack-001",
        "position": 1,
        "action": "purchase",
        "value": 250,
        "currency": "JPY",
    },
]
TOPIC: dict[str, Any] = {
    "id": "topic-001",
    "title": "灯台の改修が始まる",
    "titles": {"en": "Work on the lighthouse begins"},
    "section": "local",
    "published": "2026-01-31T08:20:00+09:00",
    "link": "https://news.example/lighthouse",
}
ORDER = {"topics": ["topic-001", "topic-002"]}
EXTRA = {"topics": ["topic-001"], "at": "2026-01-31T07:10:00+09:00"}
SPAN = {"since": "2026-01-31T00:00:00Z", "until": "2026-02-28T00:00:00Z"}
COUNTS = {"new": 1, "changed": 0, "same": 0}
ANSWERS: dict[str, Any] = {
    "decide": ANSWER,
    "append": {"new": 2, "known": 0},
    "rights": {
        "rights": {
            "owned": ["pack-001", "pack-007"],
            "plan": "basic",
            "plan_until": 1772290800000000,
            "kept": ["pack-012"],
            "trial_until": 0,
            "sends_a_day": 3,
            "sends_until": 1770908400000000,
            "sent_day": 20484,
            "sent": 1,
            "region": "JP",
            "adult": False,
        },
        "until": 1770908400000000,
    },
    "touchpoints": {"touchpoints": [{"name": "shelf", "placements": ["for_you", "because"]}]},
    "item_tags": {
        "item": "pack-001-03",
        "tags": [
            {
                "tag": "good night",
                "confidence": 0.969,
                "origin": "creator",
                "origin_text": {"ja": "クリエイターのタグ", "en": "tag by the creator"},
            }
        ],
    },
    "put_item": COUNTS,
    "put_items": COUNTS,
    "put_user": COUNTS,
    "put_users": COUNTS,
    "put_entitlement": COUNTS,
    "put_entitlements": COUNTS,
    "put_topic": COUNTS,
    "put_topics": COUNTS,
    "put_main_tab": {"changed": True},
    "put_extra": {"changed": True},
    "delete_item": {"deleted": 1},
    "delete_topic": {"deleted": 1},
    "delete_entitlement": {"deleted": 1},
    "erase_user": {"users": 1, "entitlements": 3, "mutes": 0, "log": 120, "lake": 4051},
    "bundles": {
        "keys": ["d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"],
        "bundles": [
            {
                "locale": "ja",
                "version": 20260131090000,
                "created": "2026-01-31T09:00:00Z",
                "bytes": 4213096,
            }
        ],
    },
    "health": {"status": "alive"},
    "readiness": {"status": "ready", "parameters": "loaded", "release": 3, "items": 41000},
}
"""Operation to an answer of it."""
DETAILS = {
    "invalid": 'user: there is no field "usr". Did you mean "user"?',
    "not_found": 'there is no touchpoint "shelv". Did you mean "shelf"?',
    "too_large": "expected a body of at most 1,048,576 bytes (server.body_bytes)",
}
"""Kind of problem to a sentence."""
