"""The `tracker` command as a process of its own that starts in a blink.

Each command is forked from a process that has imported everything once. It has standard streams, an environment, a
folder and an exit code of its own, as if a shell had started it; only the imports, a second or two each time, are
spared. That the executable itself starts is shown by tests/docs, tests/test_wheel.py and tests/jobs/test_workers.py.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.preloaded", __name__])


def run(folder: Path, *command: object, given: bytes = b"") -> subprocess.CompletedProcess[str]:
    """What `tracker …` did in `folder`, without the variables of whoever runs the tests."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TRACKER")}
    words = [str(word) for word in command]
    with tempfile.TemporaryDirectory() as streams:
        paths = [Path(streams, name) for name in ("in", "out", "err")]
        paths[0].write_bytes(given)
        process = FORKED.Process(target=_become, args=(paths, environment, folder, words))
        process.start()
        process.join()
        out, err = (path.read_bytes().decode() for path in paths[1:])
    assert process.exitcode is not None
    return subprocess.CompletedProcess(words, process.exitcode, out, err)


def _become(paths: list[Path], environment: dict[str, str], folder: Path, words: list[str]) -> None:
    """Be the command: in the forked process, which does nothing else."""
    for number, path in enumerate(paths):
        handle = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT)
        os.dup2(handle, number)
        os.close(handle)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the life of the process
        for number, mode in enumerate("rww")
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["tracker", *words]
    from tracker.cli import main

    main()
