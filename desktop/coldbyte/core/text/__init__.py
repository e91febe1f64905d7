"""Texts, and where two of them differ."""
