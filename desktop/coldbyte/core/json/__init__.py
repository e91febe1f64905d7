"""JSON as values, with nothing lost."""
