"""The causes of a miss, by their rules."""
