"""Topics from RSS, Atom and JSON feeds: asked now and then, within bounds of size and time."""

from pittari.editions.feeds.fetching import Fetched, fetch
from pittari.editions.feeds.polling import Polled, poll
from pittari.editions.feeds.reading import topics_of

__all__ = ["Fetched", "Polled", "fetch", "poll", "topics_of"]
