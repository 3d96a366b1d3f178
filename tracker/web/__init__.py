"""The site: one file per subject, pages render one typed object each."""

from tracker.web.app import create_app

__all__ = ["create_app"]
