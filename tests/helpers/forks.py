"""Work in a process of its own that has everything loaded already, which a new one takes seconds for."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable


def in_a_fork(work: Callable[[], int]) -> int:
    """The exit code of a copy of this process that does ``work``: what it returns, or 1 for an error; below 0 if killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
