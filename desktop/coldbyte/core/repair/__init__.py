"""Fixes: from a cause to a repaired request."""
