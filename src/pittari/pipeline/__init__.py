"""The path every answer takes."""

from pittari.pipeline.asking import SourceUse
from pittari.pipeline.pipeline import Pipeline
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
