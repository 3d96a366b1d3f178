"""What pages share: cards, charts, wording, dates."""
