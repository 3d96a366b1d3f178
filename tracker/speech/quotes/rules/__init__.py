"""Quotations in the other languages: a sentence taken apart by rules."""
