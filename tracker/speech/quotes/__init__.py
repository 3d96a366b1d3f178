"""Quotations in prose: direct, mixed and indirect, with speaker and cue."""
