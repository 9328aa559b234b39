"""Benchmarks: `make bench` runs them. Not part of the product."""
