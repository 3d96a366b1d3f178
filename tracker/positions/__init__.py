"""What it means: topics, scales, codings, events and shifts."""
