"""Starts the product and the servers it needs on one machine, and stops all of it again.

Knows programs, sockets and folders; imports nothing of the product it starts.
"""
