"""Pittari, a touchpoint engine: the right thing, in the right place, at the right time."""

__version__ = "0.1.0"
