"""The `advise` command: a thin layer over the `advise` library."""
