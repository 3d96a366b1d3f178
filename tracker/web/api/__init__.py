"""The read interface `/api/v1`: the record for programs, described by `/api/v1/openapi.json`."""

from tracker.web.api.views import pages

__all__ = ["pages"]
