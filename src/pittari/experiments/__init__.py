"""Judging before and beside what goes live."""
