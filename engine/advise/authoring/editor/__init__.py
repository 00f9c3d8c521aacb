"""Help in editors: a language server, and JSON Schemas for one that there is already."""
