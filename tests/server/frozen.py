"""Imported last by the server of forks: the garbage collector of a fork need not look at what was loaded."""

import gc

gc.collect()
gc.freeze()
