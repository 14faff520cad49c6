"""How often Python looks for objects that hold nothing but each other."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (100_000, 50, 1000)
"""Of which there are few in a run, among the many that stay until its end and would be gone through each time."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """In the body they are looked for seldom."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
