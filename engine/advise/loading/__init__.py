"""Reads a knowledge base from its folder, checks it, and reports everything that is wrong with it."""

from advise.loading.reader import load, read

__all__ = ["load", "read"]
