"""What nothing uses: `python -m tools.dead_code`. Part of `make check`; ends with 1 and a line for each such thing.

vulture reads the code; what templates name counts as used, what only tests use does not. What is used in ways it can't see
stands in `dead_code_allowed.txt` with its reason; a line there that is not needed any more is a mistake too.
"""

import re
import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parents[1]
CODE = ("tracker", "jobs", "tools", "benchmarks")
TOLD_OF = ("tracker", "jobs")
"""Only what lies here is told; a tool may use the rest."""
SURE = 60
"""vulture's own measure: from here on it names unused functions, classes and attributes, not only imports."""
CALLED_BY_DECORATOR = (
    "@pages.*", "@app.*", "@*.command", "@*.callback", "@field_validator", "@model_validator", "@event.*",
)  # fmt: skip


def main(root: Path = ROOT) -> int:
    """Print what is unused, and what is allowed without need; how the process is to end."""
    allowed = read_allowed(root / "tools" / "dead_code_allowed.txt")
    found = find(root)
    lines = [f"{place}: nothing uses {name!r}" for name, place in found if name not in allowed]
    needless = sorted(allowed - {name for name, _ in found})
    lines += [f"tools/dead_code_allowed.txt: {name!r} is used, or gone; delete its line" for name in needless]
    print("\n".join(lines) or "No dead code found.")
    return 1 if lines else 0


def find(root: Path) -> list[tuple[str, str]]:
    """Each unused thing of the code below `root`: its name, and its file and line."""
    reader = Vulture(ignore_decorators=list(CALLED_BY_DECORATOR))
    reader.scavenge([root / name for name in CODE if (root / name).is_dir()], exclude=["*/migrations/*"])
    reader.used_names |= names_in_templates(root / "templates")
    parts = [(root / name).resolve() for name in TOLD_OF]
    return [
        (item.name, f"{item.filename.relative_to(root)}:{item.first_lineno}")
        for item in reader.get_unused_code(min_confidence=SURE)
        if any(part in item.filename.resolve().parents for part in parts)
    ]


def names_in_templates(folder: Path) -> set[str]:
    """Every name that stands between the marks of a template."""
    names: set[str] = set()
    for path in folder.rglob("*.*"):
        for code in re.findall(r"{[{%](.*?)[}%]}", path.read_text("utf-8"), re.DOTALL):
            names |= set(re.findall(r"[A-Za-z_]\w*", code))
    return names


def read_allowed(path: Path) -> set[str]:
    """The names of a file of `name  # reason` lines. Raises SystemExit for a line without a reason."""
    names = set()
    for line in path.read_text("utf-8").splitlines():
        name, _, reason = line.partition("#")
        if line.strip() and not line.startswith("#"):
            if not reason.strip():
                sys.exit(f"{path.name}: {name.strip()!r} has no reason (write `name  # why`)")
            names.add(name.strip())
    return names


if __name__ == "__main__":
    sys.exit(main())
