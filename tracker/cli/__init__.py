"""The `tracker` command. Exit codes: 0 done, 1 failed, 2 wrong usage or bad configuration, 75 somebody else is doing it.

Errors are one clear line each on standard error, never a trace. Heavy libraries are imported inside the commands.
"""

from tracker.cli import accounts, assistants, definitions, evidence, record, service, work
from tracker.cli.base import main

__all__ = ["accounts", "assistants", "definitions", "evidence", "main", "record", "service", "work"]
