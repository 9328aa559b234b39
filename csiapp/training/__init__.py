"""Training: courses, who must hold them, and what each person has completed.

Nothing is imported here, so that the pure module ``status`` loads alone.
"""
