"""Who is meant: names, mentions, and the persons of a document."""
