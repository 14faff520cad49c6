"""``examples``: the shipped workbooks, listed or copied."""

from __future__ import annotations

import shutil
from pathlib import Path

from model.excel.inputs.errors import file_problem
from model.files.trouble import OutputError, reason
from model.shipped import EXAMPLES, inputs_folder


def examples_command(folder: Path | None) -> int:
    """List the shipped workbooks, or copy them with the data of fits into ``folder``; no file is overwritten. Raises
    InputError where one is there already, OutputError where one cannot be written.
    """
    if folder is None:
        width = max(map(len, EXAMPLES))
        print("\n".join(f"{name:{width}}  {words}" for name, words in EXAMPLES.items()))
        return 0
    files = sorted(path for path in inputs_folder().iterdir() if path.suffix in (".xlsx", ".csv") and path.name[0] != "~")
    for path in files:
        if (folder / path.name).exists():
            raise file_problem(f"'{folder / path.name}' exists already; choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in files:
            shutil.copyfile(path, folder / path.name)
    except OSError as error:
        raise OutputError(f"cannot write into '{folder}': {reason(error)}") from error
    print(f"{len(files)} files in {folder}")
    return 0
