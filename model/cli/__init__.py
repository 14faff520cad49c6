"""Floor 5: the command line. Arguments in, exit code out."""

from model.cli.arguments import main

__all__ = ["main"]
