"""Who said what, when: quotations, turns, people, said-dates and claims."""
