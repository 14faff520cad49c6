"""Floor 2: definition + draws -> outcomes. Pure NumPy, vectorised over draws; no files, no cells, no figures."""

from .evaluate import Account, Engine, Outcomes, evaluate
from .timeline import Timeline, make_timeline
from .trace import Trace, trace

__all__ = ["Account", "Engine", "Outcomes", "Timeline", "Trace", "evaluate", "make_timeline", "trace"]
