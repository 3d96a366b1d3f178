"""See to it that the tests have a browser: an installed one, else Debian's by apt, else Playwright's own.

Prints where it is, or the sentence that says what to install; never a silent skip, so it exits 1 when there is none.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """The path of a browser that Playwright can drive, or None."""
    given = os.environ.get("TRACKER_CHROMIUM")
    if given:
        return given
    return next((path for path in map(shutil.which, NAMES) if path), None) or playwrights_own()


def playwrights_own() -> str | None:
    """The browser that Playwright fetched earlier, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and os.path.exists(path) else None  # noqa: PTH110 - a path given as text


def main() -> None:
    """Find a browser or get one."""
    if installed() is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False)
    if installed() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    found = installed()
    if found is None:
        sys.exit(
            "The browser tests need chromium: install it (Debian: apt-get install chromium) or set TRACKER_CHROMIUM."
        )
    print(f"browser for the tests: {found}")


if __name__ == "__main__":
    main()
