"""The studio above the standards: what they are trained, audited, worth, and where a set stands.

Reads standards, training and audits together, which none of the three may do.
"""
