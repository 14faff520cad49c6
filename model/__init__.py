"""Partitioned-survival decision model."""
