"""A request or an exchange in the words of other programs."""
