"""The log: one line of JSON an event on standard error, whoever writes it.

Our own events, those of every library, warnings, and errors nobody caught go through the same steps; an exception stands
inside its event. Mail addresses and passwords in addresses never reach it.
"""

import logging
import re
import sys
import threading
from collections.abc import Mapping
from typing import Any, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

QUIET = ("apscheduler", "alembic", "urllib3", "waitress", "werkzeug")
"""Libraries that tell of every step they take; of them only what is wrong is kept."""
ADDRESS = re.compile(r"[^\s@<>\"'()\[\],;:/\\]+@[^\s@<>\"'()\[\],;:/\\]+")
MASKED = "<address>"


def set_up(level: int) -> None:
    """Send everything from `level` up to standard error."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    after: list[Processor] = [
        structlog.processors.format_exc_info,
        mask_addresses,
        structlog.processors.JSONRenderer(ensure_ascii=True),
    ]
    structlog.configure(
        processors=[*before, *after],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*before, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *after],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.raiseExceptions = False  # an event that can't be written must not become a trace on standard error
    logging.captureWarnings(capture=True)
    _catch_the_rest()


def mask_addresses(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event without mail addresses, and without the password in an address like https://name:password@host."""
    return cast("EventDict", _masked(event))


def _masked(value: Any) -> Any:  # noqa: ANN401 - any value of an event
    if isinstance(value, str):
        return ADDRESS.sub(MASKED, value) if "@" in value else value
    if isinstance(value, Mapping):
        return {key: _masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(one) for one in value]
    return value


def _catch_the_rest() -> None:
    """Write what nobody caught as an event: in the main thread, in any other, and where there is nobody to raise it to."""
    log = logging.getLogger("tracker")

    def in_main(kind: type[BaseException], error: BaseException, trace: Any) -> None:  # noqa: ANN401 - a traceback
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("stopped by an error nobody expected", exc_info=(kind, error, trace))

    def in_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
            name = told.thread.name if told.thread else "unknown"
            error = (told.exc_type, told.exc_value, told.exc_traceback)
            log.critical("thread %s stopped by an error nobody expected", name, exc_info=error)

    def ignored(told: Any) -> None:  # noqa: ANN401 - sys.UnraisableHookArgs exists in stubs only
        log.error("an error nobody could be told of", exc_info=(told.exc_type, told.exc_value, told.exc_traceback))

    sys.excepthook, threading.excepthook, sys.unraisablehook = in_main, in_thread, ignored
