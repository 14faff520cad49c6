"""Published statistics: each possible in itself, and survival that does not rise from one to the next."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.curves.effective_numbers import AT_A_MONTH, POINTS, WITH_NUMBER, follow_up_of
from model.definition.model_definition import address_of
from model.definition.records.curves import Evidence
from model.excel.formulas.formula import Formula
from model.excel.live.bench import Bench
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page

VALUES = "Published statistics are possible: shares between 0 and 1, medians and ratios above 0"
INTERVALS = "The interval of a published statistic holds its value"
PRECISION = "A statistic to calibrate to has an interval, a standard error or an effective n, typed or from the follow-up"
REFERENCES = "A hazard ratio to calibrate to has a reference arm whose curve has its own source"
FALLING = "Survival never rises from one published statistic to a later one"
NOT_BEFORE = "A share that was not reached by a month was not reached before"
FOLLOW_UP = "The median follow-up lies from the shortest to the longest"


def times_of_statistics(bench: Bench, page: Page) -> dict[str, Formula]:
    """The months of landmarks as numbers: in their own cells they are text, in the signs of the run's language."""
    rows = [r for r in bench.definition.evidence if r.statistic in AT_A_MONTH]
    if not rows:
        return {}
    table = GrowingTable(
        page,
        "Months of landmarks",
        "A row with another month is a new row, which counts from the next run on.",
        [PageColumn("", "text", 76), PageColumn("Landmark", "text", 52), PageColumn("Month", "any", 10)],
    )
    return {
        address_of("evidence", r): table.cell(table.add("", address_of("evidence", r), As(float(r.item), "any")), 2)
        for r in rows
    }


def evidence_rules(bench: Bench, times: dict[str, Formula]) -> Iterator[tuple[str, str, Formula]]:
    """The rules of each row of the table of evidence."""
    for row in bench.definition.evidence:
        where = address_of("evidence", row)
        value, low, high, error, n = (_cell(bench, row, f) for f in _FIELDS)
        used = f'{_cell(bench, row, "use")}="yes"'
        if row.statistic in AT_A_MONTH:
            yield VALUES, where, _broken(f"AND({value}>0,{value}<1)")
        elif row.statistic != "prior":
            yield VALUES, where, _broken(f"{value}>0")
        ordered = [f"{low}<{high}", f"{low}<={value}", f"{value}<={high}"]
        ordered += [f"{low}>0"] if row.statistic == "hazard_ratio" else []
        inside = f"IF(AND({','.join(ordered)}),0,1)"
        yield INTERVALS, where, Formula(f'IF(OR({low}="",{high}=""),0,{inside})', 0.0)
        by_n = _known_by_n(bench, row, times, n) if row.statistic in WITH_NUMBER else "FALSE"
        known = f'OR({error}<>"",AND({low}<>"",{high}<>""),{by_n})'
        yield PRECISION, where, Formula(f"IF({used},IF({known},0,1),0)", 0.0)
        if row.statistic == "not_reached":
            yield NOT_BEFORE, where, _reached_before(bench, row, times, used)
        if row.statistic == "hazard_ratio":
            yield REFERENCES, where, Formula(f"IF({used},{_without_reference(bench, row)},0)", 0.0)
    for given in bench.definition.follow_up:
        shortest, median, longest = (bench.inputs[f"{address_of('follow_up', given)}.{f}"].text for f in _TIMES)
        yield FOLLOW_UP, address_of("follow_up", given), _broken(f"AND({shortest}<={median},{median}<={longest})")
    yield from _falling(bench, times)


_TIMES = ("shortest", "median", "longest")
_FIELDS = ("value", "lower", "upper", "standard_error", "effective_n")


def _reached_before(bench: Bench, row: Evidence, times: dict[str, Formula], used: str) -> Formula:
    """1 where another statistic of the curve says that the share was reached by then."""
    month, share = _point(bench, times, row)
    found = []
    for other in bench.definition.evidence:
        if (other.arm, other.endpoint) == (row.arm, row.endpoint) and other.statistic in POINTS:
            t, s = _point(bench, times, other)
            found.append(f'AND({_cell(bench, other, "use")}="yes",{t}<={month},{s}<={share})')
    return Formula(f"IF(AND({used},OR({','.join(found)})),1,0)" if found else "0", 0.0)


def _known_by_n(bench: Bench, row: Evidence, times: dict[str, Formula], n: str) -> str:
    """An effective n is typed, or can be calculated: the statistic stands before the end of the longest follow-up."""
    given = follow_up_of(bench.definition, row)
    if given is None:
        return f'{n}<>""'
    longest = bench.inputs[f"{address_of('follow_up', given)}.longest"].text
    return f'OR({n}<>"",{_point(bench, times, row)[0]}<{longest})'


def _cell(bench: Bench, row: Evidence, field: str) -> str:
    base = address_of("evidence", row)
    if field == "value" and f"{base}.value" not in bench.inputs:
        return bench.inputs[base].text
    return bench.inputs[f"{base}.{field}"].text


def _broken(holds: str) -> Formula:
    return Formula(f"IF({holds},0,1)", 0.0)


def _without_reference(bench: Bench, row: Evidence) -> str:
    """0 where the reference arm in use has a curve of its own source that takes no hazard ratio itself."""
    reference = bench.inputs[f"curves.{row.arm}.{row.endpoint}.reference_arm"].text
    possible = []
    for curve in bench.definition.curves:
        if curve.endpoint != row.endpoint or curve.arm == row.arm:
            continue
        source = bench.inputs[f"curves.{curve.arm}.{curve.endpoint}.source"].text
        ratios = [
            f'{_cell(bench, e, "use")}<>"yes"'
            for e in bench.definition.evidence
            if e.statistic == "hazard_ratio" and (e.arm, e.endpoint) == (curve.arm, curve.endpoint)
        ]
        conditions = [f'{reference}="{curve.arm}"', f'{source}<>"relative_effect"', *ratios]
        possible.append(f"AND({','.join(conditions)})")
    return f"IF(OR({','.join(possible)}),0,1)" if possible else "1"


def _falling(bench: Bench, times: dict[str, Formula]) -> Iterator[tuple[str, str, Formula]]:
    """Medians and landmarks of one curve, two by two."""
    by_curve: dict[tuple[str, str], list[Evidence]] = {}
    for row in bench.definition.evidence:
        if row.statistic in POINTS:
            by_curve.setdefault((row.arm, row.endpoint), []).append(row)
    for rows in by_curve.values():
        for i, row in enumerate(rows):
            others = [_rises(bench, times, row, other) for other in rows[i + 1 :]]
            if others:
                yield FALLING, address_of("evidence", row), Formula("+".join(others), 0.0)


def _rises(bench: Bench, times: dict[str, Formula], a: Evidence, b: Evidence) -> str:
    """1 where two points stand at one time, or the later one is the higher."""
    (t, s), (u, r) = _point(bench, times, a), _point(bench, times, b)
    return f"IF(OR({t}={u},({t}-{u})*({s}-{r})>0),1,0)"


def _point(bench: Bench, times: dict[str, Formula], row: Evidence) -> tuple[str, str]:
    """Time and share."""
    value = _cell(bench, row, "value")
    return (value, "0.5") if row.statistic == "median" else (times[address_of("evidence", row)].text, value)
