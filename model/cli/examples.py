"""``examples``: the shipped workbooks, listed or copied."""

from __future__ import annotations

import shutil
from pathlib import Path

from model.excel.inputs.errors import file_problem
from model.files.trouble import OutputError, reason
from model.shipped import EXAMPLES, example_files, inputs_folder


def examples_command(folder: Path | None) -> int:
    """List the shipped workbooks, or copy them with the data of fits into ``folder``; no file is overwritten. Raises
    InputError where one is there already, OutputError where one cannot be written.
    """
    if folder is None:
        width = max(map(len, EXAMPLES))
        print("\n".join(f"{name:{width}}  {words}" for name, words in EXAMPLES.items()))
        return 0
    files = example_files()
    for path in files:
        if (folder / path).exists():
            raise file_problem(f"'{folder / path}' exists already; choose another folder")
    try:
        for path in files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(inputs_folder() / path, folder / path)
    except OSError as error:
        raise OutputError(f"cannot write into '{folder}': {reason(error)}") from error
    print(f"{len(files)} files in {folder}")
    return 0
