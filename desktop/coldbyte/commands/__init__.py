"""The commands that answer without a window: arguments in, an answer on standard output."""
