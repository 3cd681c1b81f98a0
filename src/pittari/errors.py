"""Who must act when something goes wrong? The tree is cut by the answer.

PittariError
├── CallerError           the caller changes the request            (HTTP 4xx)
│   ├── Invalid             a value is not what it has to be          422
│   ├── Unauthorized        no key or session, or one that is not ours 401
│   ├── Forbidden           the role may not do this                  403
│   ├── NotFound            there is no such thing                    404
│   ├── Conflict            it stands already, and differently        409
│   ├── TooLarge            the body or the batch is over its limit   413
│   └── TooMany             more requests than the limit allows       429
├── OperatorError         whoever runs Pittari changes a file or a setting
│   ├── SettingsError       a settings file says what it cannot say
│   ├── DataError           a file brought in is not what it claims to be
│   ├── ParametersError     learned tables are missing, foreign or damaged
│   └── BundleError         a bundle is damaged, foreign or older: the one in use stays
├── Unavailable           nobody's fault: try again                   503
└── PartError             a part broke the contract of its socket
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PittariError(Exception):
    """Any error this package raises on purpose; its text is a sentence for a person."""


class CallerError(PittariError):
    """The caller has to change the request."""


class Invalid(CallerError):
    """A value is not what it has to be: the text says what was expected and what came."""


class Unauthorized(CallerError):
    """No key or session came, or one that is not known here."""


class Forbidden(CallerError):
    """The key or session is known, and its role may not do this."""


class NotFound(CallerError):
    """There is no such thing."""


class Conflict(CallerError):
    """The thing stands already and differs from what came."""


class TooLarge(CallerError):
    """A body, batch or text is over its limit."""


class TooMany(CallerError):
    """More requests came than the limit allows; `retry_after` is in seconds."""

    def __init__(self, text: str, retry_after: float = 1.0) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class OperatorError(PittariError):
    """Whoever runs Pittari has to change a file or a setting."""


class SettingsError(OperatorError):
    """A settings file says what it cannot say: the text names file, key and the nearest word."""


class DataError(OperatorError):
    """A file brought in is not what it claims to be."""


class ParametersError(OperatorError):
    """Learned tables are missing, made for something else, or damaged."""


class BundleError(OperatorError):
    """A bundle is refused, and the one in use stays; `reason` is one word for why (`REASONS`)."""

    REASONS = (
        "no_bundle",
        "format",
        "truncated",
        "tampered",
        "damaged",
        "key",
        "kind",
        "locale",
        "older",
        "base",
    )

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Unavailable(PittariError):
    """The database or the disk does not answer now: nothing was half-written, try again."""


class PartError(PittariError):
    """A source, filter, scorer or composer broke the contract of its socket."""


def nearest(word: str, words: Iterable[str]) -> str:
    """Returns ` Did you mean "x"?` for the closest of `words`, or nothing if none is close."""
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""
