"""What the user sees of an import."""
