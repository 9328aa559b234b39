"""Screens of the standards."""
