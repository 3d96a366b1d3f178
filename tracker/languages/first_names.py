"""First names of many languages, as a dictionary ships them: first_names.txt, read once."""

from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def first_names() -> dict[str, frozenset[str]]:
    """First names in small letters: of women ("she"), of men ("he"), of both ("either")."""
    lines = resources.files("tracker.languages").joinpath("first_names.txt").read_text("utf-8").splitlines()
    parted = [line.partition(" = ") for line in lines if not line.startswith("#")]
    return {key: frozenset(names.split()) for key, _, names in parted}
