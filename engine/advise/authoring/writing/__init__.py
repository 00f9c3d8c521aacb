"""Writes rule files: new ones, rules put into those that there are, and all of them in one form."""
