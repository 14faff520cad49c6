#!/usr/bin/env python3
"""Run the partitioned-survival decision model from the command line: ``python run_model.py --help``."""

import sys

if __name__ == "__main__":
    try:
        from model.cli import main
    except KeyboardInterrupt:  # stopped before anything began
        sys.exit(130)
    sys.exit(main())
