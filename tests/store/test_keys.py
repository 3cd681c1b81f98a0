"""Who may ask, and who did what."""

from __future__ import annotations

import pytest

from pittari.errors import Conflict, Invalid, NotFound, Unauthorized
from pittari.store import Store


def test_a_key_opens_until_it_is_revoked(store: Store) -> None:
    text = store.keys.create("shop", "client", actor="root")
    assert (store.keys.verify(text).name, store.keys.verify(text).role) == ("shop", "client")
    other = store.keys.create("desk", "editor")
    store.keys.revoke("shop", actor="root")
    with pytest.raises(Unauthorized):
        store.keys.verify(text)
    assert store.keys.verify(other).role == "editor"
    assert [(key.name, bool(key.revoked)) for key in store.keys.list()] == [
        ("desk", False),
        ("shop", True),
    ]
    with pytest.raises(NotFound):
        store.keys.revoke("shop")


def test_no_other_text_is_a_key(store: Store) -> None:
    text = store.keys.create("shop", "admin")
    prefix, handle, secret = text.split("_", 2)
    wrong = ["", "x", text[:-1], text + "x", f"{prefix}_{handle}_", f"other_{handle}_{secret}"]
    for candidate in [*wrong, f"{prefix}_000000000000_{secret}", "pittari_\0_\ud800", "é_é_é"]:
        with pytest.raises(Unauthorized):
            store.keys.verify(candidate)


def test_the_database_does_not_hold_the_key(store: Store) -> None:
    secret = store.keys.create("shop", "admin").split("_", 2)[2]
    with store.database.read() as session:
        rows = session.rows("SELECT * FROM api_keys")
    assert secret.encode() not in b"".join(str(row).encode() for row in rows)


def test_a_wrong_role_and_a_taken_name_are_refused(store: Store) -> None:
    with pytest.raises(Invalid, match='Did you mean "editor"'):
        store.keys.create("desk", "editer")
    store.keys.create("desk", "editor")
    with pytest.raises(Conflict, match="desk"):
        store.keys.create("desk", "client")
    store.keys.revoke("desk")
    with pytest.raises(Conflict, match="desk"):
        store.keys.create("desk", "client")


def test_acts_are_written_down_newest_first(store: Store) -> None:
    store.audit.note("mika", "shelf.change", "for-you", "n 8 to 10")
    store.keys.create("shop", "client", actor="mika")
    acts = store.audit.acts()
    assert [(act.actor, act.action, act.subject) for act in acts] == [
        ("mika", "key.create", "shop"),
        ("mika", "shelf.change", "for-you"),
    ]
    assert store.audit.acts(before=acts[0].seq) == acts[1:]
