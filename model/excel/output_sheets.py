"""The sheets of results by name: title, purpose and class of each."""

from __future__ import annotations

from collections.abc import Sequence

from model.analysis.curve_choice import EndpointFits
from model.analysis.curve_choice.structures import structures_of
from model.analysis.safe_names import sheet_name
from model.definition.model_definition import ModelDefinition
from model.excel.pages.desk import Entry

ANSWER = Entry("Answer", "Answer", "The answer on one page", "K", printed=True)
CONTENTS = Entry(
    "Contents", "Contents", "Every sheet of this workbook, what it is for, and whether it is printed", "K", printed=True
)
ABOUT_RUN = Entry(
    "About this run",
    "About this run",
    "Record of the run, decision problem with all limitations, conventions in force, letters and colours",
    "K",
    printed=True,
)
IN_USE = Entry(
    "In use",
    "Inputs in use",
    "Every input of the calculation: as typed, as the scenario shown has it, as the draw shown has it, in use",
    "C",
)
CONVENTIONS = Entry(
    "Conventions",
    "Conventions in use",
    "Named units and limits, time and discounting in single cells, life table in use",
    "C",
)
STATISTICS = Entry(
    "Statistics",
    "Published statistics of the curves",
    "Medians, landmarks and hazard ratios with the weight that each has in the calibration",
    "C",
)
EFFECTIVE_N = Entry(
    "Effective n",
    "Effective numbers of patients",
    "What censoring adds to the variance of each published point of a curve, step by step, from the table of follow-up",
    "C",
)
CALIBRATION = Entry(
    "Calibration", "Calibration of the curves", "Every distribution fitted to the published statistics, step by step", "C"
)
COEFFICIENTS = Entry(
    "Coefficients",
    "Coefficients of the curves",
    "Coefficients of every candidate distribution, the one in use, relative effect and waning in use",
    "C",
)
STATE_SOLUTIONS = Entry(
    "State transition",
    "State transition: survival after progression and the link between arms",
    "Published OS, the calibration of survival after progression to it and the link between the arms, step by step",
    "C",
)
SINCE_PROGRESSION = Entry(
    "Since progression",
    "Survival since progression, and how patients leave before a time",
    "The columns behind each step of the sheet State transition, by cycles since progression",
    "C",
)
TREATMENT = Entry(
    "Treatment",
    "Treatment, care and events in use",
    "Schedules, first and last days, cost of a dose, care items, utilities and events per patient",
    "C",
)
PACKS = Entry(
    "Packs",
    "Packs and vials",
    "Combinations of packs that cover a dose, the cheapest of them, and the share of patients who need each",
    "C",
)
TIMELINE = Entry("Timeline", "Time axis", "Cycles, ages, discount factors, weights of what accrues, general population", "C")
CALENDAR = Entry(
    "Doses and visits", "Doses and visits", "Every dose and every visit on a fixed day, with the patients who get it", "C"
)
CURVES = Entry(
    "Curves",
    "Survival curves",
    "PFS, OS and time on treatment; medians and landmarks; implied hazard ratios; "
    "crossing of PFS and OS; candidate distributions",
)
COHERENCE = Entry(
    "Coherence",
    "Do PFS and OS hang together?",
    "Mortality before and after progression that the curves imply, flags with their limits, where rules move a curve, what "
    "arises beyond the evidence",
)
WORKINGS = Entry(
    "Workings",
    "Workings of the results and of the answer in words",
    "Order of the arms, ratios between them, limits of prices, and each part of the sentences of the first page",
    "C",
)
CURVE_DATA = Entry(
    "Curve data", "Data of the charts", "The curves at the step at which they are charted, from the traces", "C"
)
RESULTS = Entry(
    "Results",
    "Base-case results",
    "Totals per arm, pairwise and fully incremental comparison, net benefit, price at which the decision changes",
    printed=True,
)
DISAGGREGATED = Entry(
    "Disaggregated",
    "Disaggregated results",
    "Costs by category and state, QALYs and life years by state, discounted and undiscounted",
    printed=True,
)
RESOURCES = Entry("Resource use", "Resource use", "Every cost line: expected quantity per patient, value per unit, cost")
BUDGET = Entry(
    "Budget",
    "Budget impact",
    "What the payer spends in each year without and with the intervention, by category, per member per month; patients",
)
BUDGET_WORKINGS = Entry(
    "Budget workings",
    "Workings of the budget impact",
    "Years, patients who start, what a patient costs in each year since the start of treatment, and their convolution",
    "C",
)
BUDGET_YEARS = Entry(
    "Budget years",
    "Years of the budget on the time axis",
    "Which part of each cycle lies in which year since the start of treatment, and undiscounted weights",
    "C",
)
PROFILE = Entry(
    "Agency profile",
    "Agency profile",
    "What each agency's reference case sets, beside what is in use; where the model departs from its profile",
)
SEVERITY = Entry(
    "Severity",
    "Severity",
    "QALYs lost to the disease under each comparator, the weight of QALYs because of it, results with the weight",
)
EQUAL_VALUE = Entry(
    "Equal value",
    "Equal-value life years",
    "Life years gained that count the same whatever the patients' health, cost per unit gained, price benchmarks",
)
STEPPED = Entry(
    "Stepped",
    "Stepped results",
    "Trial period alone, then extrapolated, then in QALYs: costs, outcomes, cost per unit gained",
)


def agency_entries(definition: ModelDefinition) -> list[Entry]:
    """The sheets of what agencies ask for, where the inputs ask for it, and that of the profile."""
    asked = (
        (SEVERITY, bool(definition.severity_bands and definition.life_table and definition.utility_norms)),
        (EQUAL_VALUE, bool(definition.life_year_values)),
        (STEPPED, definition.settings.stepped_results),
    )
    return [*(entry for entry, wanted in asked if wanted), PROFILE]


CHECKS = Entry(
    "Checks",
    "Checks",
    "What must hold, live, with limits; every result beside that of the run; the draw or scenario shown",
    "K",
)
RULES = Entry(
    "Input rules",
    "Rules that the inputs keep",
    "What the model refuses when it reads a workbook: how often each rule is broken, record by record",
    "K",
)
RUN_INPUTS = Entry(
    "Run inputs", "Inputs of the run", "Every input cell as the run found it, and which cells hold something else now", "K"
)
PSA_RESULTS = Entry(
    "PSA results",
    "Probabilistic analysis",
    "Means and 95% intervals, cost-effectiveness plane, quadrants, convergence, sampled inputs against their targets",
    stored=True,
)
CEAC = Entry(
    "CEAC",
    "Acceptability and value of information",
    "Probability of being the best choice, frontier, expected loss and EVPI over willingness to pay",
    stored=True,
)
PSA_DRAWS = Entry("PSA draws", "Draws of the probabilistic analysis", "Every draw: inputs and outcomes", "C", stored=True)
EVIDENCE = Entry(
    "Model v evidence",
    "The model beside the evidence",
    "Trial, external figures and published analyses beside the model, and why results differ",
    stored=True,
)
PARAMETERS = Entry(
    "Parameters",
    "Parameter dictionary",
    "Every input that an analysis may vary, with its uncertainty, source and place in this workbook",
)
CHECKLISTS = Entry(
    "Checklists",
    "Validation and reporting checklists",
    "Where this workbook answers each item of AdViSHE and CHEERS 2022",
    stored=True,
)
NOT_LIVE = Entry(
    "Not live",
    "Inputs that wait for the next run",
    "Input columns that change no live result, and why; tables of stored values and the run they are of",
    "K",
)


FITTED_STRUCTURES = Entry(
    "Fits structures",
    "Structures on the same patients",
    "Likelihood of partitioned survival and of state transition on the patients followed for PFS and for OS",
    stored=True,
)


def all_fit_entries(endpoints: Sequence[EndpointFits]) -> list[Entry]:
    """Every sheet about curves fitted to data, in order."""
    found = [entry for pair in fit_entries(endpoints) for entry in pair]
    return [*found, FITTED_STRUCTURES] if structures_of(endpoints) else found


def fit_entries(endpoints: Sequence[EndpointFits]) -> list[tuple[Entry, Entry]]:
    """Of each endpoint its sheet, and the sheet with the data of its charts."""
    taken: set[str] = set()
    return [_entries(endpoint, taken) for endpoint in endpoints]


def _entries(endpoint: EndpointFits, taken: set[str]) -> tuple[Entry, Entry]:
    short = endpoint.endpoint.upper() if endpoint.endpoint in ("pfs", "os") else endpoint.endpoint.replace("_", " ")
    name = f"{short}{' excess' if endpoint.excess else ''}"
    purpose = "Kaplan-Meier, fit statistics, landmarks, means and coefficients of every candidate; comparison of arms"
    return (
        Entry(sheet_name(f"Fits {name}", taken), f"Survival fits: {endpoint.label}", purpose, stored=True),
        Entry(
            sheet_name(f"Fits data {name}", taken),
            f"Data of the charts: {endpoint.label}",
            "Kaplan-Meier and every candidate",
            "C",
            stored=True,
        ),
    )
