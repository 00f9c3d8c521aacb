"""Finds people: facts for which rules hold, or a condition comes out as wanted."""
