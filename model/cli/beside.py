"""A second process of a run: it draws the figures and writes what needs results alone, while the run itself goes on.

It is started before the model is loaded, so that it loads what draws while the run reads its workbook. Results go to it
through its standard input as they are found, and how far it is comes back through its standard output. It has a group of
its own (Ctrl-C is for the run, which ends it) and ends with whoever started it. What it does not manage the run does itself.
"""

from __future__ import annotations

import dataclasses
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

from model.processors import processors

if TYPE_CHECKING:
    from pathlib import Path

    from model.cli.progress import Done, Progress

FIRST = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from model.cli.serving import serve; serve()"
GROUP: dict[str, Any] = {"process_group": 0}
if sys.platform == "win32":
    GROUP = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}


@dataclasses.dataclass(frozen=True)
class Written:
    """What could not be made, and the seconds that each kind of file took."""

    lost: list[str]
    seconds: dict[str, float]


@contextmanager
def second_process() -> Iterator[Beside]:
    """The second process while the body runs; :data:`ALONE` where there is no processor for it, or none can be started."""
    process = None
    if processors() > 1 and sys.executable:
        command = [sys.executable, "-P", "-c", FIRST, json.dumps(sys.path)]
        with suppress(OSError):
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **GROUP)
    if process is None:
        yield ALONE
        return
    with closing(Beside(process)) as beside:
        yield beside


class Beside:
    """What a run has its second process do; nothing where there is none."""

    def __init__(self, process: subprocess.Popen[bytes] | None = None) -> None:
        self._process = process
        self._taken: list[object] = []
        self._written: Written | None = None
        self._follower: Thread | None = None

    def take(self, found: object) -> None:
        """A result is there: figures of it can be drawn."""
        self._send("take", found)
        self._taken.append(found)

    def write(self, folder: Path, record: dict[str, object], csv: str, progress: Progress) -> None:
        """All results are there: everything that is made of them alone is to be written into ``folder``."""
        self._send("write", folder, record, csv)
        if self._process is not None:
            self._follower = Thread(target=self._follow, args=(self._process.stdout, progress), daemon=True)
            self._follower.start()

    def written(self) -> Written | None:
        """Waits for what was to be written; None where it was not, and then nothing more is."""
        if self._follower is not None:
            self._follower.join()
        if self._written is None:
            self.close()
        return self._written

    def close(self) -> None:
        """The process has nothing left to do, or what it does is not wanted any more. Once this returns it writes nothing."""
        if self._process is not None:
            self._process.kill()
            if self._follower is not None:
                self._follower.join()  # it reads until there is nothing more: only then may what it reads be closed
            self._process.communicate()
            self._process = self._follower = None

    def _send(self, *words: object) -> None:
        if self._process is not None and self._process.stdin is not None:
            try:
                Sender(self._process.stdin, self._taken).dump(words)
                self._process.stdin.flush()
            except (OSError, pickle.PicklingError, TypeError, AttributeError):  # it has ended, or cannot be handed a result
                self._process.kill()

    def _follow(self, told: IO[bytes], progress: Progress) -> None:
        """Show how far it is, until it is done, has ended, or tells what is no message (then pickle may raise anything)."""
        tasks: dict[str, Done] = {}
        with ExitStack() as opened, suppress(Exception):
            while self._written is None:
                kind, *words = pickle.load(told)
                if kind == "task":
                    tasks[words[0]] = opened.enter_context(progress.task(*words))
                elif kind == "done":
                    tasks[words[0]](words[1])
                else:
                    (self._written,) = words


ALONE = Beside()
"""No second process."""


class Sender(pickle.Pickler):
    """Of a result that was sent before and stands inside another one, only its number is sent."""

    def __init__(self, to: IO[bytes], taken: list[object]) -> None:
        super().__init__(to, pickle.HIGHEST_PROTOCOL)
        self._number = {id(found): number for number, found in enumerate(taken)}

    def persistent_id(self, thing: object) -> int | None:
        """The number of a result that was sent before."""
        return self._number.get(id(thing))
