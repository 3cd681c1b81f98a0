"""Does a rule file keep what it promises, over every pool of topics there could be?"""

from pittari.editions.prove.checking import assumptions, checked
from pittari.editions.prove.rado import Assumption
from pittari.editions.prove.report import Answer, Report

__all__ = ["Answer", "Assumption", "Report", "assumptions", "checked"]
