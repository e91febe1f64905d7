"""Whether caching pays, where breakpoints belong, and how long entries should live."""
