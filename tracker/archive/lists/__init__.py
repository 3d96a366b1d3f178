"""What a source lists: feeds, pages of links, JSON lists and sitemaps, read into entries."""
