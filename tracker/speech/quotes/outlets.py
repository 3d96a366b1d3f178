"""Words that name a medium: an agency or paper repeats what somebody said; it seldom says something itself."""

from __future__ import annotations

import re

OUTLETS = re.compile(
    r"\b(?:news|times|post|press|agency|tv|television|radio|broadcasting|journal|reuters|bloomberg|afp|ap|bbc|cnn|nbc|cbs|"
    r"abc|fox|npr|pbs|sky|itv|channel|guardian|telegraph|politico|dpa|ard|zdf|ansa|efe|pap|tass|ria|interfax|euronews|"
    r"correspondent|reporter|journalist|magazine|gazette|tribune|herald|standard|mail|sun|mirror|economist|independent|"
    r"spiegel|welt|zeitung|presse|redaktion|rundfunk|ukrinform|suspilne|pravda|today|daily|weekly|media|wall street)\b",
    re.IGNORECASE,
)
