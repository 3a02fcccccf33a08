"""Faults: what becomes of the vault's promises when processes, networks, disks and clocks fail."""
