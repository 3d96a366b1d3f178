"""What was published: sources, documents, fetches and immutable snapshots."""
