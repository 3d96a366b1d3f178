"""Runs the tests on each Python that pyproject.toml promises: `make versions`, or `python -m tools.python_versions 3.12`.

Each version gets an environment of its own from the same hashed lock files, in build/python-<version>, and the whole
suite but the browser's journeys and the wheel, which no Python version changes. A version that this machine lacks is
named and makes the run fail: what was not run was not shown.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
LEFT_OUT = ("tests/browser", "tests/test_wheel.py", "tests/test_contracts.py")
"""Tests of pages in a browser, of packaging and of the source text."""


def promised() -> list[str]:
    """The versions among the classifiers, such as 3.11."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = (re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line) for line in project["classifiers"])
    return [match[1] for match in found if match]


def find_interpreter(version: str) -> Path | None:
    """The Python of a version: on the path, or among those that pyenv keeps. Newest patch first."""
    if named := shutil.which(f"python{version}"):
        works = subprocess.run([named, "-c", "pass"], capture_output=True, check=False).returncode == 0
        if works:
            return Path(named)
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return next((path / "bin/python" for path in sorted(kept.glob(f"{version}.*"), reverse=True)), None)


def make_environment(version: str, interpreter: Path) -> Path:
    """An environment with what the lock files name; gives its Python."""
    folder = ROOT / "build" / f"python-{version}"
    python = folder / "bin/python"
    if not python.exists():
        subprocess.run([interpreter, "-m", "venv", folder], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    for lock in LOCKS:
        subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / lock)], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
    return python


def run(version: str) -> bool:
    """Whether the tests pass on a version."""
    interpreter = find_interpreter(version)
    if interpreter is None:
        print(f"Python {version}: not on this machine", flush=True)
        return False
    python = make_environment(version, interpreter)
    left_out = [f"--ignore={path}" for path in LEFT_OUT]
    print(f"Python {version} ({interpreter}):", flush=True)
    return subprocess.run([python, "-m", "pytest", "-n", "2", *left_out], cwd=ROOT, check=False).returncode == 0


def main() -> int:
    """Each version asked for, or all that are promised; 1 where one failed or is missing."""
    failed = [version for version in sys.argv[1:] or promised() if not run(version)]
    print(f"failed: {', '.join(failed)}" if failed else "all versions pass")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
