"""Help for those who write rules. Nothing that evaluates or advises imports it."""

EXTRA = "pip install 'advise-engine[authoring]'"
"""The command that installs what some of it needs."""
