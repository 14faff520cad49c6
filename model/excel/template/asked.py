"""What a starter workbook is asked for: arms, endpoints, currency, drugs, and where the curves come from."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable, Sequence

from model.choices import FREE, PROFILE_WORDS, STARTER_CURVES, STARTER_DRUGS
from model.definition.checks.states import RESERVED
from model.definition.records.curves import CURVE_NAMES
from model.definition.records.states import REGION_LABELS, THREE_STATES, WHOLE
from model.definition.synonyms import did_you_mean
from model.spelling import plain
from model.survival.distributions import STANDARD_NAMES

HAZARD_RATIO = "hazard_ratio"
WITH_FAMILY = ("evidence", "coefficients", "digitised", "patient_data")
ENDPOINTS = ("pfs", "os")
MOST = 20


@dataclasses.dataclass(frozen=True)
class Named:
    """Something with a name, and the id made from it."""

    id: str
    label: str


@dataclasses.dataclass(frozen=True)
class AskedArm(Named):
    """An arm: where its curves come from, of which family, and which drugs it takes (ids)."""

    curves: str = "evidence"
    family: str = ""
    drugs: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class AskedDrug(Named):
    """A drug; ``kind``: a word of :data:`model.choices.STARTER_DRUGS`; ``own_curve``: is its time on treatment a curve?"""

    kind: str = "oral"
    own_curve: bool = False


@dataclasses.dataclass(frozen=True)
class AskedState(Named):
    """A state in which patients live until the curve ``endpoint``."""

    endpoint: str


THREE = tuple(AskedState(state.id, state.label, state.endpoint) for state in THREE_STATES)
"""The states of a model that asks for no others."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """Everything asked for. The first arm is the comparator, the last the intervention."""

    arms: tuple[AskedArm, ...]
    drugs: tuple[AskedDrug, ...]
    states: tuple[AskedState, ...] = THREE
    events: tuple[Named, ...] = ()
    currency: str = "USD"
    profile: str = FREE

    def drug(self, drug_id: str) -> AskedDrug:
        return next(drug for drug in self.drugs if drug.id == drug_id)


def asked_for(
    arms: str,
    drugs: str,
    *,
    curves: str = "evidence",
    regimens: str = "",
    endpoints: str = "",
    events: str = "",
    currency: str = "USD",
    profile: str = FREE,
) -> Asked:
    """What a user typed, each part as names separated by commas.

    arms: names, the comparator first. drugs: names, each perhaps followed by ``=`` and its kind. curves: one word for all
    arms or one for each, perhaps followed by ``:`` and a family. regimens: ``Arm=Drug+Drug`` for each arm, separated by
    commas; empty: each arm takes the drug at its place where there are as many of both, else that is left to be filled in.
    endpoints: pfs and os are always there; a drug's name: its time on treatment has a curve of its own; any other word: a
    curve at which patients leave a state, from the lowest curve to the highest, each perhaps with ``=`` and the state's name.
    Raises ValueError, which says what can be typed.
    """
    labels = _names(arms, "arm", fewest=2)
    sources = _sources(curves, labels)
    kinds = _with_kinds(drugs)
    named = _names(", ".join(kinds), "drug", fewest=1)
    own, states = _endpoints(endpoints, named)
    found = tuple(
        AskedDrug(drug.id, drug.label, kind, drug.id in own) for drug, kind in zip(named, kinds.values(), strict=True)
    )
    takes = _regimens(regimens, labels, found)
    if profile not in PROFILE_WORDS:
        raise ValueError(f"'{profile}' is no profile; profiles are {', '.join(PROFILE_WORDS)}")
    if not currency.strip() or '"' in currency or len(currency) > 12:
        raise ValueError(f"'{currency}' is no code of a currency, such as EUR")
    return Asked(
        tuple(
            AskedArm(arm.id, arm.label, *source, takes.get(arm.id, ())) for arm, source in zip(labels, sources, strict=True)
        ),
        found,
        states,
        _names(events, "event", fewest=0),
        currency.strip(),
        profile,
    )


def id_of(label: str) -> str:
    """The id made from a name: ``New drug (5 mg)`` becomes ``new_drug_5_mg``. Raises ValueError where none can be."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    word = plain(letters)
    if not word:
        raise ValueError(f"no id can be made from the name '{label}'; use a name with letters from a to z")
    return word if word[0].isalpha() else f"n{word}"


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _names(text: str, noun: str, fewest: int) -> tuple[Named, ...]:
    labels = _parts(text)
    if len(labels) < fewest:
        raise ValueError(f"name at least {fewest} {noun}{'s' if fewest > 1 else ''}, separated by commas")
    if len(labels) > MOST:
        raise ValueError(f"{len(labels)} {noun}s are more than {MOST}, the most that a starter workbook is made for")
    named = tuple(Named(id_of(label), label) for label in labels)
    for number, one in enumerate(named):
        if one.id in [other.id for other in named[:number]]:
            raise ValueError(f"the {noun} '{one.label}' has the same id as another one, {one.id}; use another name")
        if noun == "drug" and one.id in ENDPOINTS:
            raise ValueError(f"a drug cannot be called '{one.label}', which is an endpoint")
    return named


def _with_kinds(text: str) -> dict[str, str]:
    """The kind of each drug, by its name."""
    found = {}
    for part in _parts(text):
        name, _, kind = (word.strip() for word in part.partition("="))
        _known(kind or "oral", STARTER_DRUGS, "kind of drug")
        found[name] = kind or "oral"
    return found


def _sources(text: str, arms: Sequence[Named]) -> list[tuple[str, str]]:
    """Source and family of the curves of each arm."""
    found = []
    for part in _parts(text):
        word, _, family = (piece.strip() for piece in part.partition(":"))
        _known(word, STARTER_CURVES, "source of curves")
        if family:
            _known(family, CURVE_NAMES, "distribution")
            if word not in WITH_FAMILY:
                raise ValueError(f"curves from {word} have no distribution of their own")
        if word == "coefficients" and family not in ("", *STANDARD_NAMES):
            raise ValueError(f"coefficients of '{family}' are no rows of a starter; take one of {', '.join(STANDARD_NAMES)}")
        found.append((word, family))
    if len(found) == 1:
        found *= len(arms)
    if len(found) != len(arms):
        raise ValueError(f"{len(found)} sources of curves for {len(arms)} arms; give one for all, or one for each")
    if all(word == HAZARD_RATIO for word, _ in found):
        raise ValueError("a hazard ratio is about another arm's curve; give one arm another source of curves")
    return found


def _endpoints(text: str, drugs: Sequence[Named]) -> tuple[set[str], tuple[AskedState, ...]]:
    """Ids of the drugs among the endpoints, and the states that the others make."""
    own, curves = set[str](), dict[str, str]()
    for part in _parts(text):
        word, _, label = (piece.strip() for piece in part.partition("="))
        if id_of(word) in [drug.id for drug in drugs]:
            own.add(id_of(word))
        else:
            curves[id_of(word)] = label
    if not any(curves.values()) and {*curves} <= {*ENDPOINTS}:
        return own, THREE
    if "pfs" not in curves or list(curves)[-1] != "os":
        raise ValueError(
            "endpoints stand from the lowest curve to the highest, pfs among them and os the last, as response, pfs, os; "
            "beside them drugs, whose time on treatment has a curve of its own: " + ", ".join(drug.id for drug in drugs)
        )
    states = []
    for before, (curve, label) in zip([None, *curves], curves.items(), strict=False):
        known = WHOLE.get((before, curve))
        words = label or (REGION_LABELS[known] if known else f"From {before} to {curve}" if before else f"Until {curve}")
        made = id_of(words)
        states.append(AskedState(known or (f"{made}_state" if made in RESERVED else made), words, curve))
    return own, tuple(states)


def _regimens(text: str, arms: Sequence[Named], drugs: Sequence[Named]) -> dict[str, tuple[str, ...]]:
    """Drugs of each arm, by id."""
    if not text.strip():
        return {arm.id: (drug.id,) for arm, drug in zip(arms, drugs, strict=False)} if len(arms) == len(drugs) else {}
    takes = {}
    for part in _parts(text):
        arm, _, list_ = part.partition("=")
        _known(id_of(arm), [a.id for a in arms], "arm")
        ids = tuple(id_of(drug) for drug in list_.split("+") if drug.strip())
        for drug in ids:
            _known(drug, [d.id for d in drugs], "drug")
        takes[id_of(arm)] = ids
    return takes


def _known(word: str, words: Iterable[str], noun: str) -> None:
    known = list(words)
    if word not in known:
        raise ValueError(f"'{word}' is no {noun}; there are {', '.join(known)}{did_you_mean(word, known)}")
