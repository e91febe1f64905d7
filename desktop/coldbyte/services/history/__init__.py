"""The file of all exchanges."""
