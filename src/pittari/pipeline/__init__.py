"""The path every answer takes."""

from pittari.pipeline.pipeline import Pipeline, SourceUse
from pittari.pipeline.stages import Arrangement, Composer, Filter, Observer, Scorer, Source

__all__ = [
    "Arrangement",
    "Composer",
    "Filter",
    "Observer",
    "Pipeline",
    "Scorer",
    "Source",
    "SourceUse",
]
