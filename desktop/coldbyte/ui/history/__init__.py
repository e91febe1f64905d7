"""The view of all exchanges."""
