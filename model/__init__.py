"""Partitioned-survival decision model: the public names a script needs."""
