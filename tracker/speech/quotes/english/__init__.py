"""Quotations in English prose: a trained tagger and what it sees."""
