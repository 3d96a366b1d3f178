"""The states of messages in words, as every page of the outbox tells them."""

from tracker.alerts.models import DeliveryState

STATES = {
    DeliveryState.OWED: "waiting",
    DeliveryState.TAKEN: "being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "given up",
    DeliveryState.DROPPED: "not sent on purpose",
}
