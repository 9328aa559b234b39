"""Service standards: steps, sub-steps, key factors and measurable standards, in frozen versions.

Nothing is imported here, so that the pure module ``versioning`` loads alone.
"""
