"""The site: one file per subject, pages render one typed object each."""
