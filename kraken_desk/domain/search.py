"""The search grammar of the tree: `is:expired can:withdraw -ip:open process:mm "two words"`.

Words and terms stand beside each other and must all hold; `-` turns one round; quotes keep spaces,
and a colon that is none of the grammar's, together. The beginning of a value stands for every value
that begins so, which makes a term useful while it is still being typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.search_terms import FIELDS, Field, KeyTest
from kraken_desk.domain.values import dataclass

_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?P<value>"[^"]*(?:"|$)|[^\s"]\S*|)')


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a text as typed, from `start` to `end`; `field` is empty for a free word."""

    start: int
    end: int
    negated: bool
    field: str
    value: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on a key; without a `test` it is one on the account, its tags, or on the text."""

    negated: bool
    word: str = ""
    account: str = ""
    tag: str = ""
    test: KeyTest | None = None

    @property
    def of_account(self) -> bool:
        return bool(self.account or self.tag)


@dataclass(frozen=True, slots=True)
class Query:
    """What a text asks for. `problems` says in plain sentences which parts cannot be understood."""

    terms: tuple[Term, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Say whether everything is wanted."""
        return not self.terms and not self.problems

    def sieve(self, now: datetime) -> Sieve:
        """Make ready to go through many accounts at one moment."""
        return Sieve(self, now)


class Sieve:
    """What a query keeps. It looks at 20,000 keys between two keystrokes, so terms are sorted out first."""

    def __init__(self, query: Query, now: datetime) -> None:
        self._now = now
        self._nothing = bool(query.problems)
        self._of_account = tuple(term for term in query.terms if term.of_account)
        words = tuple(term for term in query.terms if term.word)
        self._words = tuple(term.word for term in words if not term.negated)
        self._unwanted = tuple(term.word for term in words if term.negated)
        self._tests = tuple((term.test, not term.negated) for term in query.terms if term.test is not None)
        asks_of_keys = any(term.test is not None or term.negated for term in query.terms)
        self._means_accounts = not (self._nothing or asks_of_keys)

    def finds_account(self, account: Account, text: str) -> bool:
        """Say whether an account is meant by itself, and with it all that is below.

        `text` is its prepared text. Only words, `account:` and `tag:` mean accounts; who asks for
        something of keys, or for the lack of something, means keys.
        """
        if not self._means_accounts:
            return False
        for word in self._words:  # a generator here would cost more than the search itself
            if word not in text:
                return False
        return not self._of_account or all(_holds(account, term) for term in self._of_account)

    def sift(self, account: Account, keys: Sequence[KeyNode], texts: Sequence[str]) -> Sequence[KeyNode]:
        """Return the keys of one account that are asked for, in their order.

        `texts` are the prepared, casefolded texts of the keys, in the same order.
        """
        if self._nothing:
            return ()
        for term in self._of_account:
            if _holds(account, term) is term.negated:
                return ()
        found, now = self._worded(keys, texts), self._now
        for test, wanted in self._tests:
            if wanted:
                found = [key for key in found if test(key, now)]
            else:
                found = [key for key in found if not test(key, now)]
        return found

    def _worded(self, keys: Sequence[KeyNode], texts: Sequence[str]) -> Sequence[KeyNode]:
        """Return the keys whose texts hold all words and none of the unwanted ones."""
        if len(self._words) == 1 and not self._unwanted:
            word = self._words[0]
            return [key for key, text in zip(keys, texts, strict=True) if word in text]
        if not self._words and not self._unwanted:
            return keys
        pairs = list(zip(keys, texts, strict=True))
        for word in self._words:
            pairs = [pair for pair in pairs if word in pair[1]]
        for word in self._unwanted:
            pairs = [pair for pair in pairs if word not in pair[1]]
        return [key for key, _ in pairs]


def parse(text: str) -> Query:
    """Read what was typed; never fails: what is not understood becomes a problem of the query."""
    terms: list[Term] = []
    problems: list[str] = []
    for token in tokens(text):
        read = _read(token)
        if isinstance(read, str):
            problems.append(read)
        elif read is not None:
            terms.append(read)
    return Query(tuple(terms), tuple(dict.fromkeys(problems)))


def tokens(text: str) -> tuple[Token, ...]:
    """Take a text apart at its spaces; an open quote reaches to the end."""
    found = []
    for match in _TOKEN.finditer(text):
        if match.start() == match.end():
            continue
        value = match["value"]
        quoted = value.startswith('"')
        found.append(
            Token(
                match.start(),
                match.end(),
                bool(match["minus"]),
                (match["field"] or "").casefold(),
                value.strip('"') if quoted else value,
                quoted,
            )
        )
    return tuple(found)


def _read(token: Token) -> Term | str | None:
    """Return the term, None for one that is not finished yet, or why there is none."""
    value = " ".join(token.value.casefold().split())
    if not token.field:
        return Term(token.negated, word=value) if value else None
    field = FIELDS.get(token.field)
    if field is None:
        known = ", ".join(f"{name}:" for name in FIELDS)
        return f"There is no “{token.field}:”. Known are {known}. In quotes it is a text."
    if not value:
        return None
    if field.name == "account":
        return Term(token.negated, account=value)
    if field.name == "tag":
        return Term(token.negated, tag=value.removeprefix("#"))
    test = field.test(value)
    return _unknown(field, token.value) if test is None else Term(token.negated, test=test)


def _unknown(field: Field, value: str) -> str:
    known = ", ".join(word for word, _ in field.values)
    return f"“{field.name}:{value}” means nothing. {field.name}: takes {known}{field.beside}."


def _holds(account: Account, term: Term) -> bool:
    """Say whether an account is the one that a term names, or has a tag that begins like its."""
    if term.tag:
        return any(tag.casefold().startswith(term.tag) for tag in account.tags)
    return _is_of(account, term.account)


def _is_of(account: Account, value: str) -> bool:
    """Say whether `account:` means this one: a part of its label, its IIBAN or its Futures uid."""
    iiban = (account.iiban or "").casefold()
    named = (account.label.casefold(), iiban, iiban.replace(" ", ""), (account.futures_uid or "").casefold())
    return any(value in text for text in named)
