"""Writes of the positions floor, one module per kind of row."""
