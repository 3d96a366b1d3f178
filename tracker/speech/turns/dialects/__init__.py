"""One file per form of transcript."""
