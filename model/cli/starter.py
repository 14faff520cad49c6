"""``template``: the starter workbook."""

from __future__ import annotations

import os
from pathlib import Path

from model.excel import write_template
from model.excel.inputs.errors import file_problem


def template_command(file: Path) -> int:
    """Write the starter workbook; an existing file is never overwritten. Raises InputError or OutputError."""
    if os.path.lexists(file):
        raise file_problem(f"'{file}' exists already; choose another name")
    if file.suffix.lower() != ".xlsx":
        raise file_problem(f"'{file}' must end in .xlsx")
    write_template(file)
    print(f"{file} written. Fill in the yellow cells, then: run_model.py check {file}; run_model.py {file}")
    return 0
