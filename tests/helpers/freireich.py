"""Freireich's leukaemia trial (Freireich et al. 1963, Blood 21:699), the 6-MP arm: times in weeks, and who relapsed."""

from __future__ import annotations

MP_TIME = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]


MP_EVENT = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
