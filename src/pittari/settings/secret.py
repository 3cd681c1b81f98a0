"""A project's own secrets: each made once, in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept(file: Path) -> bytes:
    """Returns the file's secret, 64 hexadecimal digits when it is made here; of several processes
    that start together, one makes it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}-{secrets.token_hex(6)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_hex(32))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_bytes().strip()
