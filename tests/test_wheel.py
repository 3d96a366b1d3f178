"""The wheel carries everything: installed into an environment of its own and run from another folder, it answers."""

import os
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
from pathlib import Path

import pytest

from tests.conftest import free_port

ROOT = Path(__file__).parents[1]


def run(*command: object, cwd: Path) -> str:
    result = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `tracker` of an environment that holds the wheel, beside the packages that are installed here already."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    venv.create(folder / "env", with_pip=False)
    uv = Path(sys.executable).with_name("uv")
    python = folder / "env/bin/python"
    wheel = next(folder.glob("*.whl"))
    run(uv, "pip", "install", "-q", "--offline", "--no-index", "--no-deps", "--python", python, wheel, cwd=folder)
    # No network in tests: what the wheel needs comes from here. A path in a .pth file is not searched for .pth files of
    # its own, so the project itself, which stands here by such a file, is not found.
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    (Path(packages) / "what-it-needs.pth").write_text(sysconfig.get_path("purelib") + "\n")
    place = run(python, "-c", "import tracker; print(tracker.__path__[0])", cwd=folder).strip()
    assert place == f"{packages}/tracker"
    return folder / "env/bin/tracker"


def test_the_demo_of_the_installed_wheel_answers_from_another_folder(installed, tmp_path):
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "TRACKER"))}
    process = subprocess.Popen(
        [installed, "demo", "--port", str(port), "--data", tmp_path / "data"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        page = answer(f"http://127.0.0.1:{port}/", process)
        assert "On the Record" in page
        assert "--paper" in answer(f"http://127.0.0.1:{port}/static/style.css", process)
        lineup = answer(f"http://127.0.0.1:{port}/t/ukraine-nato-membership/around/vilnius-summit-2023", process)
        assert "Jens Stoltenberg" in lineup
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors


def answer(url: str, process: subprocess.Popen[str]) -> str:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=60) as response:
                return str(response.read().decode())
        except OSError:
            assert process.poll() is None, process.stderr.read() if process.stderr else ""
            time.sleep(0.2)
    raise AssertionError("the demo did not answer in two minutes")
