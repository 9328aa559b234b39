"""Audits: forms built from published standards, visits, answers, evidence and scores.

Nothing is imported here, so that the pure modules (scoring, form content, lifecycle) load alone.
"""
