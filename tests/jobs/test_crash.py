"""kill -9 in the middle of collecting: nothing lost, nothing double, nothing without its parent, and no repair."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_killed_collector_loses_and_doubles_nothing():
    """A few of the points; benchmarks/collecting.py kills at 200."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crash", "6"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["points"] == 6
    assert found["documents"] > 0
    assert {name: found[name] for name in ("lost", "too_many", "double", "orphans", "proof_fails")} == {
        "lost": 0,
        "too_many": 0,
        "double": 0,
        "orphans": 0,
        "proof_fails": 0,
    }
