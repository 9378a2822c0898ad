"""`gatewright explain` and docs/rules.md: what a code means, in text made from the rule itself.

In: the rules, and the codes of what reading finds. Out: text for a terminal, or the whole page in Markdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from textwrap import indent, wrap

from gatewright.apigateway.rules import ELSEWHERE, RULES, Rule
from gatewright.errors import UsageError
from gatewright.findings import Severity
from gatewright.spec.codes import CODES, Code

WIDTH = 100
SPEAKERS = {"http": "HTTP APIs", "template": "CloudFormation and SAM templates"}
CATEGORIES = {
    "API": "The API",
    "BASE": "Base path",
    "CFN": "Templates",
    "DOC": "The document",
    "DOCP": "Documentation parts",
    "EMB": "Embedded documents",
    "FUN": "Functions",
    "GWR": "Gateway responses",
    "HTTP": "HTTP APIs",
    "INT": "Integrations",
    "LIM": "Limits",
    "MEDIA": "Media types",
    "MODEL": "Models",
    "OPEN": "Open operations",
    "PARAM": "Parameters",
    "PATH": "Paths and operations",
    "PRJ": "The project",
    "RESP": "Responses",
    "SEC": "Security",
    "SIL": "Silences",
    "STR": "Structure",
    "VAL": "Request validators",
    "VAR": "Stage variables",
    "VTL": "Mapping templates",
    "YAML": "YAML",
}


@dataclass(frozen=True, slots=True)
class Page:
    """All there is to know of a code."""

    code: str
    severity: Severity
    summary: str
    why: str
    help: str
    bad: str
    good: str
    aws_message: str | None
    source: str


def page_of(code: str) -> Page:
    """UsageError when nothing has this code."""
    found = pages().get(code.upper())
    if found is not None:
        return found
    near = [known for known in pages() if known.split("-")[0] == code.upper().split("-")[0]]
    raise UsageError(
        f"there is no rule {code!r}", f"there are: {', '.join(near)}" if near else "see 'gatewright explain'"
    )


def pages() -> dict[str, Page]:
    """Every code's page, in the order of the codes."""
    found = {code.id: page_of_code(code) for code in CODES} | {rule.code: page_of_rule(rule) for rule in RULES}
    return dict(sorted(found.items()))


def titles() -> dict[str, str]:
    return {code: page.summary for code, page in pages().items()}


def page_of_code(code: Code) -> Page:
    return Page(
        code.id, code.severity, code.title, code.why, code.help, code.bad, code.good, code.aws_message, code.source
    )


def page_of_rule(rule: Rule) -> Page:
    said = [" ".join((rule.check.__doc__ or "").split())] if rule.check else []
    said += [rule.note] if rule.note else []
    if rule.on != "rest":
        said.append(f"Looked at in {SPEAKERS[rule.on]}.")
    if rule.applies != "both":
        said.append(f"Concerns {'Swagger 2.0' if rule.applies == 'swagger2' else 'OpenAPI 3.0'} only.")
    if rule.quiet:
        said.append("Said only in the strict profile, or where a setting names the rule.")
    return Page(
        rule.code,
        rule.severity,
        rule.summary,
        " ".join(line for line in said if line),
        rule.help,
        rule.bad,
        rule.good,
        rule.aws_message,
        f"{rule.source} ({rule.confidence})",
    )


def explained(code: str) -> str:
    """A code's page for a terminal. UsageError when nothing has this code."""
    if code.upper() in ELSEWHERE:
        return (
            f"{code.upper()}\n\n  No document shows it. It is looked at elsewhere:\n{filled(ELSEWHERE[code.upper()])}\n"
        )
    page = page_of(code)
    parts = [f"{page.code} ({page.severity})", filled(page.summary)]
    parts += [filled(page.why)] if page.why else []
    parts += [f"Fix\n{filled(page.help)}"] if page.help else []
    parts += [f"AWS says\n{filled(page.aws_message)}"] if page.aws_message else []
    parts += [f"Bad\n{indent(page.bad, '  ')}"] if page.bad else []
    parts += [f"Good\n{indent(page.good, '  ')}"] if page.good else []
    parts.append(f"Source\n{filled(page.source)}")
    return "\n\n".join(parts) + "\n"


def filled(text: str) -> str:
    return "\n".join(wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False))


def listed() -> str:
    """One line a code."""
    return "".join(f"{code:<10} {page.severity:<8} {page.summary}\n" for code, page in pages().items())


def rules_page() -> str:
    """docs/rules.md."""
    blocks = [HEAD]
    for category, members in groupby(pages().values(), lambda page: page.code.split("-")[0]):
        blocks.append(f"## {CATEGORIES[category]}")
        blocks += [entry(page) for page in members]
    rows = [f"| {code} | {place} |" for code, place in sorted(ELSEWHERE.items())]
    blocks.append("\n".join(["## Checked elsewhere", "", "| code | where |", "|---|---|", *rows]))
    return "\n\n".join(blocks) + "\n"


HEAD = """# Rules

What `gatewright validate` finds; `gatewright explain CODE` shows one of these entries. This page is made from the
rules by `make golden`: edit the rules, not this file.

| severity | means |
|---|---|
| error | API Gateway rejects the document, or what is lost would be dangerous |
| dropped | API Gateway ignores it without a word |
| warning | it works, and bites |

A setting changes a rule for the project, a comment silences one finding:

```toml
[tool.gatewright.rules]
SEC-014 = "error"    # off, warning, dropped, error
```
```yaml
      security: []   # gatewright: ignore SEC-014 -- this one is meant for everybody
```"""


def entry(page: Page) -> str:
    lines = [f"### {page.code}", "", f"**{page.severity}** · {escaped(page.summary)}"]
    lines += ["", escaped(page.why)] if page.why else []
    lines += ["", f"Fix: {escaped(page.help)}"] if page.help else []
    lines += ["", f"AWS: `{page.aws_message}`"] if page.aws_message else []
    for title, example in (("Bad", page.bad), ("Good", page.good)):
        lines += ["", f"{title}:", "```yaml", example, "```"] if example else []
    lines += ["", f"Source: {escaped(page.source)}"]
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Prose in Markdown: what looks like HTML or emphasis stays as it is written."""
    return text.replace("<", "&lt;").replace("*", "\\*")
