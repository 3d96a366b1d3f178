"""Reads of what statements mean: topics and events, codings, timelines, shifts, and the material of a line-up."""

from tracker.positions.queries.coding_rows import LabelledCoding, codings, history, waiting
from tracker.positions.queries.lineups import (
    LineUpInput,
    lineup_coverage,
    lineup_documents,
    lineup_input,
    lineup_statement,
)
from tracker.positions.queries.shift_rows import ShiftRow, shifts, verdicts
from tracker.positions.queries.timelines import MOST_COUNTED, Filters, count, newest, timeline
from tracker.positions.queries.topics_events import (
    TopicStats,
    TopicWithScale,
    claim_topics,
    event_topics,
    events,
    events_of,
    newest_rows,
    scales,
    topic,
    topic_counts,
    topic_stats,
    topics,
    topics_of,
)

__all__ = [
    "MOST_COUNTED",
    "Filters",
    "LabelledCoding",
    "LineUpInput",
    "ShiftRow",
    "TopicStats",
    "TopicWithScale",
    "claim_topics",
    "codings",
    "count",
    "event_topics",
    "events",
    "events_of",
    "history",
    "lineup_coverage",
    "lineup_documents",
    "lineup_input",
    "lineup_statement",
    "newest",
    "newest_rows",
    "scales",
    "shifts",
    "timeline",
    "topic",
    "topic_counts",
    "topic_stats",
    "topics",
    "topics_of",
    "verdicts",
    "waiting",
]
