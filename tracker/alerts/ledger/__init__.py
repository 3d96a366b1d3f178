"""Writes of the alerts floor, one module per kind of row."""
