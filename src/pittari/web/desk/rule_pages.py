"""How does an editor change the rules? Read, check while typing, save, publish, with nobody's work
overwritten."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pittari import clock
from pittari.editions.rulebook import read_edition
from pittari.editions.rules import RuleError
from pittari.errors import Conflict, NotFound, nearest
from pittari.store.desk import RuleVersion
from pittari.web.desk.checker import report
from pittari.web.desk.frame import Editor, Frame, answer, named
from pittari.web.desk.replays import replayed
from pittari.web.sessions import Form, first, number
from pittari.web.words import Words, language_of, words

AROUND = 2
"""Lines of context around a difference."""
SHOWN = 12
"""Versions listed."""
_MOODS = {"draft": "plain", "proposed": "warn", "published": "good", "retired": "plain"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A version as the page lists it."""

    number: int
    state: str
    mood: str
    told: str


class RulePages:
    """One method per address below /desk/rules."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._desk = frame, frame.store.desk

    def show(self, request: Request) -> Response:
        """Shows a rule file: the version asked for, else the latest."""
        name = self._name(request)
        wanted = number(request.query_params.get("version", ""))
        versions = self._desk.versions(name)
        chosen = versions[0] if versions else None
        if wanted is not None:
            chosen = next((one for one in versions if one.number == wanted), None)
            if chosen is None:
                raise NotFound(f"there is no version {wanted} of the rules {name}")
        text = chosen.text if chosen else self._frame.rulebook.written(name)
        said = request.query_params.get("said", "")
        spoken = words(language_of(request))
        told = ""
        if chosen and said in {"saved", "published", "proposed"}:
            told = spoken(f"rules.{said}", number=chosen.number)
        return self._page(request, name, text, versions, told={"said": told})

    async def check(self, request: Request) -> Response:
        """Answers what the checker says of a text, as a part of the page."""
        _, editor, form = await self._frame.form(request)
        return await run_in_threadpool(self._check, request, editor, form)

    async def save(self, request: Request) -> Response:
        """Saves a text as a new version, and publishes it when asked to."""
        _, editor, form = await self._frame.form(request)
        return await run_in_threadpool(self._save, request, editor, form)

    async def approve(self, request: Request) -> Response:
        """Puts a version in force that somebody else proposed."""
        _, editor, form = await self._frame.form(request)
        name, version = self._name(request), number(first(form, "number"))
        if version is None:
            raise NotFound("expected the number of a version")
        await run_in_threadpool(self._publish, version, editor)
        return RedirectResponse(f"/desk/rules/{name}?version={version}&said=published", 303)

    async def replay(self, request: Request) -> Response:
        """Answers which of the past month's editions a text would have changed."""
        _, editor, form = await self._frame.form(request)
        return await run_in_threadpool(self._replay, request, editor, form)

    def _check(self, request: Request, editor: Editor, form: Form) -> Response:
        spoken = words(language_of(request))
        told = report(first(form, "text"), self._name(request), spoken)
        html = self._frame.part(request, "desk/parts/answers.html", editor, report=told)
        return answer({"html": html})

    def _replay(self, request: Request, editor: Editor, form: Form) -> Response:
        spoken, name = words(language_of(request)), self._name(request)
        try:
            new = read_edition(first(form, "text"), name)
        except RuleError:
            return self._check(request, editor, form)
        old = self._frame.rulebook.rules(name)
        told = replayed(self._frame.store, old, new, self._frame.now(), spoken)
        html = self._frame.part(request, "desk/parts/replayed.html", editor, replayed=told)
        return answer({"html": html})

    def _save(self, request: Request, editor: Editor, form: Form) -> Response:
        name, text = self._name(request), first(form, "text").replace("\r\n", "\n")
        base = first(form, "base")
        versions = self._desk.versions(name)
        try:
            read_edition(text, name)
        except RuleError:
            refused = words(language_of(request))("rules.refused")
            told = {"refused": refused, "status": 422}
            return self._page(request, name, text, versions, base=base, told=told)
        try:
            version = self._desk.save(name, text, editor.id, number(base) or 0)
        except Conflict:
            versions = self._desk.versions(name)
            return self._page(request, name, text, versions, clash=True, told={"status": 409})
        said = "saved"
        if first(form, "action") == "publish":
            state = self._publish(version.number, editor).state
            said = "published" if state == "published" else "proposed"
        return RedirectResponse(f"/desk/rules/{name}?said={said}", 303)

    def _publish(self, number: int, editor: Editor) -> RuleVersion:
        return self._desk.publish(number, editor.id, two=self._two())

    def _name(self, request: Request) -> str:
        names = self._frame.rulebook.names
        name = str(request.path_params.get("name", names[0]))
        if name not in names:
            raise NotFound(f'there are no rules "{name}".{nearest(name, names)}')
        return name

    def _two(self) -> bool:
        return self._frame.engine.project.settings.digest.two_people

    def _page(
        self, request: Request, name: str, text: str, versions: list[RuleVersion], *,
        clash: bool = False, base: str = "", told: dict[str, Any] | None = None,
    ) -> Response:  # fmt: skip
        spoken = words(language_of(request))
        force = next((one for one in versions if one.state == "published"), None)
        against = (
            versions[0].text
            if clash
            else force.text
            if force
            else self._frame.rulebook.written(name)
        )
        last = versions[0] if versions else None
        what = {
            "name": name,
            "title": spoken.said(f"edition.{name}", name),
            "names": [
                {"name": one, "title": spoken.said(f"edition.{one}", one)}
                for one in self._frame.rulebook.names
            ],
            "text": text,
            "base": base or (last.number if last else 0),
            "report": report(text, name, spoken),
            "diff": list(differences(against, text)),
            "waiting": [one for one in versions if one.state == "proposed"],
            "versions": [self._listed(one, spoken) for one in versions[:SHOWN]],
            "in_force": self._force(force, spoken),
            "two_persons": self._two(),
            "clash": self._clash(last, spoken) if clash and last else "",
            "said": "",
            "refused": "",
        }
        return self._frame.page(request, "rules", "desk/rules.html", **(what | (told or {})))

    def _listed(self, version: RuleVersion, spoken: Words) -> Listed:
        who = named(version.author, spoken)
        told = spoken("rules.told", who=who, when=self._when(version.saved))
        state = spoken(f"rules.state_{version.state}")
        return Listed(version.number, state, _MOODS[version.state], told)

    def _force(self, version: RuleVersion | None, spoken: Words) -> str:
        if version is None:
            return spoken("rules.in_force_shipped")
        who, when = named(version.author, spoken), self._when(version.published)
        return spoken("rules.in_force", number=version.number, who=who, when=when)

    def _clash(self, last: RuleVersion, spoken: Words) -> str:
        who = named(last.author, spoken)
        return spoken("rules.clash_text", who=who, number=last.number)

    def _when(self, at: int) -> str:
        return clock.moment(at).astimezone(self._frame.zone).strftime("%Y-%m-%d %H:%M")


def differences(before: str, after: str) -> Iterator[tuple[Literal["ins", "del", "span"], str]]:
    """Yields lines put in, taken out, and those around them; nothing where texts are the same."""
    old, new = before.splitlines(), after.splitlines()
    match = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for turn, group in enumerate(match.get_grouped_opcodes(AROUND)):
        if turn:
            yield "span", "…"
        for tag, i, j, k, m in group:
            if tag == "equal":
                yield from (("span", line) for line in old[i:j])
            else:
                yield from (("del", f"− {line}") for line in old[i:j])
                yield from (("ins", f"+ {line}") for line in new[k:m])
