"""What is in the news? A topic as the desk gives it; clicks on it come in by the one log."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from pittari.model.catalog import Id, Moment, Text, Word

NEWS = "news"
"""The touchpoint of log rows that tell who saw and clicked which topic, at which place of the main
tab: `impression`, and `engagement` with the action `click`."""


class Topic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A news topic as the desk gives it."""

    id: Id
    title: Text = ""
    titles: Annotated[dict[Word, Text], msgspec.Meta(max_length=20)] = {}
    """The title by language, where the desk writes more than one; `title` stands for the rest."""
    section: Word = ""
    """What it is about: politics, world, economy, sport ..."""
    kind: Word = "article"
    """Its form: article, live, bulletin, press_conference, match, feature, interview, video ..."""
    tone: Literal["", "hard", "soft"] = ""
    mood: Literal["", "grim", "neutral", "bright"] = ""
    source: Word = ""
    story: Word = ""
    """Topics of one story tell of the same happening; empty: it stands alone."""
    published: Moment
    updated: Moment | None = None
    stale_at: Moment | None = None
    """When the news overtakes it: the match ends, the offer closes, the speech begins."""
    embargo: Moment | None = None
    """Not before this time."""
    hazard: bool = False
    """A bulletin of quake, tsunami, storm, whose numbers change by the minute."""
    sensitive: bool = False
    """Not for the first place: death of a child, suicide, crime against a minor ..."""
    regions: Annotated[tuple[Word, ...], msgspec.Meta(max_length=63)] = ()
    status: Literal["active", "withdrawn"] = "active"
    link: Text = ""
    picture: Text = ""

    def titled(self, locale: str) -> str:
        """Returns the title in a language, else the one title there is; empty: there is none."""
        return self.titles.get(locale) or self.title or next(iter(self.titles.values()), "")
