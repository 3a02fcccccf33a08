"""Measurements: what a request costs the server in CPU time, beside other ways to answer the same."""
