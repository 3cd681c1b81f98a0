"""Who made this bundle? Ed25519: the project signs with its own key, devices know the public half.

A key's id is the first 8 bytes of the SHA-256 of its public half.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pittari.errors import SettingsError
from pittari.settings.secret import kept

VARIABLE = "PITTARI_BUNDLE_KEY"
KEY_BYTES = 8
SIGNATURE_BYTES = 64


class Keys:
    """The public keys whose bundles are trusted, 32 bytes each."""

    def __init__(self, public: Iterable[bytes]) -> None:
        self._keys = {key_id(raw): Ed25519PublicKey.from_public_bytes(raw) for raw in public}

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def good(self, key: bytes, signature: bytes, signed: bytes) -> bool:
        """Returns whether a signature over some bytes was made with the key of an id."""
        try:
            self._keys[key].verify(signature, signed)
        except InvalidSignature:
            return False
        return True


class Signer:
    """Signs with one private key, given as its 32 bytes."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()
        self.id = key_id(self.public)

    @property
    def keys(self) -> Keys:
        """What a device needs to trust this signer alone."""
        return Keys([self.public])

    def sign(self, signed: bytes) -> bytes:
        """Returns the 64 bytes of a signature; the same bytes always have the same one."""
        return self._key.sign(signed)


def key_id(public: bytes) -> bytes:
    """Returns the 8 bytes by which a bundle names its key."""
    return hashlib.sha256(public).digest()[:KEY_BYTES]


def signer_of(folder: Path) -> Signer:
    """Returns the signer of a project: its key comes from the environment, else from a file in
    the data folder, which is made at the first time and readable by its owner only.

    Raises `SettingsError` when the key is not 64 hexadecimal digits.
    """
    file = folder / "data" / "bundle.key"
    told = os.environ.get(VARIABLE, "") or kept(file).decode("ascii", "replace")
    try:
        private = bytes.fromhex(told)
        if len(private) == 32:
            return Signer(private)
    except ValueError:
        pass
    raise SettingsError(
        f"the key that signs bundles ({VARIABLE} or {file}): expected 64 hexadecimal digits, "
        f"got {len(told)} characters"
    )
