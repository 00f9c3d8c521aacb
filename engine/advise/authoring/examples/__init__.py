"""Examples of a knowledge base: run, explained, brought up to date, suggested, and what they reach."""
