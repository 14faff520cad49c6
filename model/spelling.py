"""The word that was meant: for one that is typed in capitals, with hyphens or with a slip."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

NOT_OF_AN_ID = re.compile(r"[^a-z0-9]+")


def did_you_mean(text: str, known: Iterable[str], synonyms: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """``; did you mean 'weibull'?`` for ``Weibull``, or "" where no word of ``known`` is near.

    synonyms: of a known word the others that are taken for it, as :func:`plain` writes them.
    """
    known = tuple(known)
    word = plain(text)
    named = [name for name in known if word == plain(name) or word in (synonyms or {}).get(name, ())]
    by_word = {plain(name): name for name in known}
    close = named or [by_word[near] for near in difflib.get_close_matches(word, by_word, n=1, cutoff=0.75)]
    return f"; did you mean '{close[0]}'?" if close else ""


def plain(text: str) -> str:
    """Lower case, and one underscore for everything between letters and digits: ``log-normal`` is ``log_normal``."""
    return NOT_OF_AN_ID.sub("_", unicodedata.normalize("NFKC", text).casefold()).strip("_")
