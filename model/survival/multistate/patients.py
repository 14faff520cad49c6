"""Patients of a trial as a model of three states sees them: when they progressed, when they died, and from where.

Progression is a PFS event that is not a death at the same time. Follow-up of survival after PFS was censored without an
event says nothing about progression: such a patient counts as progression-free until then, and no longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.arrays import Array
from model.survival.survival_data import SurvivalData, survival_data

ENDPOINTS = ("progression", "death_before", "pfs", "os", "after_reset", "after_forward")
"""Time to progression, death before progression, PFS, OS, and survival after progression by either clock."""


@dataclass(frozen=True, eq=False)
class Patients:
    """n patients, each (n,), times in one unit. Made by `patients`, which checks.

    progressed: had a progression, at `pfs_time`. died_before: died without one, at `pfs_time`. died_after: died at
    `os_time` after progression.
    """

    pfs_time: Array
    pfs_event: NDArray[np.bool_]
    os_time: Array
    os_event: NDArray[np.bool_]

    @property
    def n(self) -> int:
        return len(self.pfs_time)

    @property
    def progressed(self) -> NDArray[np.bool_]:
        return self.pfs_event & ~(self.os_event & (self.os_time <= self.pfs_time))

    @property
    def died_before(self) -> NDArray[np.bool_]:
        return self.pfs_event & ~self.progressed

    @property
    def died_after(self) -> NDArray[np.bool_]:
        return self.progressed & self.os_event

    @property
    def death_share(self) -> float:
        """Share of PFS events that are deaths; nan without an event."""
        events = int(self.pfs_event.sum())
        return float(self.died_before.sum()) / events if events else float("nan")

    def data(self, endpoint: str) -> SurvivalData:
        """Observations of one of `ENDPOINTS`, as estimators take them.

        Progression and death before it censor each other. Survival after progression is that of the progressed who were
        seen afterwards: from progression (clock reset), or from the start with entry at progression (clock forward).
        Raises ValueError for another endpoint, and where nobody was seen after progression.
        """
        seen = self.progressed & (self.os_time > self.pfs_time)
        if endpoint == "progression":
            return survival_data(self.pfs_time, self.progressed)
        if endpoint == "death_before":
            return survival_data(self.pfs_time, self.died_before)
        if endpoint == "pfs":
            return survival_data(self.pfs_time, self.pfs_event)
        if endpoint == "os":
            return survival_data(self.os_time, self.os_event)
        if endpoint == "after_reset":
            return survival_data((self.os_time - self.pfs_time)[seen], self.os_event[seen])
        if endpoint == "after_forward":
            return survival_data(self.os_time[seen], self.os_event[seen], entry=self.pfs_time[seen])
        raise ValueError(f"{endpoint!r} is not an endpoint. Allowed: {', '.join(ENDPOINTS)}.")


def patients(
    pfs_time: ArrayLike, pfs_event: ArrayLike, os_time: ArrayLike, os_event: ArrayLike, names: Sequence[str] | None = None
) -> Patients:
    """Patients from times and events (0 or 1) of PFS and OS, each (n,); names: for what is said of one of them.

    Raises ValueError for what `survival_data` refuses, for survival that ends before PFS, and for a death without a PFS
    event at a time at which PFS is still followed.
    """
    pfs, os = survival_data(pfs_time, pfs_event), survival_data(os_time, os_event)
    if pfs.n != os.n:
        raise ValueError(f"PFS is of {pfs.n} patients and OS of {os.n}.")
    _refuse(os.time < pfs.time, "survival ends before PFS", names)
    _refuse(os.event & ~pfs.event & (os.time <= pfs.time), "a death at the end of PFS must be a PFS event", names)
    return Patients(pfs.time, pfs.event, os.time, os.event)


def _refuse(wrong: NDArray[np.bool_], what: str, names: Sequence[str] | None) -> None:
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(f"patient {first + 1 if names is None else names[first]}: {what}.")
