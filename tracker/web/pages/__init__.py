"""One module per address of the site."""
