"""`make bench`: every figure to the screen and to benchmarks/results/."""

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from benchmarks import evidence, speech
from benchmarks.floors import all_figures

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure, print a line for each figure, and keep them."""
    figures = []
    print(f"{'floor':18} {'what':36} {'× reference':>12}  reference (this run)")
    for figure in chain(all_figures(), evidence.figures(), speech.figures()):
        figures.append(asdict(figure))
        print(
            f"{figure.floor:18} {figure.what:36} {figure.ratio:12.2f}  {figure.reference} ({figure.ours})", flush=True
        )
    table = speech.labelled()
    print(table)
    RESULTS.mkdir(exist_ok=True)
    made = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "figures": figures,
        "reader": table.splitlines(),
    }
    (RESULTS / "floors.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
