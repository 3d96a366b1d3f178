"""Reads of what statements mean: topics and events, codings, timelines, shifts, and the material of a line-up."""

from tracker.positions.queries.coding_rows import LabelledCoding, codings, history, waiting
from tracker.positions.queries.coverage import lineup_coverage, lineup_documents, said_elsewhere, sources_down
from tracker.positions.queries.lineups import LineUpInput, groups, lineup_input, lineup_statement
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
    turning_point,
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
    "groups",
    "history",
    "lineup_coverage",
    "lineup_documents",
    "lineup_input",
    "lineup_statement",
    "newest",
    "newest_rows",
    "said_elsewhere",
    "scales",
    "shifts",
    "sources_down",
    "timeline",
    "topic",
    "topic_counts",
    "topic_stats",
    "topics",
    "topics_of",
    "turning_point",
    "verdicts",
    "waiting",
]
