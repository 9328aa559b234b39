"""Demo data: one invented network that says so in every name, made through the real services."""
