"""The JSON Schemas of knowledge bases, facts and outcomes."""
