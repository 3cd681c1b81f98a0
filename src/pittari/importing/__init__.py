"""How does a company's own data come in? From files, row by row, and nothing is lost unsaid."""

from pittari.importing.files import FORMATS, Source, examine
from pittari.importing.importer import KINDS, Plan, Report, bring, look, plan
from pittari.importing.mapping import Mapping

__all__ = [
    "FORMATS",
    "KINDS",
    "Mapping",
    "Plan",
    "Report",
    "Source",
    "bring",
    "examine",
    "look",
    "plan",
]
