"""Floor 2: definition + draws -> outcomes. Pure NumPy, vectorised over draws; no files, no cells, no figures."""

from .dask_cluster import ClusterError, DaskCluster
from .evaluate import Account, Engine, Outcomes, evaluate
from .executors import Executor, Threads
from .timeline import Timeline, make_timeline
from .trace import Trace, trace

__all__ = [
    "Account",
    "ClusterError",
    "DaskCluster",
    "Engine",
    "Executor",
    "Outcomes",
    "Threads",
    "Timeline",
    "Trace",
    "evaluate",
    "make_timeline",
    "trace",
]
