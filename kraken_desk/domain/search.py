"""The search grammar of the tree: `is:expired can:withdraw -ip:open process:mm "two words"`.

Words and terms stand beside each other and must all hold; `-` turns one round; quotes keep spaces,
and a colon that is none of the grammar's, together. The beginning of a value stands for every value
that begins so, which makes a term useful while it is still being typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.search_terms import FIELDS, Field, KeyTest
from kraken_desk.domain.values import dataclass

TextOf = Callable[[KeyNode], str]
"""Returns the prepared, casefolded text that free words are looked for in."""

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

    def finds_account(self, account: Account, text: str) -> bool:
        """Say whether an account is meant by itself, and with it all that is below.

        Only by words, `account:` and `tag:`; who asks for something of keys, or for the lack of
        something, means keys.
        """
        if self.empty or self.problems:
            return self.empty
        return all(
            term.test is None
            and not term.negated
            and (_holds(account, term) if term.of_account else term.word in text)
            for term in self.terms
        )

    def sift(
        self, keys: Sequence[KeyNode], account: Account, text_of: TextOf, now: datetime
    ) -> list[KeyNode]:
        """Return the keys of one account that are asked for, in their order."""
        found = [] if self.problems else list(keys)
        for term in self.terms:
            if not found:
                break
            found = _sifted(found, term, account, text_of, now)
        return found


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


def _sifted(
    keys: list[KeyNode], term: Term, account: Account, text_of: TextOf, now: datetime
) -> list[KeyNode]:
    if term.of_account:
        return keys if _holds(account, term) is not term.negated else []
    if term.test is not None:
        test, wanted = term.test, not term.negated
        return [key for key in keys if test(key, now) is wanted]
    word = term.word
    if term.negated:
        return [key for key in keys if word not in text_of(key)]
    return [key for key in keys if word in text_of(key)]


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
