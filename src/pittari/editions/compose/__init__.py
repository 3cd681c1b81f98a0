"""The best line-up of a problem: proven, found in time, or at least in order of priority."""
