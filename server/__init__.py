"""HTTP, the command line, settings and wiring: what runs the floors below."""
