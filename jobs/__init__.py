"""The table of jobs: what runs by itself, how often, and what does it. Each job picks, works, and writes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from tracker.settings import Schedule
from tracker.world import World


@dataclass(frozen=True, slots=True)
class Job:
    """A job's name, how often it runs (seconds; 0 is never) and what it does; it returns its counts."""

    name: str
    every_s: Callable[[Schedule], int]
    work: Callable[[World], dict[str, Any]]


def _collect(world: World) -> dict[str, Any]:
    from jobs import collect

    outcomes = collect.run(world)
    return {
        "sources": len(outcomes),
        "documents": sum(outcome.new_documents for outcome in outcomes),
        "claims": sum(outcome.new_claims for outcome in outcomes),
        "failed": sum(outcome.failed for outcome in outcomes),
    }


def _extract(world: World) -> dict[str, Any]:
    from jobs import extract

    return _counts(extract.run(world))


def _extract_apart(world: World) -> dict[str, Any]:
    from jobs import extract

    return _counts(extract.run(world, apart=True))


def _deliver(world: World) -> dict[str, Any]:
    from jobs import deliver

    return _counts(deliver.run(world))


def _post_webhooks(world: World) -> dict[str, Any]:
    from jobs import post_webhooks

    return _counts(post_webhooks.run(world))


def _read_bounces(world: World) -> dict[str, Any]:
    from jobs import read_bounces

    return _counts(read_bounces.run(world))


def _notify_operators(world: World) -> dict[str, Any]:
    from jobs import notify_operators

    return _counts(notify_operators.run(world))


def _recheck(world: World) -> dict[str, Any]:
    from jobs import recheck

    return _counts(recheck.run(world))


def _reread(world: World) -> dict[str, Any]:
    from jobs import reread

    return _counts(reread.run(world))


def _learn(world: World) -> dict[str, Any]:
    from jobs import learn

    return _counts(learn.run(world))


def _ask_model(world: World) -> dict[str, Any]:
    from jobs import ask_model

    return _counts(ask_model.run(world))


def _tidy(world: World) -> dict[str, Any]:
    from jobs import tidy

    return _counts(tidy.run(world))


def _submit(world: World) -> dict[str, Any]:
    from jobs import wayback_submit

    return _counts(wayback_submit.run(world))


def _counts(counts: object) -> dict[str, Any]:
    return asdict(counts) if is_dataclass(counts) and not isinstance(counts, type) else {}


JOBS: tuple[Job, ...] = (
    Job("collect", lambda schedule: schedule.collect_s, _collect),
    Job("extract", lambda schedule: schedule.extract_s, _extract),
    Job("deliver", lambda schedule: schedule.deliver_s, _deliver),
    Job("post_webhooks", lambda schedule: schedule.deliver_s, _post_webhooks),
    Job("read_bounces", lambda schedule: schedule.read_bounces_s, _read_bounces),
    Job("notify_operators", lambda schedule: schedule.notify_operators_s, _notify_operators),
    Job("recheck", lambda schedule: schedule.recheck_s, _recheck),
    Job("reread", lambda schedule: schedule.reread_s, _reread),
    Job("learn", lambda schedule: schedule.learn_s, _learn),
    Job("ask_model", lambda schedule: schedule.ask_model_s, _ask_model),
    Job("tidy", lambda schedule: schedule.tidy_s, _tidy),
    Job("submit", lambda schedule: schedule.submit_s, _submit),
)

SHARED_WORK: tuple[tuple[str, Callable[[World], object]], ...] = (
    ("collect", _collect),
    ("extract", _extract_apart),
    ("deliver", _deliver),
    ("post_webhooks", _post_webhooks),
)
"""What any number of workers do beside the schedule."""
