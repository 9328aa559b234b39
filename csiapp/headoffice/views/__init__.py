"""Pages of head office."""
