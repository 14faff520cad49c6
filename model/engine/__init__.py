"""Floor 2: definition + draws -> outcomes. Pure NumPy, vectorised over draws; no files, no cells, no figures."""

from model.engine.dask_cluster import ClusterError, DaskCluster
from model.engine.engine import Engine
from model.engine.evaluate import Account, Outcomes, evaluate
from model.engine.executors import Executor, Threads
from model.engine.timeline import Timeline, make_timeline
from model.engine.trace import Trace, trace

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
