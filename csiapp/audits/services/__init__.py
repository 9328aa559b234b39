"""Writes of audits: one module per verb family, one transaction per verb."""
