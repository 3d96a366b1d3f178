"""What the documents tell a reader to type: it runs, it exists, and the files they point to are there."""

import contextlib
import importlib
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from tests.conftest import free_port
from tracker.cli import main
from tracker.settings import Settings
from tracker.world import World

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")] + sorted(
    ROOT.glob("docs/*.md")
)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:\.venv/bin/)?tracker [^`]+|make [a-z][^`]*|(?:\.venv/bin/)?python -m [^`]+)`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")
PLACE = re.compile(r"`((?:tracker|jobs|tools|tests|templates|docs|benchmarks|page|api)/[\w./-]*\w/?)`")
ROOMS = "tracker|jobs|archive|speech|positions|alerts|record|web|db|world|accounts|audit|runs"
DOTTED = re.compile(rf"`((?:{ROOMS})(?:\.\w+)+)(?:\(.*?\))?`")
SERVING = re.compile(r"^(make run|\S*tracker( --config \S+)? (run|serve|scheduler|worker|demo)\b)")
HEREDOC = re.compile(r"<<'?([A-Z]+)'?\n")


def commands(text: str) -> Iterator[str]:
    """The commands of a document's shell blocks, one at a time; a here-document belongs to its command."""
    for block in BLOCK.findall(text):
        lines = iter(block.replace("\\\n", "").splitlines())
        for line in lines:
            found = HEREDOC.search(line + "\n")
            if not found:
                yield line.split("  #")[0].strip()
                continue
            body = [line]
            for more in lines:
                body.append(more)
                if more == found[1]:
                    break
            yield "\n".join(body)


def every_command() -> list[tuple[str, str]]:
    found = []
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        typed = [line for line in commands(text) if line and not line.startswith("#")]
        told = INLINE.findall(BLOCK.sub("", text))
        found += [(path.name, command) for command in dict.fromkeys(typed + told)]
    return found


@pytest.mark.parametrize(("document", "command"), every_command())
def test_each_command_exists_with_its_options(document, command):
    first = command.split("\n")[0].split("<<")[0].split(" | ")[0].replace("…", "x").replace("`", "")
    words = shlex.split(re.sub(r"[<>] ?\S+", "", first))
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words.pop(0)
    if words[0].endswith("tracker"):
        understood(words[1:])
    elif words[0] == "make":
        targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        assert {word for word in words[1:] if "=" not in word} <= targets
    elif words[0].endswith("python"):
        module = words[2] if words[1] == "-m" else words[1]
        assert find_spec(module) if words[1] == "-m" else (ROOT / module).exists()
    else:
        assert words[0] in {
            "git",
            "cd",
            "cp",
            "openssl",
            "warcio",
            "curl",
            "zcat",
            "sha256sum",
            "printf",
            "datasette",
        }, document


def understood(words: list[str]) -> None:
    """The words after `tracker` name a command, and each option is one that it has."""
    command: click.Command = main
    context = click.Context(main)
    while words:
        word = words.pop(0)
        if word.startswith("-") and word != "-":
            options = {name: one for one in command.params for name in (*one.opts, *one.secondary_opts)}
            options |= {name: one for one in main.params for name in one.opts}
            name = word.partition("=")[0]
            assert name in options or name in {"--help", "--version"}, f"{command.name} has no {name}"
            takes_value = name in options and not getattr(options[name], "is_flag", False) and "=" not in word
            if takes_value and words:
                words.pop(0)
        elif isinstance(command, click.Group):
            found = command.get_command(context, word)
            assert found is not None, f"there is no `tracker {word}`"
            command = found


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_link_to_a_file_leads_to_one(path):
    missing = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_file_and_folder_that_a_document_names_is_there(path):
    if path.name in {"CHANGELOG.md", "map.md"}:
        pytest.skip("history may name what is gone; the map is compared with the source")
    named = PLACE.findall(path.read_text(encoding="utf-8"))
    assert [place for place in named if not ((ROOT / place).exists() or (ROOT / f"{place}.py").exists())] == []


def resolve(dotted: str) -> bool:
    """Whether a dotted name leads to a module, to something inside one, or to a key of the configuration."""
    parts = dotted.split(".")
    if parts[0] == "world" and parts[1] in {*dir(World), *World.__dataclass_fields__}:
        return True
    if parts[0] in Settings.model_fields and parts[1] in {"path", "url"}:
        return True
    for start in ([], ["tracker"]):
        for end in range(len(parts), 0, -1):
            with contextlib.suppress(ModuleNotFoundError):
                found: object = importlib.import_module(".".join(start + parts[:end]))
                for part in parts[end:]:
                    found = getattr(found, part, None) or getattr(found, "__annotations__", {}).get(part)
                if found is not None:
                    return True
    return False


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_name_of_the_code_that_a_document_names_exists(path):
    if path.name in {"CHANGELOG.md", "map.md", "known-gaps.md"}:
        pytest.skip("history may name what is gone; the others are compared with the code by tests of their own")
    assert [name for name in DOTTED.findall(path.read_text(encoding="utf-8")) if not resolve(name)] == []


class Reader:
    """Somebody who types what the README says, in an empty folder, with the commands of this environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".venv").mkdir()
        (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("TRACKER")}
        self.environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    def type(self, command: str, answers: str = "") -> str:
        done = subprocess.run(
            ["bash", "-euc", command],
            cwd=self.folder,
            env=self.environment,
            input=answers,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    @contextlib.contextmanager
    def serving(self, command: str, address: str) -> Iterator[None]:
        """A service that the README starts: it answers, and it stops cleanly."""
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(
                shlex.split(command), cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
            try:
                wait_for(address, process)
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=120) == 0, (self.folder / "log").read_text()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=60):
            return
        time.sleep(0.1)
    pytest.fail(f"{address} does not answer")


def test_the_readme_from_its_first_to_its_last_command(tmp_path):
    reader, port = Reader(tmp_path), free_port()
    typed = list(commands((ROOT / "README.md").read_text(encoding="utf-8")))
    assert typed[:2] == ["make run", "make test"], "the two commands come first"
    recipe = subprocess.run(["make", "-n", "run"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "tracker demo --host 127.0.0.1 --port 8000 --data data" in recipe
    demo = f".venv/bin/tracker demo --host 127.0.0.1 --port {port} --data data"
    with reader.serving(demo, f"http://127.0.0.1:{port}/t/ukraine-nato-membership/around/vilnius-summit-2023"):
        for command in typed[2:]:
            if not SERVING.match(command.replace(".venv/bin/", "")):
                reader.type(command, "correct horse battery staple\n" * 2)
                continue
            own = free_port()
            with reader.serving(f"{command} --port {own}", f"http://127.0.0.1:{own}/"):
                pass
        for asked in {command for _, command in every_command() if command.startswith("curl ")}:
            address = shlex.split(asked)[-1].replace(":8000", f":{port}")
            with urllib.request.urlopen(address, timeout=60) as answer:
                assert answer.status == 200, asked
    assert "everything holds" in reader.type("tracker verify --all --config data/config.toml")
    assert "Nordhaven Courier" in reader.type("tracker export claims --config data/config.toml")
