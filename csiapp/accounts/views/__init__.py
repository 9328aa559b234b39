"""Sign-in, invitations, resets, preferences, people."""
