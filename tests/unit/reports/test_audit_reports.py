"""Reports of an audit: every form holds the findings, harms nobody, and is the same for the same facts."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import time
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.audit.redaction import Redaction, redacted, redactions
from kraken_desk.domain.audit.rules import all_rules
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import SlotId
from kraken_desk.reports.audit_json import earlier_reports, report_document, reports_json
from kraken_desk.reports.audit_report import Form, compared, written
from tests.helpers.builders import a_public_key
from tests.unit.reports.audit_samples import HOSTILE, SECRET, dossier, facts

ALL = frozenset(Redaction)
FORMS = list(Form)


def text(form: Form, made: Dossier | None = None) -> str:
    return written(form, [(made or redacted(dossier(), frozenset()), None)], "0.1.0")


class Page(HTMLParser):
    """Collects tags with their attributes, and what a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@given(st.permutations([0, 1, 2]), st.permutations([0, 1]), st.sampled_from(FORMS), st.booleans())
def test_the_order_of_the_facts_does_not_matter(
    order: list[int], accounts: list[int], form: Form, clean: bool
) -> None:
    """Byte for byte, in every form, redacted or not."""
    levels = ALL if clean else frozenset[Redaction]()
    one, other = dossier(), dossier(facts(order, accounts=accounts))

    assert text(form, redacted(other, levels)) == text(form, redacted(one, levels))


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_and_no_control_character_gets_into_a_report(form: Form) -> None:
    """Whatever people have typed into names."""
    found = text(form)

    assert SECRET not in found
    assert "\x1b" not in found
    assert "\u202e" not in found


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    """No script, no image, no style from elsewhere; links lead to Kraken only."""
    page = Page(text(Form.HTML))

    assert not page.all("script", "img", "link", "iframe", "object", "form")
    assert {a["href"] for a in page.all("a")} == {"https://www.kraken.com/u/security/api"}
    assert not [a for _, a in page.tags if any(name == "src" or name.startswith("on") for name in a)]
    assert "default-src 'none'" in text(Form.HTML)
    assert "=cmd|' /C calc'!A0<script>alert(1)</script><202e><001b>[2J&\"'" in page.text


def test_the_page_can_be_read_by_ear() -> None:
    """Language, one main part, headings in steps, and captions and scopes on every table."""
    page = Page(text(Form.HTML))
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]

    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("main")) == len(page.all("h1")) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("caption")) == len(page.all("table")) >= 4
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
    assert "prefers-color-scheme:dark" in text(Form.HTML)
    assert "@media print" in text(Form.HTML)


def test_the_table_keeps_numbers_and_runs_no_formula() -> None:
    """A name that begins like a formula is a text; grades and scores are numbers."""
    rows = list(csv.DictReader(io.StringIO(text(Form.CSV))))
    worst = rows[0]

    assert worst["Name"].startswith("'=cmd|")
    assert (worst["Severity"], worst["Grade"]) == ("critical", "4")
    assert {row["Grade"] for row in rows} <= {"0", "1", "2", "3", "4"}
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_every_form_holds_every_finding() -> None:
    """As many as the audit found; the text leaves out only the muted one."""
    report = dossier().report
    count = len(report.findings)

    assert len(json.loads(text(Form.JSON))["reports"][0]["findings"]) == count > 5
    assert len(list(csv.DictReader(io.StringIO(text(Form.CSV))))) == count
    assert len(json.loads(text(Form.SARIF))["runs"][0]["results"]) == count
    assert len(Page(text(Form.HTML)).all("article")) == len(report.open()) == count - 1
    assert text(Form.TEXT).count("  [") == count - 1


def test_sarif_keeps_the_constraints_of_its_schema() -> None:
    """What SARIF 2.1.0 asks of the parts that are used: known levels, unique tags, valid indexes."""
    document = json.loads(text(Form.SARIF))
    [run] = document["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert document["version"] == "2.1.0"
    assert len({rule["id"] for rule in rules}) == len(rules) > len(all_rules())
    assert all(len(set(tags)) == len(tags) for tags in (rule["properties"]["tags"] for rule in rules))
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        assert 0 <= result["rank"] <= 100
    [muted] = [result["suppressions"] for result in run["results"] if "suppressions" in result]
    assert muted == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "moving house (until 2026-11-29T12:00:00Z)",
        }
    ]
    assert run["invocations"][0]["toolExecutionNotifications"][0]["level"] == "note"


@pytest.mark.skipif("SARIF_SCHEMA" not in os.environ, reason="names no copy of the published schema")
def test_sarif_validates_against_the_published_schema() -> None:
    """With jsonschema installed and SARIF_SCHEMA naming the file; npm's @microsoft/jest-sarif holds one."""
    jsonschema: Any = pytest.importorskip("jsonschema")
    schema = json.loads(Path(os.environ["SARIF_SCHEMA"]).read_text("utf-8"))
    later = compared([redacted(dossier(), frozenset())], earlier_reports(earlier()))

    jsonschema.validate(json.loads(text(Form.SARIF)), schema)
    jsonschema.validate(json.loads(written(Form.SARIF, later, "0.1.0")), schema)


@pytest.mark.parametrize("form", FORMS)
def test_redaction_leaves_no_id_amount_or_address(form: Form) -> None:
    """Not in findings, not in the inventory, not inside names."""
    found = text(form, redacted(dossier(), ALL))

    gone = ("slot-a", "slot-b", "account-1", "AA01 N84G", "1,234,567", "1234567", "12.5 BTC", "198.51.0.0")
    assert not [word for word in (*gone, "203.0.113.9", "2001:db8::1") if word in found]


def test_redaction_keeps_what_belongs_together() -> None:
    """An address has one number everywhere, and a range its width; the hour is no address or amount."""
    names = {line.name: line for line in redacted(dossier(), ALL).keys}

    assert names["wide"].allowlist == ("[address 1/16]", "[address 3]", "[address 2]")
    assert "new at [address 2]" in names
    assert names["wide"].checked == "accepted 2026-11-20 12:00 UTC"


def test_an_id_has_the_same_stand_in_in_every_report() -> None:
    """Redacting twice changes nothing, and a finding keeps its fingerprint."""
    once = redacted(dossier(), ALL)

    assert redacted(once, ALL) == once
    plain, clean = (report_document(d)["findings"] for d in (dossier(), once))
    assert [f["fingerprint"] for f in plain] == [f["fingerprint"] for f in clean]


def test_wrong_words_redact_nothing() -> None:
    """A typing mistake must not print what was to be left out."""
    assert redactions(" ids, Amounts ,") == {Redaction.IDS, Redaction.AMOUNTS}
    with pytest.raises(InputError):
        redactions("ids,adresses")


def earlier(**changes: Any) -> str:
    """Return an earlier report: one finding settled since, one of other severity, one not there yet."""
    document = report_document(redacted(dossier(), frozenset()))
    first, second, *rest = document["findings"]
    gone = {**first, "fingerprint": "f" * 24, "rule": "old-rule", "title": "Gone", "subject": {"name": "x"}}
    document["findings"] = [gone, {**second, "severity": "info"}, *rest]
    return reports_json([{**document, **changes}])


def test_a_report_tells_what_is_new_settled_and_changed() -> None:
    """In every form that has a place for it."""
    items = compared([redacted(dossier(), frozenset())], earlier_reports(earlier()))
    [(_, found)] = items
    assert found is not None

    counts = report_document(*items[0])["difference"]["counts"]
    total = len(dossier().report.findings)
    assert counts == {"new": 1, "changed": 1, "unchanged": total - 2, "settled": 1}
    assert "Since 2026-11-20T12:00:00Z: 1 new, 1 changed, 1 settled." in written(Form.TEXT, items, "1")
    states = [r["baselineState"] for r in json.loads(written(Form.SARIF, items, "1"))["runs"][0]["results"]]
    assert sorted(set(states)) == ["absent", "new", "unchanged", "updated"]
    assert [r["Change"] for r in csv.DictReader(io.StringIO(written(Form.CSV, items, "1")))][-1] == "settled"
    assert "x: Gone" in Page(written(Form.HTML, items, "1")).text


def test_a_redacted_report_is_compared_with_a_full_one() -> None:
    """Left-out texts are no changes."""
    document = report_document(dossier())
    items = compared([redacted(dossier(), ALL)], earlier_reports(reports_json([document])))

    counts = report_document(*items[0])["difference"]["counts"]
    assert (counts["new"], counts["changed"], counts["settled"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "[]",
        "{}",
        '{"reports": {}}',
        '{"reports": [1]}',
        '{"reports": [{"environment": "lab", "judged_at": "x", "findings": [{}]}]}',
        '{"reports": [{"environment": 1, "judged_at": "x", "findings": []}]}',
        "[" * 100_000,
        '{"reports": [{"environment": "lab", "judged_at": "x", "findings": [], "redacted": [1]}]}',
    ],
)
def test_a_file_that_is_no_report_is_refused(wrong: str) -> None:
    """With words about what is wrong, never with a crash."""
    with pytest.raises(InputError):
        earlier_reports(wrong)


def test_an_earlier_report_of_another_environment_is_refused() -> None:
    """Everything would look new, and nothing would be."""
    with pytest.raises(InputError):
        compared([dossier()], earlier_reports(earlier(environment="elsewhere")))


def test_hostile_names_of_an_earlier_report_stay_harmless() -> None:
    """It is a file that anybody may have written."""
    old = earlier_reports(earlier().replace("Gone", json.dumps(HOSTILE)[1:-1]))
    items = compared([redacted(dossier(), frozenset())], old)

    for form in FORMS:
        found = written(form, items, "1")
        assert "\x1b" not in found
        assert form is not Form.HTML or not Page(found).all("script")


def test_a_thousand_keys_are_redacted_and_written_in_time() -> None:
    """Redaction looks at each word once, however many ids there are: seconds of CPU time to spare."""
    base = facts()
    rng = random.Random(7)
    chosen = rng.choices((base.keys[0], base.keys[2]), k=1000)
    slots = [
        replace(k.slot, slot_id=SlotId(f"slot-{n:04}x"), name=f"k{n}", api_key=a_public_key(n))
        for n, k in enumerate(chosen)
    ]
    many = tuple(replace(k, slot=slot) for k, slot in zip(chosen, slots, strict=True))
    whole = dossier(replace(base, keys=many))
    began = time.process_time()

    made = redacted(whole, ALL)

    assert time.process_time() - began < 4
    assert len(made.keys) == 1000
    assert made.report.count(Severity.CRITICAL) > 300
    assert "slot-0" not in text(Form.JSON, made)
