"""Tests of the rule loader."""
