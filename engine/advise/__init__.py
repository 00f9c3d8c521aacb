"""Rules in YAML, a person's facts in, checked and explained advice out."""

from advise.errors import AdviseError, FactsError, Finding, KnowledgeBaseError, Place, Problem, UsageError
from advise.knowledge_base import KnowledgeBase
from advise.outcome import Outcome

__all__ = [
    "AdviseError",
    "FactsError",
    "Finding",
    "KnowledgeBase",
    "KnowledgeBaseError",
    "Outcome",
    "Place",
    "Problem",
    "UsageError",
]
