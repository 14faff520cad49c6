"""Survival data from a CSV file or a sheet: patient records (one row per patient or per endpoint) or digitised curves."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from model.excel.inputs.archive import DATA, scan_sheet
from model.excel.inputs.errors import InputError, InputProblem, file_problem
from model.excel.inputs.open_book import open_book
from model.excel.inputs.workbook_cells import check_file, sheet_rows
from model.excel.other_programs.text_table import read_text_table
from model.survival.reconstruction.curve_error import CURVE, NUMBERS_AT_RISK, TOTAL_EVENTS, CurveError
from model.survival.reconstruction.digitised import SLIGHTLY_OUTSIDE
from model.survival.reconstruction.reconstruct import Reconstruction, reconstruct
from model.survival.survival_data import SurvivalData, survival_data
from model.survival.time_unit import can_only_be_days, days_instead_of_months

NUMBERS, ENDINGS = ("time", "event", "entry", "weight", "age", "survival", "n_risk"), ("_time", "_event")
YES, NO = ("yes", "true", "1", "f", "female"), ("no", "false", "0", "m", "male")


@dataclasses.dataclass(frozen=True)
class TrialData:
    """Observations by endpoint and arm; reconstructions where they were read from a curve; ages where given."""

    data: Mapping[str, Mapping[str, SurvivalData]]
    reconstructions: Mapping[str, Mapping[str, Reconstruction]]
    ages: Mapping[str, Mapping[str, tuple[np.ndarray, np.ndarray]]]  # type: ignore[type-arg]
    told: tuple[str, ...] = ()  # disagreements and doubts, each with file and row, that do not stop the analysis


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows of a file by lower-case header; ``number`` is the row as the file counts it."""

    file: str
    headers: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Any]], ...]


class _Problems:
    """Gathers what is wrong with a file, cell by cell."""

    def __init__(self, file: str):
        self.file, self.found = file, []  # type: tuple[str, list[InputProblem]]

    def add(self, row: int, column: str, message: str) -> None:
        self.found.append(InputProblem(_place(self.file, row, column), "", "", "", message))

    def stop(self) -> None:
        if self.found:
            raise InputError(self.found)


def read_table(path: Path) -> Table:
    """The first sheet of a workbook, or a text file (`read_text_table`)."""
    if not path.exists():
        raise file_problem(f"{path} does not exist")
    try:
        raw = _sheet(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv(path)
    except InputError:
        raise
    except Exception as error:  # a damaged file can fail anywhere inside the parsers
        raise file_problem(f"{path.name} cannot be read as a table: {error}") from None
    filled = [(number, cells) for number, cells in raw if any(str(c or "").strip() for c in cells)]
    if len(filled) < 2:
        raise file_problem(f"{path.name} holds no rows of data under a row of headers")
    headers = tuple(_header(c) for c in filled[0][1])
    twice = next((h for i, h in enumerate(headers) if h and h in headers[:i]), None)
    if twice is not None:
        raise file_problem(f"{path.name} row {filled[0][0]}: the column name '{twice}' stands twice")
    rows = tuple((number, dict(zip(headers, cells, strict=False))) for number, cells in filled[1:])
    return Table(path.name, headers, rows)


def _csv(path: Path) -> list[tuple[int, list[Any]]]:
    """A text file; arms, endpoints and patients may be called as they like, also by numbers."""
    table = read_text_table(path, lambda header: _header(header) in NUMBERS or _header(header).endswith(ENDINGS))
    rows = zip(table.row_numbers, table.rows, strict=True)
    return [(table.header_row, list(table.headers)), *((number, list(row)) for number, row in rows)]


def _header(text: object) -> str:
    """A column's name for comparison: letter case and spaces do not count."""
    return str(text if text is not None else "").strip().lower().replace(" ", "_")


def _sheet(path: Path) -> list[tuple[int, list[Any]]]:
    check_file(path)
    with path.open("rb") as file:
        book = open_book(file)
        sheet = book.worksheets[0]
        scan_sheet(path, book._archive, sheet._worksheet_path, sheet.title, DATA)
        rows = enumerate(sheet_rows(sheet, DATA), start=1)
        return [(number, [cell.value for cell in row]) for number, row in rows if row]


def read_trial(path: Path, at_risk: Path | None = None, endpoints: tuple[str, ...] = ()) -> TrialData:
    """Read and check the data. Raises InputError with every problem, each with file, row and column."""
    table = read_table(path)
    if "survival" in table.headers and "time" in table.headers:
        return _digitised(table, at_risk, endpoints)
    if at_risk is not None:
        raise file_problem("numbers at risk belong to a digitised curve (columns arm, endpoint, time, survival)")
    problems = _Problems(table.file)
    if {"time", "event"} <= set(table.headers):
        _need(table, ("arm",))
        long = {"": ("time", "event")}
    else:
        long = {
            h.removesuffix("_time"): (h, f"{h.removesuffix('_time')}_event")
            for h in table.headers
            if h.endswith("_time") and f"{h.removesuffix('_time')}_event" in table.headers
        }
        if not long or "arm" not in table.headers:
            raise file_problem(
                f"{table.file} needs the columns arm, time and event; or arm and <endpoint>_time, <endpoint>_event; "
                f"or arm, endpoint, time and survival. It has: {', '.join(h for h in table.headers if h)}"
            )
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    seen: set[tuple[str, str, str]] = set()
    for number, row in table.rows:
        for name, (time_column, event_column) in long.items():
            endpoint = name or _text(row.get("endpoint")) or "os"
            if endpoints and endpoint not in endpoints:
                continue
            record = _record(row, number, time_column, event_column, problems)
            if name and not record["patient"]:  # every row is a patient, followed for several endpoints
                record["patient"] = f"row {number}"
            arm = _text(row.get("arm"))
            if not arm:
                problems.add(number, "arm", "is empty; it must hold the name of the arm")
            key = (arm, endpoint, record["patient"])
            if record["patient"] and key in seen:
                problems.add(number, "patient", f"'{record['patient']}' stands twice in arm '{arm}', endpoint '{endpoint}'")
            seen.add(key)
            found.setdefault(endpoint, {}).setdefault(arm, []).append(record)
    problems.stop()
    _endpoints_exist(table, endpoints, found)
    for endpoint, arms in found.items():
        for arm, records in arms.items():
            if not any(r["event"] for r in records):
                problems.add(
                    records[0]["row"],
                    long.get(endpoint, ("", "event"))[1],
                    f"arm '{arm}' has no event of {endpoint}: no curve can be fitted",
                )
    times = [
        (record["time"], record["row"], long.get(e, ("time", ""))[0])
        for e, arms in found.items()
        for records in arms.values()
        for record in records
    ]
    longest, row, column = max(times)
    told = _days(problems, table.file, row, column, longest)
    problems.stop()
    data = {e: {a: _observations(r) for a, r in arms.items()} for e, arms in found.items()}
    ages = {
        e: {a: (np.array([x["age"] for x in r]), np.array([x["female"] for x in r])) for a, r in arms.items()}
        for e, arms in found.items()
    }
    return TrialData(data, {}, ages, told)


def _days(problems: _Problems, file: str, row: int, column: str, longest: float) -> tuple[str, ...]:
    """A longest time that can only be days is a problem; one that may be is told."""
    words = days_instead_of_months(longest)
    if not words:
        return ()
    if can_only_be_days(longest):
        problems.found.append(InputProblem(_place(file, row, column), "", "", "", words))
        return ()
    return (f"{_place(file, row, column)}: {words}",)


def _place(file: str, row: int | None, column: str) -> str:
    return file + (f" row {row}" if row is not None else "") + (f", column '{column}'" if column else "")


def _need(table: Table, columns: tuple[str, ...]) -> None:
    missing = [c for c in columns if c not in table.headers]
    if missing:
        raise file_problem(
            f"{table.file} lacks the column(s) {', '.join(missing)}; it has: {', '.join(h for h in table.headers if h)}"
        )


def _endpoints_exist(table: Table, wanted: tuple[str, ...], found: Mapping[str, Any]) -> None:
    unknown = [e for e in wanted if e not in found]
    if unknown or not found:
        raise file_problem(f"{table.file} holds no endpoint '{', '.join(unknown)}'; choose from what it has")


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value if value is not None else "").strip()


def _record(row: Mapping[str, Any], number: int, time_column: str, event_column: str, problems: _Problems) -> dict[str, Any]:
    """One patient's values; what is wrong is noted."""
    time = _number(row, number, time_column, problems, above=0.0)
    event = _number(row, number, event_column, problems)
    if event is not None and event not in (0.0, 1.0):
        problems.add(number, event_column, f"{event:g} is not 0 (censored) or 1 (event)")
    entry = _number(row, number, "entry", problems, least=0.0, optional=True)
    if entry is not None and time is not None and entry >= time:
        problems.add(number, "entry", f"{entry:g} is not below the time, {time:g}")
    weight = _number(row, number, "weight", problems, above=0.0, optional=True)
    age = _number(row, number, "age", problems, least=0.0, optional=True)
    sex = _text(row.get("female")).lower()
    if sex and sex not in (*YES, *NO):
        problems.add(number, "female", f"'{sex}' is not yes or no")
    return {
        "row": number,
        "time": time,
        "event": bool(event),
        "entry": entry or 0.0,
        "weight": 1.0 if weight is None else weight,
        "patient": _text(row.get("patient")),
        "age": np.nan if age is None else age,
        "female": np.nan if not sex else float(sex in YES),
    }


def _number(
    row: Mapping[str, Any],
    number: int,
    column: str,
    problems: _Problems,
    above: float | None = None,
    least: float | None = None,
    optional: bool = False,
) -> float | None:
    text = _text(row.get(column))
    if not text:
        if not optional:
            problems.add(number, column, "is empty; it must hold a number")
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        problems.add(number, column, f"'{text}' is not a number")
        return None
    if above is not None and not value > above:
        problems.add(number, column, f"{value:g} is not above {above:g}")
        return None
    if least is not None and value < least:
        problems.add(number, column, f"{value:g} is below the minimum of {least:g}")
        return None
    return value


def _observations(records: list[dict[str, Any]]) -> SurvivalData:
    ids = tuple(r["patient"] for r in records)
    return survival_data(
        [r["time"] for r in records],
        [r["event"] for r in records],
        [r["entry"] for r in records],
        [r["weight"] for r in records],
        ids if all(ids) else None,
    )


def _digitised(table: Table, at_risk: Path | None, endpoints: tuple[str, ...]) -> TrialData:
    _need(table, ("arm", "time", "survival"))
    if at_risk is None:
        raise file_problem(
            f"{table.file} is a digitised curve; give its numbers at risk with --at-risk FILE "
            "(columns arm, endpoint, time, n_risk; time 0 at least)"
        )
    problems = _Problems(table.file)
    points: dict[tuple[str, str], list[tuple[int, float, float]]] = {}
    for number, row in table.rows:
        time = _number(row, number, "time", problems, least=0.0)
        survival = _number(row, number, "survival", problems)
        key = (_text(row.get("endpoint")) or "os", _text(row.get("arm")))
        if survival is not None and not -SLIGHTLY_OUTSIDE <= survival <= 1 + SLIGHTLY_OUTSIDE:
            hint = "; if in percent, divide by 100" if survival > 1.5 else ""
            problems.add(number, "survival", f"{survival:g} is not between 0 and 1{hint}")
        if time is not None and survival is not None and (not endpoints or key[0] in endpoints):
            points.setdefault(key, []).append((number, time, survival))
    risks = _risks(at_risk, problems)
    problems.stop()
    _endpoints_exist(table, endpoints, {key[0]: 1 for key in points})
    data: dict[str, dict[str, SurvivalData]] = {}
    made: dict[str, dict[str, Reconstruction]] = {}
    told: list[str] = []
    rising: set[tuple[str, str]] = set()
    nothing = _RiskRows([], None)
    for (endpoint, arm), clicks in points.items():
        of_arm = risks.get((endpoint, arm), nothing)
        words = f"arm '{arm}', endpoint '{endpoint}': "
        files = {
            CURVE: (table.file, "survival", [number for number, _, _ in clicks]),
            NUMBERS_AT_RISK: (at_risk.name, "n_risk", [number for number, _, _ in of_arm.numbers]),
            TOTAL_EVENTS: (at_risk.name, "n_risk", [0 if of_arm.total is None else of_arm.total[0]]),
        }
        longest, last = max((t, number) for number, t, _ in clicks)
        told += _days(problems, table.file, last, "time", longest)
        for (_, t0, n0), (number, t1, n1) in itertools.pairwise(sorted(of_arm.numbers, key=lambda r: r[1])):
            if n1 > n0:
                place = _place(at_risk.name, number, "n_risk")
                message = f"the number at risk rises from {n0:g} at {t0:g} to {n1:g} at {t1:g}"
                problems.found.append(InputProblem(place, "", "", "", message))
                rising.add((endpoint, arm))
        if (endpoint, arm) in rising:
            continue
        try:
            one = reconstruct(
                [t for _, t, _ in clicks],
                [s for _, _, s in clicks],
                [t for _, t, _ in of_arm.numbers],
                [n for _, _, n in of_arm.numbers],
                None if of_arm.total is None else of_arm.total[1],
            )
        except CurveError as error:
            where = _where(files[error.table], error.row)
            problems.found.append(InputProblem(where, "", "", "", words + str(error)))
            continue
        told += [f"{_where(files[d.table], d.row)}: {words}{d.message}" for d in one.disagreements]
        data.setdefault(endpoint, {})[arm] = one.data
        made.setdefault(endpoint, {})[arm] = one
    alone = [key for key in risks if key not in points and (not endpoints or key[0] in endpoints)]
    told += [
        f"{at_risk.name}: arm '{arm}', endpoint '{endpoint}' has numbers at risk, but {table.file} has no curve of it"
        for endpoint, arm in alone
    ]
    problems.stop()
    return TrialData(data, made, {}, tuple(told))


@dataclasses.dataclass
class _RiskRows:
    """Numbers at risk of a curve (row of the file, time, number), and its total of events (row, number) if given."""

    numbers: list[tuple[int, float, float]]
    total: tuple[int, int] | None


def _where(place: tuple[str, str, list[int]], position: int | None) -> str:
    """File, row and column of a row of a curve's table, by its position; without rows the file alone."""
    file, column, rows = place
    if not rows:
        return file
    if position is None:
        return _place(file, rows[0] if len(rows) == 1 else None, column)
    return _place(file, rows[position], column)


def _risks(path: Path, problems: _Problems) -> dict[tuple[str, str], _RiskRows]:
    """Numbers at risk and totals of events by endpoint and arm."""
    table = read_table(path)
    _need(table, ("arm", "time", "n_risk"))
    own = _Problems(table.file)
    found: dict[tuple[str, str], _RiskRows] = {}
    for number, row in table.rows:
        key = (_text(row.get("endpoint")) or "os", _text(row.get("arm")))
        of_arm = found.setdefault(key, _RiskRows([], None))
        count = _number(row, number, "n_risk", own, least=0.0)
        if _text(row.get("time")).lower() == TOTAL_EVENTS:
            if count is not None and count != round(count):
                own.add(number, "n_risk", f"{count:g} events are not possible; it must be a whole number")
            elif count is not None and of_arm.total is not None:
                message = f"the total of events of arm '{key[1]}', endpoint '{key[0]}' also stands in row {of_arm.total[0]}"
                own.add(number, "time", message)
            elif count is not None:
                of_arm.total = number, round(count)
            continue
        time = _number(row, number, "time", own, least=0.0)
        if time is not None and count is not None:
            of_arm.numbers.append((number, time, count))
    problems.found += own.found
    return found
