"""Standard care in heRoMod's replication of NICE TA447: its regimens, then pemetrexed, as costs at fixed days."""

from __future__ import annotations

from typing import Any

from model.definition import Care
from tests.published.parts import derived

SOURCE = "heromod_ta447"
WEEK = 7.0  # days
ADMINISTRATION, SUBSEQUENT = 256.11, 0.584
BODY_SURFACE = 1.83  # m2
PER_DOSE = {name: BODY_SURFACE * dose * price for name, (dose, price) in {
    "carboplatin": (400.0, 0.04),
    "cisplatin": (75.0, 0.11),
    "gemcitabine": (1250.0, 0.01),
    "paclitaxel": (200.0, 0.07),
    "pemetrexed": (500.0, 1.60),
}.items()}  # fmt: skip
"""GBP for a dose of mg per m2 at a price per mg."""
REGIMENS = {
    ("gemcitabine", "carboplatin"): (0.133, 530.41),
    ("gemcitabine", "cisplatin"): (0.073, 618.05),
    ("paclitaxel", "carboplatin"): (0.113, 325.94),
    ("pemetrexed", "carboplatin"): (0.44, 325.94),
    ("pemetrexed", "cisplatin"): (0.24, 413.58),
}
"""Share of the patients, and GBP for giving it, of each regimen of standard care."""
FIRST_LINE_DAYS, THREE_WEEKS, TWELVE_WEEKS = 18 * WEEK, 3 * WEEK, 12 * WEEK


def every(name: str, label: str, days: float, first_day: float, until_day: float | None, value: Any) -> Care:
    """A cost of standard care at fixed days while progression-free."""
    return Care(
        id=name,
        label=label,
        arm="soc",
        during="progression_free",
        frequency="every_days",
        interval_days=days,
        first_day=first_day,
        until_day=until_day,
        parameter=value,
    )


def standard_care() -> tuple[Care, ...]:
    """Six cycles of a first line, then pemetrexed for 58.4%."""
    shares = sum(share for share, _ in REGIMENS.values())
    rows = [
        every(
            "_".join(drugs),
            f"{drugs[0].capitalize()} + {drugs[1]}: drugs and administration",
            THREE_WEEKS,
            0.0,
            FIRST_LINE_DAYS,
            derived(
                share / shares * (sum(PER_DOSE[drug] for drug in drugs) + given),
                SOURCE,
                f"Share {share:g} / {shares:g} of ({' + '.join(f'{PER_DOSE[d]:g}' for d in drugs)} + {given:g}); 1.83 m2.",
                unit="GBP",
            ),
        )
        for drugs, (share, given) in REGIMENS.items()
    ]
    maintenance = derived(
        SUBSEQUENT * (PER_DOSE["pemetrexed"] + ADMINISTRATION), SOURCE, "0.584 x (1464 + 256.11).", unit="GBP"
    )
    monitoring = derived(SUBSEQUENT * 118.03, SOURCE, "0.584 x 118.03.", unit="GBP")
    return (
        *rows,
        every("maintenance", "Pemetrexed, later: drug and administration", THREE_WEEKS, FIRST_LINE_DAYS, None, maintenance),
        every("monitoring", "Pemetrexed, later: monitoring", TWELVE_WEEKS, FIRST_LINE_DAYS, None, monitoring),
    )
