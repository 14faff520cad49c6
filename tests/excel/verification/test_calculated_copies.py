"""Cases shared out to processes that hold a calculated workbook: order, faults, and that nothing of them stays behind.

The workbook squares a number, in 200 steps of a sum, so that what a case must show is known.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from model.cli import main
from model.excel.verification import calculated_copies
from model.excel.verification.calculated_copies import CalculatedCopies, CopyError
from tests.helpers.output_models import small_output

NUMBER, SQUARE, ERROR = ("S", 1, 1), ("S", 1, 2), ("S", 1, 3)
CASES = [{NUMBER: k} for k in range(12)]
SQUARES = [[float(k * k)] for k in range(12)]

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
on_posix = pytest.mark.skipif(os.name != "posix", reason="groups of processes")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("copies") / "squares.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write(0, 0, 3)
        sheet.write_formula("B1", "=D200")
        sheet.write_formula("C1", "=1/0")
        sheet.write_formula("D1", "=A1*A1/200")
        for row in range(2, 201):
            sheet.write_formula(f"D{row}", f"=D{row - 1}+A$1*A$1/200")
    return path


PROCESSORS = {"one processor": 1, "copied": 2, "copied three times": 4, "loaded again": 2}


@pytest.fixture(params=PROCESSORS)
def copies(request: pytest.FixtureRequest, workbook: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CalculatedCopies]:
    copied = request.param.startswith("copied")
    if copied and sys.platform != "linux":
        pytest.skip("processes are copied on Linux alone")
    monkeypatch.setattr(calculated_copies, "processors", lambda: PROCESSORS[request.param])
    monkeypatch.setattr(calculated_copies, "CAN_BE_COPIED", copied)
    copies = CalculatedCopies(workbook)
    copies.expect(100)
    yield copies
    copies.close()


@pytest.fixture
def three(workbook: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CalculatedCopies]:
    """Three processes that have shown something."""
    monkeypatch.setattr(calculated_copies, "processors", lambda: 3)
    copies = CalculatedCopies(workbook)
    assert list(copies.show(CASES, [SQUARE])) == [pytest.approx(value) for value in SQUARES]
    yield copies
    copies.close()


def group_of(copies: CalculatedCopies) -> int:
    """The group of its processes has the number of the first of them."""
    return copies._processes[0].pid


def members(group: int) -> list[int]:
    """The processes of a group, without those that have ended."""
    listed = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return sorted(int(pid) for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z"))


def gone(group: int, seconds: float = 30.0) -> bool:
    until = time.monotonic() + seconds
    while members(group) and time.monotonic() < until:
        time.sleep(0.05)
    return not members(group)


# ---- cases -----------------------------------------------------------------------------------------------------------


def test_every_case_is_shown_once_and_in_order(copies: CalculatedCopies) -> None:
    assert next(copies.show([{}], [SQUARE, NUMBER])) == [pytest.approx(9.0), 3.0]
    for _ in range(2):
        assert list(copies.show(CASES, [SQUARE])) == [pytest.approx(value) for value in SQUARES]


def test_a_number_is_taken_out_and_an_error_is_a_value(copies: CalculatedCopies) -> None:
    square, error = next(copies.show([{NUMBER: None}], [SQUARE, ERROR]))
    assert square == 0.0 and error["kind"] == "Div"


def test_what_formualizer_refuses_is_told_in_its_words(copies: CalculatedCopies) -> None:
    with pytest.raises(CopyError, match="Row"):
        list(copies.show([{("S", 0, 0): 1}], [SQUARE]))


def test_what_is_no_workbook_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "words.xlsx").write_text("words")
    copies = CalculatedCopies(tmp_path / "words.xlsx")
    with pytest.raises(CopyError, match="ZIP"):
        list(copies.show(CASES, [SQUARE]))
    copies.close()


PANICS = """
class Panic(BaseException):
    "As of Rust: no Exception."

class EvaluationConfig:
    pass

WorkbookConfig = dict

class Workbook:
    @staticmethod
    def from_path(path, config):
        raise Panic("index out of bounds")
"""


def test_a_panic_of_formualizer_is_told_in_its_words(workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "formualizer.py").write_text(PANICS)
    monkeypatch.syspath_prepend(tmp_path)
    copies = CalculatedCopies(workbook)
    with pytest.raises(CopyError, match="index out of bounds"):
        list(copies.show(CASES, [SQUARE]))
    copies.close()


REFUSED = """
import os
from pathlib import Path

def refused():
    raise BlockingIOError("no more processes")

os.fork = refused
exec(compile(Path({process!r}).read_text(), "formualizer_process.py", "exec"))
"""


@on_linux
def test_where_the_system_would_not_copy_it_one_process_shows_every_case(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "refused.py").write_text(REFUSED.format(process=str(calculated_copies.PROCESS)))
    monkeypatch.setattr(calculated_copies, "PROCESS", tmp_path / "refused.py")
    monkeypatch.setattr(calculated_copies, "processors", lambda: 2)
    copies = CalculatedCopies(workbook)
    assert list(copies.show(CASES, [SQUARE])) == [pytest.approx(value) for value in SQUARES]
    assert members(group_of(copies)) == [group_of(copies)]
    copies.close()


@on_linux
def test_the_other_processes_are_copies_of_the_first_and_show_cases_too(three: CalculatedCopies) -> None:
    assert len(three._processes) == 1 and len(members(group_of(three))) == 3
    assert all(copy._holds for copy in three._copies)


@on_linux
def test_however_many_processors_there_are_no_more_than_four_processes_hold_the_workbook(
    workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calculated_copies, "processors", lambda: 64)
    copies = CalculatedCopies(workbook)
    assert next(copies.show([{}], [NUMBER])) == [3.0]
    assert len(members(group_of(copies))) == 4
    copies.close()


# ---- faults ----------------------------------------------------------------------------------------------------------


@on_linux
@pytest.mark.parametrize("which", ["the first", "a copy", "the other copy"])
def test_where_a_process_is_killed_no_part_is_taken_for_the_whole(three: CalculatedCopies, which: str) -> None:
    group = group_of(three)
    one, other = set(members(group)) - {group}
    os.kill({"the first": group, "a copy": one, "the other copy": other}[which], signal.SIGKILL)
    with pytest.raises(CopyError, match="ended"):
        list(three.show(CASES, [SQUARE]))
    three.close()
    assert gone(group)


@on_linux
@pytest.mark.parametrize("when", ["while it loads", "while cases are shown", "when they are shown"])
def test_nothing_is_left_once_it_is_closed(workbook: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    monkeypatch.setattr(calculated_copies, "processors", lambda: 2)
    copies = CalculatedCopies(workbook)
    group = group_of(copies)
    if when != "while it loads":
        shown = copies.show([{NUMBER: k} for k in range(1000)], [SQUARE])
        next(shown)
        if when == "when they are shown":
            assert len(list(shown)) == 999
    copies.close()
    assert gone(group)


HOLDS = """
import sys
from pathlib import Path
from model.excel.verification import calculated_copies
calculated_copies.processors = lambda: 2
copies = calculated_copies.CalculatedCopies(Path(sys.argv[1]))
next(copies.show([{}], [("S", 1, 1)]))
print(copies._processes[0].pid, flush=True)
sys.stdin.read()
"""


@on_linux
def test_a_program_that_is_killed_leaves_none_of_them(workbook: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    call = [sys.executable, "-c", HOLDS, str(workbook)]
    with subprocess.Popen(call, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        group = int(process.stdout.readline())
        assert len(members(group)) == 2
        process.kill()
    assert gone(group)


# ---- the command -----------------------------------------------------------------------------------------------------

INTERRUPTS = """
import os, pickle, signal, sys, time
from pathlib import Path
Path(__file__).with_name("group").write_text(str(os.getpgid(0)))
pickle.dump(1, sys.stdout.buffer)
sys.stdout.buffer.flush()
pickle.load(sys.stdin.buffer)
os.kill(os.getppid(), signal.SIGINT)
time.sleep(600)
"""


@on_posix
def test_ctrl_c_is_not_kept_waiting_by_what_is_being_calculated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A process that presses Ctrl-C when it is asked for something, and would calculate for ten minutes more."""
    process = tmp_path / "slow.py"
    process.write_text(INTERRUPTS)
    monkeypatch.setattr(calculated_copies, "PROCESS", process)
    assert main(["verify", str(small_output("two arms").path)]) == 130
    assert capsys.readouterr().err.startswith("Stopped.")
    assert gone(int((tmp_path / "group").read_text()))


ENDS = """
import pickle, sys
pickle.dump(1, sys.stdout.buffer)
"""


def test_a_process_that_ends_by_itself_is_told_in_one_sentence_and_the_command_exits_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ends.py").write_text(ENDS)
    monkeypatch.setattr(calculated_copies, "PROCESS", tmp_path / "ends.py")
    assert main(["verify", str(small_output("two arms").path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and "its process ended before it answered" in shown.err.splitlines()[0]
    assert shown.err.splitlines()[1:] == ["1 problem found; nothing was run or written."]
