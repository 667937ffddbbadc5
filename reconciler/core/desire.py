"""From a scene to what its Plex item should say."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.core import canonical
from reconciler.core.fitting import NAME, NAMES, VALUE, first_fitting, fitting
from reconciler.core.match import stem
from reconciler.core.values import Field, Policy, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one field of one library is treated."""

    policy: Policy = Policy.PUSH
    lock: bool = True
    """Whether a field that we write is locked, so that a refresh leaves it alone."""


Rules = Mapping[Field, Rule]

_DATE = "([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What policy says for one field of one link; empty is no opinion."""

    value: str = ""
    elements: tuple[str, ...] = ()
    rule: Rule = Rule()
    is_fallback: bool = False
    """A title from the file's name: better than nothing, worse than anything else."""
    is_cut: bool = False
    """Whether Stash says more than an edit of Plex has room for."""

    @property
    def content(self) -> str | tuple[str, ...]:
        """The value or the elements, whichever the field has."""
        return self.elements or self.value


def desire(scene: Scene, path: str, rules: Rules) -> Mapping[Field, Wanted]:
    """Say what the item that holds *path* should say of *scene*."""
    wanted = {
        Field.TITLE: _title(scene, path),
        Field.SUMMARY: _value(canonical.block(scene.details)),
        Field.STUDIO: _value(canonical.line(scene.studio.name if scene.studio else "")),
        Field.DATE: Wanted(value=whole_date(scene.date)),
        Field.GENRES: _names([tag.name for tag in scene.tags]),
        Field.ACTORS: _names([p.name for p in scene.performers]),
    }
    return {
        field: _under(rules.get(field, Rule()), want) for field, want in wanted.items()
    }


def is_placeholder(field: Field, value: str, path: str) -> bool:
    """Tell a title that the scanner made from the file's name from a real one."""
    return field is Field.TITLE and bare(value) == bare(stem(path))


def whole_date(text: str) -> str:
    """Make a date as Plex takes it: the first day of a mere month or year.

    Stash has partial dates since v0.30 and keeps their first day itself; text that is
    no date is no opinion.
    """
    found = re.fullmatch(_DATE, text.strip())
    if not found:
        return ""
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return ""


def _title(scene: Scene, path: str) -> Wanted:
    if title := canonical.line(scene.title):
        return _value(title)
    return replace(_value(canonical.line(stem(path))), is_fallback=True)


def _value(text: str) -> Wanted:
    value = fitting(text, VALUE)
    return Wanted(value=value, is_cut=value != text)


def _names(names: list[str]) -> Wanted:
    """Want names in the order of the alphabet: the first spelling of each."""
    # in form first: a name with noise before it would stand elsewhere once it is stored
    lines = [canonical.line(name) for name in names]
    every = canonical.distinct(sorted(lines, key=lambda name: (name.casefold(), name)))
    short = canonical.distinct([fitting(name, NAME) for name in every])
    elements = first_fitting(short, NAMES)
    return Wanted(elements=elements, is_cut=elements != every)


def _under(rule: Rule, want: Wanted) -> Wanted:
    if want.is_fallback and rule.policy is not Policy.OFF:
        # never over a title that is there, and never locked
        rule = Rule(policy=Policy.FILL, lock=False)
    return want if rule == want.rule else replace(want, rule=rule)


def bare(title: str) -> str:
    """Reduce a title to what scanners leave of a file's name."""
    # scanners turn separators into spaces and may drop a year in brackets
    spaced = re.sub(r"[\s._\-]+", " ", canonical.line(title))
    return re.sub(r"\s*\(\d{4}\)$", "", spaced.strip()).casefold()
