"""What would have gone out? Rule files composed again over editions that were."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

import msgspec

from pittari.editions.ladder import Composed, Parts, composed
from pittari.editions.pool import Pool
from pittari.editions.rules import Rules
from pittari.errors import SettingsError
from pittari.experiments.shadow.history import Past

PATIENT = Parts(deadline_s=600.0)
"""A replay is not due: no clock decides what it answers."""
CHUNK = 50
"""Editions a process takes at once; fewer are not worth a process."""

Task = tuple[Rules, bytes]


def rules_for(files: Sequence[Rules], edition: str) -> Rules:
    """Returns the rule file of an edition by its name; a file that stands alone serves them all,
    under each one's name. Raises `SettingsError` when no file fits."""
    name = edition.rpartition("/")[2]
    for rules in files:
        if rules.edition.name == name:
            return rules
    if len(files) == 1:
        own = msgspec.structs.replace(files[0].edition, name=name or files[0].edition.name)
        return msgspec.structs.replace(files[0], edition=own)
    told = ", ".join(rules.edition.name for rules in files)
    raise SettingsError(
        f'edition "{edition}": expected a rule file whose edition is named "{name}", got {told};'
        " give that file too, or one file for all editions"
    )


def replayed(files: Sequence[Rules], pasts: Sequence[Past], processes: int = 1) -> list[Composed]:
    """Returns the line-up of every past edition under its rule file, in order.

    The answer does not depend on `processes`.
    """
    return composed_all([(rules_for(files, past.edition), past.pool) for past in pasts], processes)


def composed_all(tasks: Sequence[tuple[Rules, Pool]], processes: int = 1) -> list[Composed]:
    """Returns the line-up of each pool under its rules, in order."""
    if processes < 2 or len(tasks) <= CHUNK:
        return [composed(rules, pool, parts=PATIENT) for rules, pool in tasks]
    packed = [(rules, msgspec.json.encode(pool)) for rules, pool in tasks]
    chunks = [packed[i : i + CHUNK] for i in range(0, len(packed), CHUNK)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as workers:
        return [one for part in workers.map(_chunk, chunks) for one in part]


def _chunk(tasks: Sequence[Task]) -> list[Composed]:
    return list(_composed(tasks))


def _composed(tasks: Sequence[Task]) -> Iterator[Composed]:
    decode = msgspec.json.Decoder(Pool).decode
    for rules, pool in tasks:
        yield composed(rules, decode(pool), parts=PATIENT)
