"""Help for those who write rules. Nothing that evaluates or advises imports it."""
