"""The import contracts hold, and they would notice: a floor that imports upward breaks the build. No test asserts a time."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import dead_code, names

ROOT = Path(__file__).parents[1]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("tracker", "jobs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


BROKEN = (
    ("tracker/archive/queries.py", "import tracker.speech.models", "Each floor imports only"),
    ("tracker/db.py", "import tracker.world", "Each floor imports only"),
    ("jobs/tidy.py", "import tracker.web", "The jobs stand between"),
    ("tracker/speech/wording.py", "import sqlalchemy", "pure rooms"),
    ("tracker/positions/ledger/codings.py", "import requests", "HTTP has one room"),
    ("tracker/web/views/dates.py", "import smtplib", "SMTP has one room"),
    ("tracker/alerts/ledger/deliveries.py", "import flask", "nothing of Flask"),
    ("tracker/web/pages/search.py", "import tracker.web.pages.home", "Pages import no pages"),
    ("tracker/web/cache.py", "import sqlalchemy", "SQL has its rooms"),
    ("jobs/tidy.py", "from sqlmodel import select", "SQL has its rooms"),
    ("tracker/alerts/mail.py", "import sqlmodel", "SQL has its rooms"),
    ("tracker/world.py", "import jobs", "The jobs stand between"),
    ("tracker/attic.py", "", "Each floor imports only"),
    ("tracker/speech/tokens/marks.py", "import tracker.speech.quotes.prose", "No two rooms"),
    ("jobs/runner/pool.py", "import jobs.collect", "No two rooms"),
)
"""A file, an import that it may not have, and the contract that says so."""
TOLD_AS = {
    "tracker/attic.py": "attic",
    "tracker/speech/tokens/marks.py": ".tokens -> .quotes",
    "jobs/runner/pool.py": ".runner -> .collect",
}
"""How the checker names a file where it does not give its dotted name: a module without a floor, a cycle of rooms."""


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict[str, str]:
    """What the checker says of each contract where every one of them is broken: its name, and what is wrong."""
    folder = tmp_path_factory.mktemp("broken")
    for name in ("tracker", "jobs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for file, line, _ in BROKEN:
        path = folder / file
        path.write_text((path.read_text() if path.exists() else '"""A module without a floor."""\n') + f"\n{line}\n")
    result = lint(folder)
    assert result.returncode != 0
    parts = re.split(r"\n([^\n]+)\n-{5,}\n", result.stdout.partition("Broken contracts\n")[2])
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(("file", "line", "contract"), BROKEN)
def test_an_import_that_goes_the_wrong_way_breaks_the_build(told, file, line, contract):
    [words] = [what for name, what in told.items() if contract in name]
    assert TOLD_AS.get(file, file.removesuffix(".py").replace("/", ".")) in words


def test_the_house_keeps_its_contracts(copy):
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("line", "measure"),
    [
        ("class World: ...", lambda root: names.shared_class_names(root)[1]),
        ("CALL = print_all(1, 2, 3, 4, 5, 6)", names.positional_calls),
        (
            "@dataclass(frozen=True)\nclass Wide:\n    a: int\n    b: int\n    c: int\n    d: int\n    e: int",
            names.positional_dataclasses,
        ),
    ],
    ids=["a class name with two meanings", "six values by position", "a wide dataclass without keywords"],
)
def test_an_unclear_name_is_counted(copy, line, measure):
    assert measure(copy) == []
    path = copy / "tracker/web/views/dates.py"
    path.write_text(f"{path.read_text('utf-8')}\n\n{line}\n", "utf-8")
    assert len(measure(copy)) == 1


@pytest.fixture
def house(copy: Path) -> Path:
    """A copy with all that the look for dead code reads."""
    for name in ("tools", "templates", "benchmarks"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "results"))
    return copy


def test_no_code_is_dead(house, capsys):
    assert dead_code.main(house) == 0, capsys.readouterr().out


def test_dead_code_breaks_the_build(house, capsys):
    path = house / "tracker/web/views/dates.py"
    lines = ("def nobody_calls_me(): ...", "class NobodyMakesMe: ...", "NOBODY_READS_ME = 1")
    path.write_text(f"{path.read_text('utf-8')}\n\n" + "\n".join(lines) + "\n", "utf-8")
    assert dead_code.main(house) == 1
    found = re.findall(r"^tracker/web/views/dates.py:\d+: nothing uses '(\w+)'", capsys.readouterr().out, re.MULTILINE)
    assert found == ["nobody_calls_me", "NobodyMakesMe", "NOBODY_READS_ME"]


def test_what_a_template_uses_is_not_dead(house):
    path = house / "tracker/web/views/dates.py"
    path.write_text(f"{path.read_text('utf-8')}\n\ndef shown_by_a_page(): ...\n", "utf-8")
    (house / "templates/more.html").write_text("<p>{{ page.shown_by_a_page }}</p>")
    assert dead_code.main(house) == 0


def test_an_exception_nobody_needs_breaks_the_build(house, capsys):
    path = house / "tools/dead_code_allowed.txt"
    path.write_text(f"{path.read_text('utf-8')}\ngone_long_ago  # was used by a page\n", "utf-8")
    assert dead_code.main(house) == 1
    assert "'gone_long_ago' is used, or gone; delete its line" in capsys.readouterr().out


def test_an_exception_without_a_reason_is_none(house):
    path = house / "tools/dead_code_allowed.txt"
    path.write_text(f"{path.read_text('utf-8')}\nno_reason\n", "utf-8")
    with pytest.raises(SystemExit, match="'no_reason' has no reason"):
        dead_code.main(house)


TIMES = {
    "monotonic",
    "perf_counter",
    "process_time",
    "thread_time",
    "time",
    "monotonic_ns",
    "perf_counter_ns",
    "time_ns",
}


def clock_names(tree: ast.Module) -> set[str]:
    """The names that hold a moment of the machine's clock, or a period made of such moments."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and reads_clock(node.value, names):
            names |= {part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return names


def reads_clock(node: ast.AST, names: set[str]) -> bool:
    """Whether an expression asks the machine for the time, or uses a name that holds one."""
    return any(
        (isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in TIMES
         and isinstance(part.func.value, ast.Name) and part.func.value.id == "time")
        or (isinstance(part, ast.Name) and part.id in names)
        for part in ast.walk(node)
    )  # fmt: skip


def timed_asserts(source: str) -> list[int]:
    """The lines of a test file that assert how long something took."""
    tree = ast.parse(source)
    lines = []
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        names = clock_names(ast.Module(function.body, []))
        lines += [
            node.lineno for node in ast.walk(function) if isinstance(node, ast.Assert) and reads_clock(node.test, names)
        ]
    return lines


def test_no_test_asserts_how_long_something_took():
    """A busy machine is slow at everything: count steps, calls or bytes, or move a clock; time is for benchmarks."""
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / "tests").rglob("*.py")
        for line in timed_asserts(path.read_text("utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    "line", ["assert time.monotonic() - began < 5", "took = time.perf_counter() - began\n    assert took < 2"]
)
def test_an_assertion_on_time_would_be_noticed(line):
    assert timed_asserts(f"def test_it():\n    began = time.monotonic()\n    {line}\n")


def docstrings():
    """Each function's docstring with its place."""
    for folder in ("tracker", "jobs", "tools"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef) and (told := ast.get_docstring(node)):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", told


def test_a_docstring_says_what_a_function_gives_or_does_and_not_that_it_gives_it():
    wrong = re.compile(r"(?:Gives?|Returns|Says?|Tells) ")
    assert [
        place for place, told in docstrings() if wrong.match(told) and not told.startswith(("Give back", "Say goodbye"))
    ] == []
