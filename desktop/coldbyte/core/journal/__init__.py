"""The working copy as bytes: records of what happened, and what they add up to."""
