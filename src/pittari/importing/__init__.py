"""How does a company's own data come in? From files, row by row, and nothing is lost unsaid."""

from pittari.importing.files import FORMATS, Source, examine
from pittari.importing.importer import Report, bring, look
from pittari.importing.mapping import Mapping
from pittari.importing.plans import KINDS, Plan, plan

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
