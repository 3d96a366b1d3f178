"""Who must be told: subscriptions, deliveries and mail."""
