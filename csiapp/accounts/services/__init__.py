"""Writes of accounts. The request commits."""
