"""Sound reasoning about conditions: what can't hold, what follows from what. What isn't proved isn't claimed."""

from advise.authoring.logic.live import Live, live_rules
from advise.authoring.logic.reasoning import Bound, Claim, Logic, Names

__all__ = ["Bound", "Claim", "Live", "Logic", "Names", "live_rules"]
