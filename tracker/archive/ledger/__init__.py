"""Writes of the archive, one module per kind of row."""
