"""The timeline at the foot of the window."""
