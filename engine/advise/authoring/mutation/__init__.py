"""Rules altered a little, to see whether the examples notice."""
