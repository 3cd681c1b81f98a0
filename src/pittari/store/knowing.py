"""What do answers know now? The catalogue and learned tables in force, taken in as they change."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pittari.errors import PittariError
from pittari.model.catalog import empty_catalog
from pittari.model.request import Knowledge
from pittari.store.catalog import CatalogStore
from pittari.store.parameters import ParametersStore, Release

log = logging.getLogger(__name__)

CATALOG_CHECK = 0.1
"""Seconds between looks for a changed catalogue while it is kept fresh."""
RELEASE_CHECK = 1.0
"""Seconds between looks for newly published parameters."""
CALM = 10.0
"""The catalogue is looked at for changes at most this many times its own last refresh apart."""


class Knowing:
    """Holds the knowledge in force; safe to ask from several threads."""

    def __init__(self, catalog: CatalogStore, parameters: ParametersStore) -> None:
        self._catalog, self._parameters = catalog, parameters
        self._lock = threading.Lock()
        self._release = Release(id=0, versions={})
        self._knowledge = Knowledge.bind(empty_catalog(), {})
        self._catalog_due = self._release_due = 0.0
        self._kept = False

    def knowledge(self) -> Knowledge:
        """Returns the catalogue and the learned tables as they stand.

        A change of the catalogue is seen at once (when a refresh takes t seconds, within 10 t), a
        newly published release within `RELEASE_CHECK` seconds. While it is `kept_fresh` nobody
        looks here: answers wait for no refresh.
        """
        begun = time.monotonic()
        due = not self._kept and begun >= min(self._catalog_due, self._release_due)
        if due and self._lock.acquire(blocking=False):
            try:
                self._refresh(begun)
            finally:
                self._lock.release()
        return self._knowledge

    @property
    def release(self) -> int:
        """The number of the release in force here, 0: nothing was published yet."""
        return self._release.id

    def refresh(self) -> None:
        """Takes in what changed in the catalogue by now. Raises `Unavailable`."""
        with self._lock:
            self._refresh(time.monotonic())

    @contextmanager
    def kept_fresh(self) -> Iterator[None]:
        """Refreshes from a thread of its own while the block runs."""
        stop = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(stop,), name="fresh", daemon=True)
        self._kept = True
        self._try_refresh()
        keeper.start()
        try:
            yield
        finally:
            stop.set()
            keeper.join()
            self._kept = False

    def _keep(self, stop: threading.Event) -> None:
        while not stop.wait(max(CATALOG_CHECK, self._catalog_due - time.monotonic())):
            self._try_refresh()

    def _try_refresh(self) -> None:
        """Refreshes; when database or tables fail, what is known stays in use."""
        try:
            self.refresh()
        except PittariError as error:
            log.warning("catalogue and learned tables stay as they were: %s", error)

    def _refresh(self, begun: float) -> None:
        known = self._knowledge
        catalog, learned = known.catalog, known.parameters
        if begun >= self._release_due:
            release = self._parameters.current()
            if release.versions != self._release.versions:
                learned = self._parameters.load(release)
                self._release = release
            self._release_due = begun + RELEASE_CHECK
        catalog = self._catalog.refresh(catalog)
        if learned is not known.parameters or catalog.ids is not known.catalog.ids:
            self._knowledge = Knowledge.bind(catalog, learned)
        elif catalog is not known.catalog:
            self._knowledge = known.over(catalog)
        if catalog is not known.catalog:
            self._catalog_due = time.monotonic() + CALM * (time.monotonic() - begun)
