"""Realistic pairs of requests: one per cause, their harmless twins, and mixtures."""
