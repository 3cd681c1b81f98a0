"""Which learned tables are in force? Versions are never overwritten, releases never mixed.

A version is a folder NAME/VERSION of .npy files and a manifest. A release binds one version of
each name; publishing makes a new release in one transaction, and rolling back goes one step back.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.errors import Conflict, NotFound, ParametersError, Unavailable, nearest
from pittari.model.event import Published, stored
from pittari.model.parameters import Arrays, Manifest, Parameters, checksum, schema
from pittari.store.database import Database, Session
from pittari.store.events import insert

_manifest = msgspec.json.Decoder(Manifest).decode
_versions = msgspec.json.Decoder(dict[str, str]).decode
_encode = msgspec.json.Encoder(order="deterministic").encode

Learned = Mapping[str, tuple[Arrays, str, Mapping[str, float]]]
"""Name to its arrays, the digest of the settings they were learned with, and figures."""


@dataclass(frozen=True, slots=True)
class Release:
    """One version of each name, never changed. `id` 0: nothing was published yet."""

    id: int
    versions: Mapping[str, str]
    parent: int = 0
    created: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the list of versions."""

    name: str
    version: str
    as_of: int
    created: int
    current: bool
    pinned: bool


class ParametersStore:
    """Publishes, loads, pins and rolls back learned tables under `folder`."""

    def __init__(self, database: Database, folder: Path, now: clock.Clock = clock.now) -> None:
        self._database = database
        self._folder = folder
        self._now = now
        self._whole: set[tuple[str, str]] = set()

    def publish(self, learned: Learned, as_of: int) -> Release:
        """Writes each table as a version, then puts all of them in force at once.

        `as_of`: rows of the log later than this were not read. Same rows, settings and code give
        the same version, which is written once. A pinned name keeps its pinned version. Raises
        `Unavailable` when the disk fails: then the release in force stays.
        """
        manifests = [self._write(name, *parts, as_of) for name, parts in learned.items()]
        with self._database.write() as session:
            for manifest in manifests:
                session.run(
                    "INSERT INTO parameters (name, version, as_of, checksum, created)"
                    " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (manifest.name, manifest.version, as_of, manifest.checksum, self._now()),
                )
            current, pins = _current(session), _pins(session)
            wanted = {m.name: m.version for m in manifests if m.name not in pins}
            return self._put(session, {**current.versions, **wanted}, current.id, "learned")

    def current(self) -> Release:
        """Returns the release in force: one small query."""
        with self._database.peek() as session:
            return _current(session)

    def load(self, release: Release, verify: bool = True) -> dict[str, Parameters]:
        """Returns the tables of a release, their arrays mapped from disk, not read.

        `verify` compares checksums, once per version and process. Raises `ParametersError` for a
        version that is missing, damaged, or something else than its label says.
        """
        return {name: self._load(name, v, verify) for name, v in release.versions.items()}

    def versions(self, name: str = "") -> list[Version]:
        """Returns all versions of one name, or of all names, newest first."""
        asked = "SELECT name, version, as_of, created FROM parameters ORDER BY name, created DESC"
        with self._database.read() as session:
            current, pins = _current(session).versions, _pins(session)
            return [
                Version(key, v, as_of, created, current.get(key) == v, pins.get(key) == v)
                for key, v, as_of, created in session.rows(asked)
                if name in ("", key)
            ]

    def show(self, name: str, version: str = "") -> Manifest:
        """Returns the label of a version, by default of the one in force. Raises `NotFound`."""
        version = version or self.current().versions.get(name, "")
        with self._database.peek() as session:
            _known(session, name, version)
        return self._label(name, version)

    def pin(self, name: str, version: str) -> Release:
        """Puts a version in force and keeps it there until `unpin`. Raises `NotFound`."""
        with self._database.write() as session:
            _known(session, name, version)
            session.run(
                "INSERT INTO pins (name, version) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET version = excluded.version",
                (name, version),
            )
            current = _current(session)
            return self._put(session, {**current.versions, name: version}, current.id, "pinned")

    def unpin(self, name: str) -> None:
        """Lets the next learning move this name again. Raises `NotFound` if it is not pinned."""
        with self._database.write() as session:
            if not session.run("DELETE FROM pins WHERE name = ?", (name,)):
                raise NotFound(f'"{name}" is not pinned.' + nearest(name, _pins(session)))

    def rollback(self) -> Release:
        """Puts the release before the present one in force; again: the one before that.

        Pinned names stay as pinned. Raises `Conflict` where there is none, or it was pruned.
        """
        with self._database.write() as session:
            current = _current(session)
            parent = _release(session, current.parent)
            if parent is None or not parent.id:
                raise Conflict("there is no earlier release to go back to")
            versions = {**parent.versions, **_pins(session)}
            for name, version in versions.items():
                try:
                    _known(session, name, version)
                except NotFound as gone:
                    raise Conflict(f"release {parent.id} was pruned: {gone}") from gone
            return self._put(session, versions, parent.parent, "rolled back")

    def prune(self, keep: int = 3) -> list[str]:
        """Deletes versions older than the latest `keep` of their name; returns NAME/VERSION.

        Never one that is pinned, in force, or that `rollback` would put in force.
        """
        with self._database.write() as session:
            current = _current(session)
            parent = _release(session, current.parent)
            kept = [current.versions, _pins(session), parent.versions if parent else {}]
            asked = "SELECT name, version FROM parameters ORDER BY name, created DESC, version DESC"
            places: dict[str, int] = {}
            gone = []
            for name, version in session.rows(asked):
                places[name] = places.get(name, 0) + 1
                if places[name] > keep and all(m.get(name) != version for m in kept):
                    gone.append((name, version))
            session.many("DELETE FROM parameters WHERE name = ? AND version = ?", gone)
        for name, version in gone:
            shutil.rmtree(self._folder / name / version, ignore_errors=True)
        return [f"{name}/{version}" for name, version in gone]

    def _put(self, session: Session, versions: Mapping[str, str], parent: int, why: str) -> Release:
        """Makes a release, puts it in force, and says so in the log."""
        now, before = self._now(), _current(session).versions
        made = session.rows(
            "INSERT INTO releases (parent, created, versions) VALUES (?, ?, ?) RETURNING id",
            (parent, now, _encode(versions)),
        )
        number = int(made[0][0])
        session.run("UPDATE meta SET value = ? WHERE name = 'release'", (number,))
        rows = [
            Published(
                event_id=f"release-{number}-{name}",
                at=clock.moment(now),
                subject="parameters",
                name=name,
                version=version,
                detail={"release": str(number), "why": why},
            )
            for name, version in versions.items()
            if before.get(name) != version
        ]
        insert(session, [stored(row) for row in rows])
        return Release(number, versions, parent, now)

    def _write(
        self, name: str, arrays: Arrays, digest: str, figures: Mapping[str, float], as_of: int
    ) -> Manifest:
        """Writes one version beside its place, then moves it there whole."""
        total = checksum(arrays)
        stamp = clock.moment(as_of).strftime("%Y%m%dT%H%M%S.%fZ")
        manifest = Manifest(
            name=name,
            version=f"{stamp}-{total[:12]}",
            as_of=as_of,
            schema=schema(arrays),
            checksum=total,
            settings_digest=digest,
            figures=dict(figures),
        )
        place = self._folder / name / manifest.version
        draft = self._folder / name / f".draft-{secrets.token_hex(8)}"
        try:
            if not (place / "manifest.json").exists():
                _draft(draft, arrays, manifest)
                with suppress(FileExistsError):
                    os.rename(draft, place)
                _sync(place.parent)
        except OSError as error:
            if not (place / "manifest.json").exists():
                raise Unavailable(f"parameters {name} cannot be written: {error}") from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return manifest

    def _label(self, name: str, version: str) -> Manifest:
        path = self._folder / name / version / "manifest.json"
        try:
            manifest = _manifest(path.read_bytes())
        except (OSError, msgspec.DecodeError) as error:
            raise _damaged(name, version, f"its label {path} cannot be read: {error}") from error
        if (manifest.name, manifest.version) != (name, version):
            raise _damaged(name, version, f"its label says {manifest.name} {manifest.version}")
        return manifest

    def _load(self, name: str, version: str, verify: bool) -> Parameters:
        manifest = self._label(name, version)
        folder = self._folder / name / version
        try:
            arrays = {key: _mapped(folder / f"{key}.npy") for key in manifest.schema}
        except Exception as error:  # a damaged header is read as Python, and fails like Python
            raise _damaged(name, version, str(error)) from error
        if schema(arrays) != manifest.schema:
            raise _damaged(name, version, f"expected {manifest.schema}, got {schema(arrays)}")
        if verify and (name, version) not in self._whole:
            if checksum(arrays) != manifest.checksum:
                raise _damaged(name, version, "its checksum is another")
            self._whole.add((name, version))
        return Parameters(manifest, arrays)


def _draft(folder: Path, arrays: Arrays, manifest: Manifest) -> None:
    folder.mkdir(parents=True)
    for key, array in arrays.items():
        if array.dtype.hasobject:
            raise ParametersError(
                f"{manifest.name}: expected numbers or bytes in array {key!r}, "
                f"got {array.dtype}: Python objects are not stored"
            )
        with open(folder / f"{key}.npy", "wb") as file:
            np.save(file, np.ascontiguousarray(array), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    with open(folder / "manifest.json", "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        file.flush()
        os.fsync(file.fileno())
    _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mapped(path: Path) -> npt.NDArray[Any]:
    """Returns an array on disk as a plain one: slices of `np.memmap` cost a Python call each."""
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array


def _damaged(name: str, version: str, what: str) -> ParametersError:
    return ParametersError(
        f"parameters {name} {version} are not whole: {what}. "
        "Put the folder back from a copy, roll back, or learn again."
    )


def _current(session: Session) -> Release:
    number = session.rows("SELECT value FROM meta WHERE name = 'release'")[0][0]
    return _release(session, number) or Release(0, {})


def _release(session: Session, number: int) -> Release | None:
    asked = "SELECT id, parent, created, versions FROM releases WHERE id = ?"
    found = session.rows(asked, (number,))
    if not found:
        return None
    made, parent, created, versions = found[0]
    return Release(made, _versions(versions), parent, created)


def _pins(session: Session) -> dict[str, str]:
    return dict(session.rows("SELECT name, version FROM pins"))


def _known(session: Session, name: str, version: str) -> None:
    known = [
        row[0] for row in session.rows("SELECT version FROM parameters WHERE name = ?", (name,))
    ]
    if version not in known:
        names: Iterable[str] = known or (
            row[0] for row in session.rows("SELECT DISTINCT name FROM parameters")
        )
        word = version if known else name
        raise NotFound(
            f'there are no parameters "{name}" in version "{version}".' + nearest(word, names)
        )
