"""Wishes to be told of a topic, as the form of the site makes them."""

from tracker.alerts.ledger.sign_up import AlertRequest, SubscriptionRequest


def wish(
    address: str, topic: str = "bridge-toll", *, plain: bool = False, timezone: str = "UTC", **alert: str
) -> SubscriptionRequest:
    """Somebody's wish to follow a topic."""
    asked = AlertRequest(told={"topic": [topic]}, **alert)
    return SubscriptionRequest(address=address, alert=asked, plain=plain, timezone=timezone)
