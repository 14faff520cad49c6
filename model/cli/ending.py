"""How a command ends: its exit code, and what is said of an error that stops it."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext, redirect_stdout
from io import StringIO

from model.cli.refused import refuse
from model.definition.problems import DefinitionError
from model.engine import ClusterError
from model.excel.inputs.errors import InputError
from model.files import OutputError, reason


def run_to_the_end(a: argparse.Namespace) -> int:
    """Run the command that ``a`` holds; returns the exit code."""
    try:
        with redirect_stdout(StringIO()) if a.quiet else nullcontext():
            code: int = a.start(a)
        sys.stdout.flush()
        return code
    except InputError as error:
        return refuse(str(error), len(error.problems))
    except DefinitionError as error:
        return refuse("\n".join(problem.message for problem in error.problems), len(error.problems))
    except ClusterError as error:
        return refuse(f"--scheduler: {error}")
    except OutputError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        return _system_refused(error)


def _system_refused(error: OSError) -> int:
    """One sentence about a file that cannot be read, or about standard output."""
    if error.filename is None:  # who reads the pipe, such as head, has seen enough; or the file it goes to is full
        if not isinstance(error, BrokenPipeError):
            print(" ".join([f"Failed: {reason(error)}.", *getattr(error, "__notes__", [])]), file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    print(f"'{os.fsdecode(error.filename)}' cannot be used: {reason(error)}.", file=sys.stderr)
    return 2
