"""What is read of a workbook is bounded before it is read: sizes, cells, kind of file; each refusal is one sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from model.cli import main
from model.excel import InputError, read_inputs
from model.excel.inputs import archive
from model.excel.inputs.archive import SheetLimits
from model.excel.inputs.workbook_cells import read_grids
from model.excel.other_programs import text_table
from model.excel.other_programs.text_table import read_text_table
from tests.helpers.edited_workbooks import template
from tests.hostile.bad_files import STRICT
from tests.hostile.parts import STRINGS, Parts

ROW = '<row r="{n}"><c r="A{n}"><v>1</v></c></row>'


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("starter") / "starter.xlsx"
    path.write_bytes(template())
    return path


@pytest.fixture
def edited(starter: Path, tmp_path: Path) -> Callable[[Callable[[Parts], object]], Path]:
    def make(edit: Callable[[Parts], object]) -> Path:
        book = Parts.of(starter)
        edit(book)
        book.save(tmp_path / "edited.xlsx")
        return tmp_path / "edited.xlsx"

    return make


@pytest.fixture(scope="module")
def strict(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As Excel saves a 'Strict Open XML Spreadsheet': other namespaces in every part (ISO/IEC 29500, strict)."""
    path, book = tmp_path_factory.mktemp("strict") / "edited.xlsx", Parts.of(starter)
    for name in book.parts:
        for old, new in STRICT.items():
            book.replace(name, old, new)
    book.save(path)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_inputs(path)
    assert len(caught.value.problems) == 1
    return str(caught.value)


def test_a_part_that_unpacks_to_more_than_is_read_is_refused_before_it_is(edited, monkeypatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_STRINGS", 2**20)
    path = edited(lambda b: b.replace(STRINGS, "</sst>", " " * 2**21 + "</sst>"))
    assert path.stat().st_size < 2**20
    message = refusal(path)
    assert "too large: its part xl/sharedStrings.xml unpacks to 2 MB, and at most 1 MB are read" in message


def test_a_part_that_declares_less_than_it_holds_is_refused_as_damaged(starter: Path, tmp_path: Path) -> None:
    """The sizes in the directory of the archive are a claim; here they are halved."""
    content = bytearray(starter.read_bytes())
    at = content.find(b"PK\x01\x02", content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/sharedStrings.xml")) - 1)
    size = int.from_bytes(content[at + 24 : at + 28], "little")
    content[at + 24 : at + 28] = (size // 2).to_bytes(4, "little")
    path = tmp_path / "claims.xlsx"
    path.write_bytes(content)
    assert "damaged" in refusal(path)


def test_more_cells_than_are_read_are_refused_with_the_sheet_named(edited) -> None:
    path = edited(lambda b: b.append_rows("References", "".join(ROW.format(n=n) for n in range(500, 700))))
    assert read_grids(path, ["References"]).keys() == {"References"}
    with pytest.raises(InputError, match=r"'References' of 'edited[.]xlsx' has more than 100 filled"):
        read_grids(path, ["References"], SheetLimits(size=2**20, filled=100, cells=10_000))
    with pytest.raises(InputError, match="more than 150 cells"):
        read_grids(path, ["References"], SheetLimits(size=2**20, filled=10_000, cells=150))


@pytest.mark.parametrize("rows", ['<row r="2000000000"><c r="A2000000000"/></row>', "wide"])
def test_cells_beyond_measure_are_refused_at_once(edited, rows: str) -> None:
    if rows == "wide":
        rows = "".join(f'<row r="{n}"><c r="XFD{n}"/></row>' for n in range(500, 700))
    path = edited(lambda b: b.append_rows("References", rows))
    start = time.process_time()
    with pytest.raises(InputError, match="'References' is too large to be read"):
        read_grids(path, ["References"], SheetLimits(size=2**20, filled=1000, cells=100_000))
    assert time.process_time() - start < 10


def test_a_number_that_only_python_would_read_is_refused(edited) -> None:
    path = edited(lambda b: b.append_rows("References", '<row r="500"><c r="A500"><v>0.7_3</v></c></row>'))
    assert "written as 0.7_3" in refusal(path)


def test_a_text_file_beyond_measure_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(text_table, "LARGEST_BYTES", 10**6)
    path = tmp_path / "draws.csv"
    path.write_text("cost_a,cost_b\n" + "1,2\n" * 2**19)
    with pytest.raises(InputError, match=r"'draws.csv' is 2 MB; a table may be at most 1 MB"):
        read_text_table(path)
    assert main(["psa-summary", str(path), "--out", str(tmp_path / "out")]) == 2
    assert main(["fit", str(path), "--out", str(tmp_path / "out")]) == 2


@pytest.mark.parametrize(
    "command",
    [
        ["FILE"],
        ["check", "FILE"],
        ["diff", "FILE", "STARTER"],
        ["diff", "STARTER", "FILE"],
        ["psa-summary", "FILE"],
        ["verify", "FILE"],
        ["fit", "FILE"],
        ["fit", "DATA", "--into", "FILE", "--no-figures"],
        ["fit", "DATA", "--excess", "FILE"],
    ],
    ids=" ".join,
)
def test_a_strict_workbook_is_told_how_to_be_saved_by_every_command(
    command: list[str], strict: Path, starter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.csv"
    data.write_text("arm,time,event\n" + "".join(f"a,{t},{t % 2}\n" for t in range(1, 13)))
    files = {"FILE": str(strict), "STARTER": str(starter), "DATA": str(data)}
    out = ["--out", str(tmp_path / "out")] if command[0] in ("FILE", "psa-summary", "fit") else []
    assert main([*(files.get(word, word) for word in command), *out]) == 2
    error = capsys.readouterr().err
    assert error.startswith("'edited.xlsx' is a 'Strict Open XML Spreadsheet'")
    assert "save it as 'Excel Workbook (*.xlsx)'" in error and error.count("\n") == 2
    assert not (tmp_path / "out").exists()
