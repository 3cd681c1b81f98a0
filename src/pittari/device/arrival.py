"""May this file take the place of the one in use? Until all is checked, the old one stays."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pittari.device.bundle import Bundle
from pittari.device.difference import applied
from pittari.device.format import DIFFERENCE, Bytes, kind_of
from pittari.device.signing import Keys
from pittari.errors import BundleError


def arrived(
    data: Bytes, keys: Keys, locale: str, held: Bundle | None = None
) -> tuple[Bundle, Bytes]:
    """Returns a bundle that came, whole or as a difference from the one held, and its bytes.

    Raises `BundleError` with its reason; `held` can be used on in any case.
    """
    if kind_of(data) == DIFFERENCE:
        if held is None:
            raise BundleError("base", "a difference came, and there is no bundle to apply it to")
        data = applied(held.file.data, data, keys)
    bundle = Bundle.open(data, keys)
    if bundle.head.name != locale:
        raise BundleError("locale", f'the bundle is for "{bundle.head.name}", not "{locale}"')
    if held is not None and bundle.head.version < held.head.version:
        raise BundleError(
            "older", f"version {bundle.head.version} came; {held.head.version} is in use"
        )
    return bundle, data


def kept(path: Path, data: Bytes, keys: Keys, locale: str) -> Bundle:
    """Checks a file that came and puts it in the place of the one at `path`, all at once.

    Raises `BundleError` with its reason; the file at `path` is then as it was.
    """
    held = _held(path, keys)
    _, whole = arrived(data, keys, locale, held)
    put(path, whole)
    return Bundle.open(path, keys, whole=False)


def put(path: Path, data: Bytes) -> None:
    """Writes a file all at once: it is there whole and on the disk, or not at all. Raises
    `OSError`; what stood at `path` is then as it was."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(6)}-draft")
    try:
        with draft.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _held(path: Path, keys: Keys) -> Bundle | None:
    """Returns the bundle in use; one that can no longer be read keeps no other out."""
    try:
        return Bundle.open(path, keys, whole=False)
    except (FileNotFoundError, BundleError):
        return None
