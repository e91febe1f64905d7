"""What the window shows of the project's folder."""
