"""Words that name a medium: an agency or paper repeats what somebody said; it seldom says something itself."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.languages.data import Language, of_all, or_default
from tracker.languages.phrases import any_of


@lru_cache(maxsize=16)
def outlets(language: Language | None) -> re.Pattern[str]:
    """Find the names of media of every language, and the words by which a text's own language names one."""
    return any_of(of_all(lambda each: each.names.media_names).union(or_default(language).names.media_words))
