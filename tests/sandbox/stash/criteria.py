"""Single criteria, as SQLite would judge them: true, false, or unknown (NULL).

A timestamp is compared as text, byte by byte, with whatever the client sent; only what
looks like a number becomes one, and a number is less than any text (facts §3).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tests.sandbox.stash.failures import PanicError, StashError
from tests.sandbox.stash.store import Store
from tests.sandbox.stash.times import stamp

Verdict: TypeAlias = bool | None
Criterion: TypeAlias = Mapping[str, Any]  # the input as the client gave it

_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*")
_DAY = 24 * 3600
_Rank: TypeAlias = tuple[int, float | str]


def timestamp_test(criterion: Criterion, store: Store) -> Callable[[str], Verdict]:
    modifier = criterion["modifier"]
    low = _affine(criterion["value"])
    upper = criterion.get("value2")
    if upper is None:
        upper = stamp(store.clock() + _DAY, store.zone)
    high = _affine(upper)
    tests: dict[str, Callable[[str], bool]] = {
        "EQUALS": lambda text: (1, text) == low,
        "NOT_EQUALS": lambda text: (1, text) != low,
        "GREATER_THAN": lambda text: (1, text) > low,
        "LESS_THAN": lambda text: (1, text) < low,
        "BETWEEN": lambda text: low <= (1, text) <= high,
        "NOT_BETWEEN": lambda text: not low <= (1, text) <= high,
        "IS_NULL": lambda _: False,
        "NOT_NULL": lambda _: True,
    }
    if modifier not in tests:
        raise PanicError("unsupported date modifier type")
    return tests[modifier]


def _affine(value: str) -> _Rank:
    """Rank *value* as a column of NUMERIC affinity does: numbers before all text."""
    return (0, float(value)) if _NUMBER.fullmatch(value) else (1, value)


def int_test(criterion: Criterion) -> Callable[[int | None], Verdict]:
    modifier, low = criterion["modifier"], criterion["value"]
    high = criterion.get("value2") or 0
    tests: dict[str, Callable[[int], bool]] = {
        "EQUALS": lambda value: value == low,
        "NOT_EQUALS": lambda value: value != low,
        "GREATER_THAN": lambda value: value > low,
        "LESS_THAN": lambda value: value < low,
        "BETWEEN": lambda value: low <= value <= high,
        "NOT_BETWEEN": lambda value: not low <= value <= high,
    }
    if modifier in {"IS_NULL", "NOT_NULL"}:
        return lambda value: (value is None) == (modifier == "IS_NULL")
    if modifier not in tests:
        raise PanicError(f"unsupported numeric modifier type {modifier}")
    test = tests[modifier]
    return lambda value: None if value is None else test(value)


def string_test(criterion: Criterion) -> Callable[[str | None], Verdict]:
    modifier, wanted = criterion["modifier"], criterion["value"]
    match modifier:
        case "EQUALS" | "NOT_EQUALS":
            return _all_like([wanted], negated=modifier == "NOT_EQUALS")
        case "INCLUDES":
            return _any_like([f"%{word}%" for word in _words(wanted)])
        case "EXCLUDES":
            return _all_like([f"%{word}%" for word in _words(wanted)], negated=True)
        case "MATCHES_REGEX" | "NOT_MATCHES_REGEX":
            return _regex(wanted, negated=modifier == "NOT_MATCHES_REGEX")
        case "IS_NULL" | "NOT_NULL":
            empty = modifier == "IS_NULL"
            return lambda text: (not (text or "").strip(" ")) == empty
    raise PanicError("unsupported string filter modifier")


def like(pattern: str) -> re.Pattern[str]:
    """Compile SQL's LIKE: `%` and `_`, and only ASCII letters without their case."""
    parts = ({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in pattern)
    return re.compile("".join(parts), re.IGNORECASE | re.ASCII | re.DOTALL)


def _words(wanted: str) -> list[str]:
    """Split at blanks, unless in quotes; one word is enough."""
    trimmed = wanted.strip()
    unquoted = trimmed.strip('"')
    return re.split(r"\s+", trimmed) if unquoted == trimmed else [unquoted]


def _any_like(patterns: list[str]) -> Callable[[str | None], Verdict]:
    compiled = [like(pattern) for pattern in patterns]
    return lambda text: (
        None if text is None else any(p.fullmatch(text) for p in compiled)
    )


def _all_like(patterns: list[str], *, negated: bool) -> Callable[[str | None], Verdict]:
    compiled = [like(pattern) for pattern in patterns]
    return lambda text: (
        None
        if text is None
        else all((p.fullmatch(text) is None) == negated for p in compiled)
    )


def _regex(wanted: str, *, negated: bool) -> Callable[[str | None], Verdict]:
    try:
        compiled = re.compile(wanted)
    except re.error as error:
        raise StashError(f"error parsing regexp: {error}") from error
    return lambda text: (
        negated if text is None else (compiled.search(text) is None) == negated
    )


def both(left: Verdict, right: Verdict) -> Verdict:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: Verdict, right: Verdict) -> Verdict:
    if left or right:
        return True
    return None if left is None or right is None else False


def negated(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict
