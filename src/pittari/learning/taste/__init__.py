"""What would this person like, judged by the people who liked the same? (collaborative taste)"""

from .evaluate import recall_ndcg
from .model import TasteModel, fit
from .settings import TasteSettings

__all__ = ["TasteModel", "TasteSettings", "fit", "recall_ndcg"]
