"""One data file per language, and what reads them: reporting verbs, titles, weekdays, quotation marks."""
