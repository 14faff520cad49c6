#!/usr/bin/env python3
"""Run the partitioned-survival decision model from the command line: ``python run_model.py --help``."""

import sys

from model.cli import main

if __name__ == "__main__":
    sys.exit(main())
