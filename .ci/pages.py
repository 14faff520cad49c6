"""How many pages an output workbook prints on by default in LibreOffice: python .ci/pages.py OUTPUT_WORKBOOK ...

Exit code 1 where it is more than :data:`MOST`, or nothing is printed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from model.excel.verification.libreoffice import office_program  # noqa: E402

MOST = 40
PAGE = re.compile(rb"/Type\s*/Page[^s]")


def pages(workbook: Path) -> int:
    """The pages of the whole workbook, as its print areas stand."""
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [str(office_program()), profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(workbook)]
        subprocess.run(command, check=True, capture_output=True)
        return len(PAGE.findall((Path(folder) / f"{workbook.stem}.pdf").read_bytes()))


if __name__ == "__main__":
    workbooks = [Path(name) for name in sys.argv[1:]]
    with ThreadPoolExecutor() as threads:
        found = dict(zip(workbooks, threads.map(pages, workbooks), strict=True))
    for path, number in found.items():
        print(f"{path.name}: {number} printed pages", flush=True)
    sys.exit(0 if found and all(0 < number <= MOST for number in found.values()) else 1)
