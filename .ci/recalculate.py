"""Recalculate output workbooks in LibreOffice and compare every formula with the value that was stored with it.

    python .ci/recalculate.py WORKBOOK ...

Exit code 1 if a formula gives an error or differs by more than 1e-9 (relative), or if a workbook has no formula.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from openpyxl import load_workbook

TOLERANCE = 1e-9
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def recalculated(workbook: Path, folder: Path) -> Path:
    """The workbook as LibreOffice saves it after recalculating every formula on load."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    out = folder / "out"
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(out), str(workbook)],
        check=True, capture_output=True, timeout=600,
    )  # fmt: skip
    return out / workbook.name


def differs(stored: object, fresh: object) -> bool:
    """Do a stored and a recalculated value disagree?"""
    if isinstance(stored, bool) or isinstance(fresh, bool) or not isinstance(stored, (int, float)):
        return str(stored or "") != str(fresh or "")
    if not isinstance(fresh, (int, float)):
        return True
    return abs(stored - fresh) > TOLERANCE * max(1.0, abs(stored), abs(fresh))


def compare(workbook: Path) -> int:
    """Print what disagrees; returns the number of disagreements (1 if there is nothing to compare)."""
    with tempfile.TemporaryDirectory() as folder:
        fresh_book = load_workbook(recalculated(workbook, Path(folder)), data_only=True)
        formulas = load_workbook(workbook)
        stored_book = load_workbook(workbook, data_only=True)
        count, wrong = 0, []
        for sheet in formulas.worksheets:
            stored_sheet, fresh_sheet = stored_book[sheet.title], fresh_book[sheet.title]
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        count += 1
                        stored = stored_sheet[cell.coordinate].value
                        fresh = fresh_sheet[cell.coordinate].value
                        if differs(stored, fresh):
                            wrong.append(
                                f"{sheet.title}!{cell.coordinate}: stored {stored!r}, recalculated {fresh!r}"
                            )
    for line in wrong[:20]:
        print(line)
    print(f"{workbook.name}: {count} formulas recalculated by LibreOffice, {len(wrong)} differ")
    return len(wrong) if count else 1


if __name__ == "__main__":
    sys.exit(1 if sum(compare(Path(name)) for name in sys.argv[1:]) else 0)
