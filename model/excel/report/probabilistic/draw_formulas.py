"""Summaries of the stored draws as formulas: who is best in each draw, expected loss, quadrants. For any number of arms.

An arm is the best of a draw where no other arm has a higher net monetary benefit: T x (QALYs of a - QALYs of b) >= cost
of a - cost of b for every b. Arms that tie share the draw.
"""

from __future__ import annotations

from model.excel.live.stored_draws import DrawsAt


class DrawFormulas:
    """Texts of formulas over the draws; ``threshold`` is the cell that holds the willingness to pay."""

    def __init__(self, draws: DrawsAt, n_arms: int):
        self.draws, self.n_arms = draws, n_arms
        self.rows = f"ROWS({draws.span('costs', 0)})"

    def mean(self, outcome: str, arm: int) -> str:
        return f"AVERAGE({self.draws.span(outcome, arm)})"

    def mean_benefit(self, threshold: str, arm: int) -> str:
        """Mean net monetary benefit."""
        return f"{threshold}*{self.mean('qalys', arm)}-{self.mean('costs', arm)}"

    def probability(self, threshold: str, arm: int) -> str:
        """Share of draws in which an arm is the best."""
        if self.n_arms == 2:
            more, less = self._increment(threshold, arm)
            return f"SUMPRODUCT(({more}>{less})+({more}={less})/2)/{self.rows}"
        return f"SUMPRODUCT({self._won(threshold, arm)})/{self.rows}"

    def loss(self, threshold: str, arm: int) -> str:
        """Expected loss of always choosing an arm: what the best of each draw would have given more."""
        others = [b for b in range(self.n_arms) if b != arm]
        if len(others) == 1:
            more, less = self._increment(threshold, others[0])
            return f"SUMPRODUCT(({more}>{less})*({more}-{less}))/{self.rows}"
        terms = [f"SUMPRODUCT({self._won(threshold, b)},{self._gain(threshold, b, arm)})" for b in others]
        return f"({'+'.join(terms)})/{self.rows}"

    def _increment(self, threshold: str, arm: int) -> tuple[str, str]:
        """By draw, of two arms: what one gives over the other and what that takes, of which one is cost and one what QALYs
        are worth."""
        worth, cost = f"{threshold}*{self.draws.span('qalys', 'increment')}", self.draws.span("costs", "increment")
        return (worth, cost) if arm == self.draws.intervention else (cost, worth)

    def _won(self, threshold: str, arm: int) -> str:
        """By draw: 1 where the arm is the best, a half where two are, 0 where it is not."""
        best = [self._best(threshold, a) for a in range(self.n_arms)]
        return f"({best[arm]})/({'+'.join(best)})"

    def _best(self, threshold: str, arm: int) -> str:
        others = [b for b in range(self.n_arms) if b != arm]
        return "*".join(f"({self._gain(threshold, arm, b)}>=0)" for b in others)

    def _gain(self, threshold: str, arm: int, other: int) -> str:
        """By draw: net monetary benefit of an arm over another."""
        spans = {o: (self.draws.span(o, arm), self.draws.span(o, other)) for o in ("qalys", "costs")}
        (q0, q1), (c0, c1) = spans["qalys"], spans["costs"]
        return f"{threshold}*({q0}-{q1})-({c0}-{c1})"

    def share(self, arm: int, reference: int, costs: str, qalys: str) -> str:
        """Share of draws in which the differences in cost and QALYs have a sign, such as ``>0``."""
        cost = f"{self.draws.span('costs', arm)}-{self.draws.span('costs', reference)}"
        effect = f"{self.draws.span('qalys', arm)}-{self.draws.span('qalys', reference)}"
        return f"SUMPRODUCT((({cost}){costs})*(({effect}){qalys}))/{self.rows}"

    def above_zero(self, threshold: str, arm: int, reference: int) -> str:
        """Share of draws with a positive net monetary benefit over a reference; those at zero count half."""
        gain = self._gain(threshold, arm, reference)
        return f"SUMPRODUCT(({gain}>0)+({gain}=0)/2)/{self.rows}"
