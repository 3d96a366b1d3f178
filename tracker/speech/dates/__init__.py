"""When something was said: date expressions, and the days of an article."""
