"""A language is one file: its words stand in ``tracker/languages/<code>.toml`` and nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.languages.data import languages

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "tracker/speech/turns/dialects/": "a dialect is the way one publisher writes: its labels are its own, in its language",
    "tracker/speech/quotes/english/": "the English tagger: its words are features its weights were trained with",
    "tracker/speech/phrasing.py": "words of the interface, which is English",
    "tracker/web/": "words of the interface, which is English",
}
WORDS = 4
"""Words from which a literal is a list of them."""
LISTED = re.compile(r"(?:[(|?:]|^)[^\W\d_A-Z][^\W\d_]{2,}(?:\|[^\W\d_]{3,}){2,}")
"""Three words and more that a regular expression chooses between."""


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts of a module but for its docstrings, with their lines."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def foreign(tree: ast.AST) -> Iterator[str]:
    """Find letters no English word has: Cyrillic, umlauts, accents."""
    for line, text in literals(tree):
        if re.search(r"[^\W\d_a-zA-Zªºʼ]", text):
            yield f"{line}: letters of a language: {text[:60]!r}"


def codes(tree: ast.AST) -> Iterator[str]:
    """Find comparisons with the code of a language, and tables by such codes."""
    known = set(languages())
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            compared = [leaf for part in (node.left, *node.comparators) for leaf in ast.walk(part)]
        elif isinstance(node, ast.Dict):
            compared = [key for key in node.keys if key is not None]
        else:
            continue
        told = {leaf.value for leaf in compared if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)}
        if told & known:
            yield f"{node.lineno}: asks for a language by its code: {sorted(told & known)}"


def lists(tree: ast.AST) -> Iterator[str]:
    """Find lists of words: split texts, sets of words, alternatives of a regular expression."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
            told = node.func.value
            if isinstance(told, ast.Constant) and len(str(told.value).split()) >= WORDS:
                yield f"{node.lineno}: a list of words: {str(told.value)[:60]!r}"
        if isinstance(node, ast.Set):
            words = [
                e.value for e in node.elts if isinstance(e, ast.Constant) and re.fullmatch(r"[a-z]+", str(e.value))
            ]
            if len(words) >= WORDS:
                yield f"{node.lineno}: a list of words: {words[:6]}"
    for line, text in literals(tree):
        if LISTED.search(text):
            yield f"{line}: a choice of words: {text[:60]!r}"


def findings(path: str, source: str) -> list[str]:
    """What stands in a module and belongs into a language file."""
    if any(path.startswith(allowed) for allowed in ALLOWED):
        return []
    tree = ast.parse(source)
    found = [*foreign(tree), *codes(tree)]
    # Above and below speech a list of words is mostly no language's: names of elements, states, columns.
    if path.startswith("tracker/speech/"):
        found += lists(tree)
    return found


def modules() -> list[str]:
    paths = [*(ROOT / "tracker").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]
    named = [str(path.relative_to(ROOT)) for path in paths]
    return sorted(p for p in named if not p.startswith(("tracker/languages/", "tracker/migrations/")))


@pytest.mark.parametrize("path", modules())
def test_no_words_of_a_language_stand_outside_its_file(path):
    assert findings(path, (ROOT / path).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "put_back",
    [
        'AND = {"и", "und"}',
        'LATER = re.compile(r"stand|aktualisiert|обновлен")',
        'if language.code == "de": pass',
        'cased = code in ("ru", "uk", "pl")',
        'PLURAL = {"ru": 1}',
        'DETERMINERS = frozenset("der die das dem den".split())',
        'BODIES = {"house", "ministry", "court", "party"}',
        'PLAN = re.compile(r"(?:scheduled|expected|planned)")',
    ],
)
def test_words_that_are_put_back_are_found(put_back):
    assert findings("tracker/speech/people/names.py", put_back)


def test_every_exception_is_still_needed():
    for allowed in ALLOWED:
        assert any(path.startswith(allowed) for path in modules()), f"{allowed} is no more"
