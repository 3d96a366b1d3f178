"""Transcripts: one file per dialect, and the registry that finds the right one."""
