"""Measurements: what a request costs the server, in CPU time of its process."""
