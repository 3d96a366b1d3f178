"""One data file per language: reporting verbs, titles, weekdays, quotation marks."""
