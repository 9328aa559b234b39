"""Reads of audits, for pages, services and the slices above."""
