"""Tables of results as CSV files, with a dictionary of their columns beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from model.cli.csv_file import write_csv
from model.cli.staging import Staging
from model.result_columns import DICTIONARY, Table, data_dictionary, table_of


def write_tables(
    made: Staging,
    tables: Mapping[str, pd.DataFrame | Callable[[], pd.DataFrame]],
    currency: str = "",
    effect: str = "QALY",
    done: Callable[[int], None] = lambda _: None,
    form: str = "comma",
) -> dict[str, pd.DataFrame]:
    """Write each table, or what makes it, by file stem, into the folder ``tables``: a fault in one costs none of the others.
    What the columns of all of them mean stands in ``columns.csv``. ``done`` is told of each. ``form``:
    that of :func:`write_csv`. Returns the tables that were written."""
    folder = made.folder / "tables"
    folder.mkdir(exist_ok=True)  # there already where a second process began it and ended
    known: dict[str, Table] = {}
    written: dict[str, pd.DataFrame] = {}
    for stem, make in tables.items():
        with made.part(f"table {stem}"):
            table = make if isinstance(make, pd.DataFrame) else make()
            write_csv(table, folder / f"{stem}.csv", form)
            written[stem] = table
            if (found := table_of(table)) is not None:
                known[stem] = found.within(table)
        done(1)
    write_csv(data_dictionary(known, currency, effect), folder / f"{DICTIONARY.name}.csv", form)
    return written
