"""Writes of the speech floor, one module per kind of row."""
