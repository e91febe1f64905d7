"""The prefix panel and its views: where the prefix breaks, by what, and what it costs."""
