"""The prompt cache by its rules: what is read and written, its tokens and its money."""
