"""The sheet Agency profile, live: what each profile sets, what is in use, and where the model departs from its profile.

The twin of `definition/profiles.py`. Rows of tables that the run has not stay missing: only a run can add them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.analysis.columns.common import LABEL
from model.choices import FREE, PROFILE_WORDS
from model.definition.addresses import addresses
from model.definition.model_definition import address_of
from model.definition.profiles import (
    MOST_THRESHOLDS,
    NO_ROW,
    PROFILES,
    REFERENCES,
    ROW_TABLES,
    STEP_RATES,
    Profile,
    numbers_of,
)
from model.definition.records.columns import columns_of
from model.definition.records.names import lower_first
from model.definition.records.settings import Settings
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import index, largest, match, ordinal, total, where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.output_sheets import PROFILE as SHEET
from model.excel.pages.cells import As, PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.excel.pages.result_tables import page_columns

WIDE = 58.0
NONE = "none"


def write_profile(report: Report, live: LiveModel) -> dict[str, Formula]:
    """Write the sheet; returns the count of departures by its name as an output."""
    page = Page(report, SHEET.name)
    facts = Facts(
        page, "Profile in use", "An input of the sheet Settings; it changes no result, and says what is compared below."
    )
    in_use = facts.add("Profile", _of_profile(live, [PROFILE_WORDS[name] for name in PROFILES]))
    currency = facts.add("Currency of its thresholds", _of_profile(live, [p.currency or NONE for p in PROFILES.values()]))
    keys = _thresholds(report, live, page)
    columns = [*page_columns(report, [LABEL.wide(WIDE)]), PageColumn("Value in use", "any", 18)]
    columns += [PageColumn(words, "any", 18) for words in PROFILE_WORDS.values()]
    columns += [PageColumn("By the profile in use", "any", 18), PageColumn("Departs: 1 yes", "plain", 12)]
    table = GrowingTable(
        page,
        "What the profiles set, and where the model departs from its own",
        "Empty: the profile leaves it to the user. Thresholds are compared where the model has the currency of the profile.",
        columns,
    )
    flags: list[Formula] = []
    same = where(currency.equals(_typed(report, "settings.currency")), 1, 0)
    for words, cell, wanted, kind in _settings(report, live):
        flags.append(_row(table, words, cell, wanted, in_use, kind))
    for k in range(MOST_THRESHOLDS + 1):
        wanted = [_threshold_of(p, k) for p in PROFILES.values()]
        flags.append(_row(table, f"Decision threshold {k + 1}, from the lowest", keys[k], wanted, in_use, "money", same))
    for words, cell, wanted, kind in _rows(report, live):
        flags.append(_row(table, words, cell, wanted, in_use, kind))
    count = Facts(page, "Departures", "Rows above in which the model is not what its profile sets.")
    departs = count.add(
        "Inputs that depart from the profile in use", total(table.span(len(columns) - 1)), "inputs", kind="plain"
    )
    page.filled(
        "Sources of the profiles",
        "Where each value comes from; the profile command writes them beside the inputs that it sets.",
        [PageColumn("Profile", "text", WIDE), PageColumn("Sources", "note", 120)],
        [[p.words, "; ".join(REFERENCES[s].citation for s in p.sources())] for p in PROFILES.values() if p.sources()],
    )
    page.close()
    return {"departures_from_profile": departs}


def _of_profile(live: LiveModel, values: Sequence[str]) -> Formula:
    """What goes with the profile that is typed on the sheet Settings; ``values``: of each profile, in their order."""
    own, made = live.inputs["settings.profile"], formula_of(values[0])
    for name, value in list(zip(PROFILES, values, strict=True))[:0:-1]:
        made = where(own.equals(name), value, made)
    return made


def _thresholds(report: Report, live: LiveModel, page: Page) -> list[Formula]:
    """The decision thresholds from the lowest, one more than any profile sets; words where there are fewer."""
    inputs, thresholds = live.inputs, report.definition.thresholds
    table = GrowingTable(
        page,
        "Thresholds in use",
        "Those of the sheet Settings; those of the decision are counted from the lowest, the others have no place.",
        [PageColumn("Threshold", "money", WIDE), PageColumn("Role", "text", 18), PageColumn("Place", "place", 18)],
    )
    at = table.at
    amounts, roles = (_span(at.cell(0, column), at.cell(len(thresholds) - 1, column)) for column in (0, 1))
    decision = sorted(report.definition.decision_thresholds())
    for i, t in enumerate(thresholds):
        value = inputs.key("thresholds", i, "value")
        row = RowBuilder(table, As(value, "money"))
        role = row.put(inputs[f"thresholds.{t.value:g}.role"], "text")
        lower = Formula(
            f'SUMPRODUCT(({roles}="decision")*({amounts}<={at.cell(i, 0)}))', float(sum(d <= t.value for d in decision))
        )
        row.put(where(role.equals("decision"), lower, 0))
        row.close()
    if not thresholds:
        return [formula_of(NONE)] * (MOST_THRESHOLDS + 1)
    values, places = table.span(0), table.span(2)
    return [
        where(ordinal(places, k) <= largest(places), index(values, match(ordinal(places, k), places)), NONE)
        for k in range(MOST_THRESHOLDS + 1)
    ]


def _threshold_of(profile: Profile, position: int) -> Any:
    """A threshold of a profile from the lowest; words where it has no further one, nothing where it sets none."""
    values = sorted(t.value for t in profile.thresholds)
    return values[position] if position < len(values) else (NONE if values else "")


def _settings(report: Report, live: LiveModel) -> list[tuple[str, Formula, list[Any], str]]:
    """Words, cell in use, and the value of each profile, of every setting that some profile sets."""
    names = dict.fromkeys(v.setting for p in PROFILES.values() for v in p.known_settings())
    found: list[tuple[str, Formula, list[Any], str]] = []
    for name in names:
        address = f"settings.{name}"
        cell = live.inputs[address] if address in live.inputs else _typed(report, address)
        wanted = [_value_of(p, name) for p in PROFILES.values()]
        kind = "share" if columns_of(Settings)[name].number_format.endswith("%") else "any"
        found.append((columns_of(Settings)[name].header, cell, wanted, kind))
    for step in report.definition.discount_steps:
        for field, setting in STEP_RATES.items():
            words = f"{columns_of(Settings)[setting].header}, from year {step.from_year:g}"
            cell = live.inputs[f"{address_of('discount_steps', step)}.{field}"]
            found.append((words, cell, [_value_of(p, setting) for p in PROFILES.values()], "share"))
    return found


def _value_of(profile: Profile, name: str) -> Any:
    value = next((v.value for v in profile.settings if v.setting == name), "")
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _rows(report: Report, live: LiveModel) -> list[tuple[str, Formula, list[Any], str]]:
    """The same of every number in the rows that some profile brings; of a row that the run has not: whether it is listed; of
    a row that a profile has not: its first number against words, which it never is."""
    known = addresses(report.definition)
    found = []
    for table in ROW_TABLES:
        made = {address_of(table, row): row for p in PROFILES.values() for row in getattr(p, table)}
        brought = set(made)
        made |= {a: row for row in report.definition.table(table) if (a := address_of(table, row)) not in made}
        for address, row in made.items():
            having = [
                next((r for r in getattr(p, table) if address_of(table, r) == address), None) for p in PROFILES.values()
            ]
            words = f"{_title(table)}: {address.split('.')[1].replace('_', ' ')}"
            if f"{address}.{numbers_of(row)[0]}" not in known:
                found.append((words, formula_of("not listed"), ["" if r is None else "listed" for r in having], "any"))
                continue
            for i, field in enumerate(numbers_of(row)[: None if address in brought else 1]):
                column = columns_of(type(row))[field]
                others = ["" if i or p.name == FREE else NO_ROW for p in PROFILES.values()]
                wanted = [o if r is None else getattr(r, field) for r, o in zip(having, others, strict=True)]
                cell = live.inputs[f"{address}.{field}"]
                kind = "share" if column.number_format.endswith("%") else "any"
                found.append((f"{words}, {lower_first(column.header)}", cell, wanted, kind))
    return found


def _title(table: str) -> str:
    return {"severity_bands": "Weight by severity", "life_year_values": "Equal-value life years"}[table]


def _typed(report: Report, address: str) -> Formula:
    """The input cell of a setting that the calculation does not take."""
    assert report.layout is not None
    value = getattr(report.definition.settings, address.split(".")[1])
    shown = ("yes" if value else "no") if isinstance(value, bool) else ("" if value is None else value)
    return Formula(report.layout.cells[address].reference, shown)


def _row(
    table: GrowingTable,
    words: str,
    cell: Formula,
    wanted: list[Any],
    in_use: Formula,
    kind: str,
    applies: Formula | None = None,
) -> Formula:
    """One input; returns the cell that tells whether it departs."""
    row = RowBuilder(table, words)
    here = row.put(cell, kind)
    first = len(row.cells)
    for value in wanted:
        row.cells.append(As(value, kind))
    at = table.at
    last = first + len(wanted) - 1
    mine = wanted[list(PROFILE_WORDS.values()).index(in_use.value)]
    place = f"MATCH({in_use.text},{_span(at.head(first), at.head(last))},0)"
    found = f"INDEX({_span(at.cell(at.n_rows, first), at.cell(at.n_rows, last))},{place})"
    own = row.put(Formula(f'IF({found}="","",{found})', mine), kind)
    differs = where(own.equals(""), 0, where(here.equals(own), 0, 1))
    departs = row.put(differs if applies is None else differs * applies, "plain")
    row.close()
    return departs


def _span(first: str, last: str) -> str:
    """The range between two cells of one sheet."""
    return f"{first}:{last.rsplit('!', 1)[1]}"
