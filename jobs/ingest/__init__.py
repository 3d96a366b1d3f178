"""How documents come in: by list, by hand, by import, on trial."""
