"""The view of the advice: what the observed traffic says about caching the draft, in words and in money."""
