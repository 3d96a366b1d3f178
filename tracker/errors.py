"""The one small tree of errors this product raises on purpose."""


class TrackerError(Exception):
    """Something a person can act on; its text is the message they read."""
