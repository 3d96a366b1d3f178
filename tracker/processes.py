"""Names of processes, as leases, runs and taken mails carry them, and whether the one behind a name still lives.

A name is `host:pid:birth:token`. `birth` tells a process from a later one with the same number, and from one with the
same number in another container: the PID namespace and the start time that Linux keeps in /proc (proc(5), field 22 of
`stat`); "-" elsewhere. `token` is random: a name never stands for two things.
"""

import os
import secrets
import socket
from pathlib import Path

PROC = Path("/proc")
UNKNOWN = "-"


def new_name() -> str:
    """A new name for this process."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_birth(pid) or UNKNOWN}:{secrets.token_hex(4)}"


def is_dead(holder: str) -> bool:
    """Whether `holder` names a process of this machine that lives no more; False for what can't be known from here."""
    parts = holder.rsplit(":", 3)
    if len(parts) != 4 or parts[0] != socket.gethostname() or not parts[1].isdecimal():  # noqa: PLR2004 - the four of a name
        return False
    pid, birth = int(parts[1]), parts[2]
    if birth == UNKNOWN:
        return not _answers(pid)
    if birth.split("-")[0] != _namespace():
        return False
    return _birth(pid) != birth


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _namespace() -> str | None:
    """The PID namespace of this process together with the boot it belongs to."""
    try:
        space = (PROC / "self/ns/pid").stat().st_ino
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
    except OSError:
        return None
    return f"{space}.{boot}"


def _birth(pid: int) -> str | None:
    """The namespace and start time of a living process; None for one that is gone or only waits to be buried."""
    space = _namespace()
    try:
        # The name in parentheses may hold anything, parentheses and blanks too: the numbers begin after the last one.
        fields = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    if space is None or len(fields) < 20 or fields[0] in {"Z", "X"}:  # noqa: PLR2004 - the state is field 3, the start 22
        return None
    return f"{space}-{fields[19]}"
