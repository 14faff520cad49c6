"""Three states, progression-free, progressed and dead: how they come about from curves, and from patients."""

from model.survival.multistate.occupancy import Occupancy, clock_forward, clock_reset
from model.survival.multistate.transitions import LEAVING_RULES, Leaving, leave, leave_by_cause

__all__ = ["LEAVING_RULES", "Leaving", "Occupancy", "clock_forward", "clock_reset", "leave", "leave_by_cause"]
