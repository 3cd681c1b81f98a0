"""From rows to parameters: each room writes the table that serving reads under its name."""

from pittari.learning.learn import LEARNERS, learn
from pittari.learning.learner import Learned, Learner
from pittari.learning.rows import LogRows

__all__ = ["LEARNERS", "Learned", "Learner", "LogRows", "learn"]
