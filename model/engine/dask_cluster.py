"""Chunks of draws on a Dask cluster, for analyses that outgrow one machine.

The workers run the same function on the same chunks as threads do, each with single-threaded BLAS, and must have the
same versions of this model, NumPy and SciPy: then the results are the same to the last bit.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import itertools
import pickle
import warnings
from collections.abc import Iterable, Iterator
from importlib import metadata
from types import TracebackType
from typing import TYPE_CHECKING, Any

from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import Draws
from model.engine.chunks import chunk_outcomes
from model.engine.outcomes import Outcomes
from model.processors import one_blas_thread

if TYPE_CHECKING:
    from model.engine.engine import Engine

CONNECT_SECONDS = 10
CHUNKS_PER_THREAD = 4  # sent ahead, so that no worker waits; more would only fill the scheduler's memory
PACKAGES = ("partitioned-survival-model", "numpy", "scipy")


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says why and what would help."""


class DaskCluster:
    """An executor that sends chunks to the workers of a Dask scheduler. Use as a context manager.

    ``address``: of the scheduler, such as ``tcp://10.0.0.5:8786``. Raises :class:`ClusterError` where the optional
    package is missing, nothing answers at the address, there are no workers, or their versions differ from ours.
    """

    def __init__(self, address: str):
        self.address = address
        self._client = _connect(address)
        self._sent: tuple[ModelDefinition, str, Any] | None = None
        try:
            self._threads = self._check_workers()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> DaskCluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster; it keeps running."""
        self._client.close()

    def evaluate_chunks(self, engine: Engine, chunks: Iterable[Draws], n_chunks: int) -> Iterator[tuple[int, Outcomes]]:
        """The outcomes of every chunk as they arrive. Raises :class:`ClusterError` where the workers are lost."""
        distributed: Any = importlib.import_module("distributed")  # optional, and without types
        token, definition = self._send(engine.definition)
        waiting = iter(enumerate(chunks))
        position: dict[Any, int] = {}

        def submit(count: int) -> list[Any]:
            new = []
            for i, chunk in itertools.islice(waiting, count):
                future = self._client.submit(_on_worker, token, definition, chunk, pure=False)
                position[future] = i
                new.append(future)
            return new

        running = distributed.as_completed(submit(CHUNKS_PER_THREAD * self._threads), loop=self._client.loop)
        try:
            for future in running:
                found = future.result()
                for new in submit(1):
                    running.add(new)
                yield position.pop(future), found
        except (distributed.KilledWorker, OSError) as error:
            raise ClusterError(f"the Dask cluster at {self.address} failed: {error}") from None
        finally:
            self._client.cancel(list(position))

    def _send(self, definition: ModelDefinition) -> tuple[str, Any]:
        """A definition on every worker, sent once for all analyses of it in a row."""
        if self._sent is None or self._sent[0] is not definition:
            token = hashlib.sha256(pickle.dumps(definition)).hexdigest()
            self._sent = definition, token, self._client.scatter(definition, broadcast=True, hash=False)
        return self._sent[1:]

    def _check_workers(self) -> int:
        """Number of threads of all workers."""
        threads = sum(self._client.nthreads().values())
        if not threads:
            raise ClusterError(f"the Dask scheduler at {self.address} has no workers; start some and run again")
        ours = versions()
        try:
            found = self._client.run(versions)
        except Exception as error:
            raise ClusterError(
                f"a worker of the Dask scheduler at {self.address} cannot load this model ({error}); install it there"
            ) from None
        for worker, theirs in found.items():
            for name, version in ours.items():
                if theirs[name] != version:
                    raise ClusterError(
                        f"the Dask worker {worker} has {name} {theirs[name]}, this machine {version}; "
                        "results would depend on where they are computed"
                    )
        return int(threads)


def _connect(address: str) -> Any:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise ClusterError(
            "a Dask cluster needs the optional package: python -m pip install -c constraints.txt -e '.[dask]'"
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of a client that is thrown away unconnected
        try:
            return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        gc.collect()
    raise ClusterError(
        f"no Dask scheduler answers at '{address}' ({reason}); "
        "an address looks like tcp://HOST:8786 and is printed when a scheduler starts"
    )


def versions() -> dict[str, str]:
    """Versions of what the numbers depend on."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


_ENGINES: dict[str, Engine] = {}  # of this worker: the definition evaluated last


def _on_worker(token: str, definition: ModelDefinition, chunk: Draws) -> Outcomes:
    """The outcomes of one chunk; the engine is made once per definition and worker."""
    from model.engine.engine import Engine

    engine = _ENGINES.get(token)
    if engine is None:
        engine = Engine(definition)
        _ENGINES.clear()
        _ENGINES[token] = engine
    with one_blas_thread():
        return chunk_outcomes(engine, chunk)
