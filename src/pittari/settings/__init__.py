"""Settings: what an operator may decide, read from TOML and checked."""

from pittari.settings.reading import (
    Project,
    default_shelves,
    digest,
    fields,
    parse,
    project,
    read,
)
from pittari.settings.tables import (
    Boost,
    Bury,
    Caps,
    LearnTable,
    Match,
    Pin,
    Quota,
    ServerTable,
    Settings,
    Shelf,
    Shelves,
    StoreTable,
    Table,
)

__all__ = [
    "Boost",
    "Bury",
    "Caps",
    "LearnTable",
    "Match",
    "Pin",
    "Project",
    "Quota",
    "ServerTable",
    "Settings",
    "Shelf",
    "Shelves",
    "StoreTable",
    "Table",
    "default_shelves",
    "digest",
    "fields",
    "parse",
    "project",
    "read",
]
