"""Search: what people type, as terms; and statements as the words an index holds. Pure."""
