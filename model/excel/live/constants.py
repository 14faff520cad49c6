"""Units and numerical limits as named cells, so that no number stands inside a formula."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.analysis.amounts import LEAST_SHOWN
from model.analysis.coherence.coherence import FEWEST
from model.analysis.decision import ROUNDING
from model.constants import DAYS_OF_YEARS, DAYS_PER_WEEK, MONTHS_PER_YEAR, NORMAL_975
from model.definition.checks.population import OLDEST_CLOSING_AGE
from model.definition.records.parameters import OUTSIDE
from model.definition.shares import SHARES_SUM_TO_ONE
from model.engine.coherence import FAMILY_YEARS, SAME
from model.excel.formulas import functions as f
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import where
from model.excel.live.inputs import InputsInUse
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.survival.determination import WORTH_SAYING
from model.survival.effective_number import LEAST_FOLLOWED, STEPS
from model.survival.effects import LEFT_AT_END
from model.survival.families.base import MAX_EXPONENT
from model.survival.families.standard_gamma import TEMME_FIRST, TEMME_SECOND
from model.survival.worksheet import DEVIANCE_SERIES, SMALL_Q

MEDIAN_SERIES = (-1 / 3, 8 / 405, 184 / 25515)  # of Q^2, Q^4, Q^6

CONSTANTS: dict[str, tuple[float, str, str]] = {
    "days_per_week": (DAYS_PER_WEEK, "days", "One week"),
    "months_per_year": (MONTHS_PER_YEAR, "months", "One year"),
    "time_tolerance": (1e-9, "", "A time within this of another counts as reached"),
    "crossing_tolerance": (1e-12, "share", "PFS above OS by no more than this is rounding"),
    "largest_curve_gap": (WORTH_SAYING, "share", "Base case and mean over draws of a curve agree within this"),
    "exponent_limit": (MAX_EXPONENT, "", "Largest exponent: EXP of it is still a number"),
    "smallest": (1e-300, "", "Smallest share of patients of which a logarithm is taken"),
    "beyond": (1e9, "months", "Later than any horizon: a cut point that is not there"),
    "largest_gamma": (1e15, "", "Nothing of a gamma distribution of scale 1 lies beyond this"),
    "smallest_base": (1e-30, "", "A number nearer to 0 counts as 0 where it is raised to powers up to 10"),
    "certain": (1e300, "", "Cumulative hazard at which nobody is left"),
    "smallest_shape": (1e-14, "", "A shape nearer to 0 than this is taken as this"),
    "digits": (3.0, "", "Digits between two commas of an amount in words"),
    "cube": (3.0, "", "Power of a cubic spline"),
    "one_third": (1 / 3, "", "Weight in Simpson's rule"),
    "three_eighths": (3 / 8, "", "Weight in Simpson's 3/8 rule, for the last three of an odd number of cycles"),
    "left_at_end": (LEFT_AT_END, "share", "Effect left at the end time of exponential waning"),
    "normal_975": (NORMAL_975, "", "97.5th percentile of the standard normal distribution"),
    "outside": (OUTSIDE, "share", "Draws of an input that may lie beyond its limits, on either side"),
    "one_in_a_million": (
        4.753424308822899,
        "",
        "Normal quantile beyond which one draw in a million lies; see the sheet Input rules",
    ),
    "interval_low": (0.025, "", "Lower end of a 95% interval, as a share of the draws"),
    "interval_high": (0.975, "", "Upper end of a 95% interval, as a share of the draws"),
    "follow_up_steps": (
        float(STEPS),
        "",
        "Steps of an effective number from the shortest to the median follow-up, and from there on",
    ),
    "least_followed": (LEAST_FOLLOWED, "share", "Smallest share of patients not yet censored that counts"),
    "small_tail": (1e-5, "", "A chance below this is small enough for the series of the logarithm of the rest"),
    "no_price": (1e15, "currency", "Added to packs that do not cover a dose, so that they are never cheapest"),
    "small_q": (SMALL_Q, "", "Below this |Q| a generalised gamma curve is written as a corrected normal distribution"),
    "temme_first": (TEMME_FIRST[0], "", "First coefficient of Temme's expansion"),
    "temme_second": (TEMME_SECOND[0], "", "First coefficient of its second-order term"),
    "unreached": (1e4, "", "A median that a curve does not reach counts as this many times the reported one"),
    "difference_step": (5e-4, "", "Step of the differences in a calibration, on the estimation scale"),
    "same_rate": (1e-10, "", "Squared difference of two hazards in a cycle below which they count as equal"),
    "floor_binds": (1e-13, "share", "A floor that moves fewer of the patients is rounding"),
    "widest_factor": (7.0, "", "Largest logarithm of a factor that links an arm to the comparator"),
    "settled": (1e-8, "", "Last step of a calibration below which it has settled: the next one is smaller still"),
    "settled_factor": (1e-6, "", "The same of the factor of a link, whose solution comes faster"),
    "largest_step": (0.5, "", "Longest step of a calibration in any coefficient"),
    "largest_shape": (5.0, "", "Bound of the logarithm of a shape in a calibration"),
    "largest_q": (3.0, "", "Bound of Q in a calibration"),
    "same_mortality": (SAME, "", "Mortality below the general population's by less than this share counts as held at it"),
    "same": (1e-9, "", "Relative difference below which a live result counts as equal to the stored one"),
    "same_gamma": (1e-7, "", "The same where an incomplete gamma function is involved"),
    "hundred": (1e2, "%", "Percent of one"),
    "thousand": (1e3, "", "Amounts from here on are shown to the ten"),
    "hundred_thousand": (1e5, "", "Amounts from here on are shown to the hundred"),
    "million": (1e6, "", "Amounts from here on are shown in millions"),
    "oldest_closing_age": (
        float(OLDEST_CLOSING_AGE),
        "years",
        "A life table that reaches this age may end with survivors: after its last row nobody survives",
    ),
    "shares_sum": (SHARES_SUM_TO_ONE, "", "How far a sum of shares may be from 1"),
    "least_shown": (LEAST_SHOWN, "", "Amounts below this are shown with two digits that are not zero"),
    "ten": (10.0, "", "Base of the digits of an amount"),
    "alike": (
        ROUNDING,
        "share",
        "Options of which cost, QALYs or net benefit differ by no more than this share of the largest are equal",
    ),
    "first_family_year": (FAMILY_YEARS[0], "years", "From here on the hazards of the families of PFS and OS are compared"),
    "last_family_year": (FAMILY_YEARS[1], "years", "Up to here, or to a shorter horizon"),
    "fewest": (FEWEST, "share", "With fewer patients in a state its mortality is not told"),
    "rounding": (1e-6, "", "Absolute difference that counts as rounding in a sum of amounts"),
}

YEAR_NAMES = {"365.25_days": "average_year", "365_days": "common_year", "52_weeks": "year_of_weeks", "360_days": "short_year"}
"""Named cells of the lengths of a year."""

SERIES: dict[str, tuple[tuple[float, ...], str]] = {
    "deviance_series": (DEVIANCE_SERIES, "Coefficients of the deviance of a generalised gamma for small Q"),
    "deviance_powers": (tuple(range(1, len(DEVIANCE_SERIES) + 1)), "Their powers"),
    "temme_series": (TEMME_FIRST[1:], "Further coefficients of Temme's expansion (DLMF 8.12)"),
    "temme_powers": (tuple(range(1, len(TEMME_FIRST))), "Their powers"),
    "median_series": (MEDIAN_SERIES, "Coefficients of the median of a gamma distribution of large shape"),
    "median_powers": ((2, 4, 6), "Their powers"),
}


class Constants:
    """The named cells, by attribute: ``constants.days_per_year``."""

    def __init__(self, report: Report, page: Page, inputs: InputsInUse):
        self._made: dict[str, Formula] = {}
        table = GrowingTable(
            page,
            "Units and numerical limits",
            "Each stands in a named cell; formulas use the name. They are conventions of the calculation, not inputs.",
            [
                PageColumn("Name", "text", 58),
                PageColumn("Value", "any", 22),
                PageColumn("Unit", "text", 16),
                PageColumn("What it is", "free", 16),
            ],
        )
        for name, (value, unit, words) in CONSTANTS.items():
            self._add(report, table, name, value, report.currency if unit == "currency" else unit, words)
        self._add_year(report, table, inputs["settings.year_length"])
        for name, (values, words) in SERIES.items():
            rows = [table.add(f"{name} {i + 1}", v, "", words) for i, v in enumerate(values)]
            span = table.span(1, rows[0], rows[-1])
            report.workbook.define_name(name, f"={span.text}")
            self._made[name] = Formula(name, np.array(values, dtype=float))

    def _add(self, report: Report, table: GrowingTable, name: str, value: Formula | float, unit: str, words: str) -> Formula:
        """A named cell of a number, or of a formula that is written where a formula uses the name."""
        row = table.add(name, value, unit, words)
        report.workbook.define_name(name, f"={table.at.cell(row, 1)}")
        self._made[name] = Formula(name, value.value if isinstance(value, Formula) else value)
        return self._made[name]

    def _add_year(self, report: Report, table: GrowingTable, asked: Formula) -> None:
        """The lengths that a year may have, that in use, and a month."""
        usual, *others = DAYS_OF_YEARS
        days = self._add(report, table, YEAR_NAMES[usual], DAYS_OF_YEARS[usual], "days", f"Setting '{usual}'")
        for word in others:
            known = self._add(report, table, YEAR_NAMES[word], DAYS_OF_YEARS[word], "days", f"Setting '{word}'")
            days = where(asked.equals(word), known, days)
        days = self._add(report, table, "days_per_year", days, "days", "One year, by the setting 'Length of a year'")
        month = days / self.months_per_year
        self._add(report, table, "days_per_month", month, "days", "One month, a twelfth of a year")

    def __getattr__(self, name: str) -> Formula:
        try:
            return self.__dict__["_made"][name]
        except KeyError:
            raise AttributeError(name) from None


class SheetFunctions:
    """The worksheet functions and constants that a distribution writes its survival with; steps stay inside."""

    exp, ln, sqrt, sinh = staticmethod(f.exp), staticmethod(f.ln), staticmethod(f.sqrt), staticmethod(f.sinh)
    absolute, sign = staticmethod(f.absolute), staticmethod(f.sign)
    minimum, maximum, where = staticmethod(f.least), staticmethod(f.greatest), staticmethod(f.where)
    normal_cdf, normal_density = staticmethod(f.normal_cdf), staticmethod(f.normal_density)
    gamma_median = staticmethod(f.gamma_median)

    def __init__(self, constants: Constants):
        self.constants = constants

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["constants"], name)

    def gamma_cdf(self, x: Formula, shape: Formula) -> Formula:
        """As :func:`functions.gamma_cdf`, up to an argument that every program can take: LibreOffice's series does not
        end for 1e60."""
        return f.gamma_cdf(f.least(self.constants.largest_gamma, x), shape)

    def polynomial(self, coefficients: Formula, powers: Formula, x: Formula) -> Formula:
        """Sum of coefficient x x^power, powers from 1 to 10."""
        base = np.asarray(x.value, dtype=float)[..., None]
        with np.errstate(under="ignore"):
            value = np.sum(coefficients.value * base**powers.value, axis=-1)
        # A power that is too small for a number is an error in LibreOffice, not 0.
        safe = f.where(f.absolute(x) < self.constants.smallest_base, 0, x)
        return Formula(f"SUMPRODUCT({coefficients.text},{(safe ** powers_only(powers)).text})", value[()])

    def single(self, name: str, expression: Formula) -> Formula:
        return expression

    def shared(self, name: str, expression: Formula) -> Formula:
        return expression

    def step(self, name: str, expression: Formula) -> Formula:
        return expression


def powers_only(powers: Formula) -> Formula:
    """The powers as the right side of ^; the value of the product is worked out by the caller."""
    return Formula(powers.text, 1.0)
