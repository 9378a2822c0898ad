"""A plan for people and for machines: lines for a terminal, JSON, and Markdown for a pull request's comment."""

from __future__ import annotations

import json
from typing import Any

from gatewright.terminal import Console, plural
from gatewright.workflows import callers
from gatewright.workflows.plan import Plan


def show(plan: Plan, console: Console) -> None:
    """The plan as lines: callers, inside, and the resources folded into a count."""
    if plan.is_first:
        console.step("plan", f"{plan.api} is not deployed: a deploy makes release {plan.number} on every stage")
        return
    if plan.is_empty:
        console.step("plan", f"{plan.api}: nothing to change; {plan.stage} would stay on release {plan.number}")
        return
    console.step("plan", f"{plan.api}: {plan.stage} would go to release {plan.number}")
    callers.show(plan.callers, plan.stage, console)
    for line in plan.inside:
        console.detail(line)
    counts = {action: sum(change.action == action for change in plan.resources) for action in ACTIONS}
    folded = ", ".join(f"{number} × {action}" for action, number in counts.items() if number)
    console.step("resources", folded or "none")


ACTIONS = ("Add", "Modify", "Replace", "Remove")


def as_json(plans: list[Plan]) -> str:
    return json.dumps([data_of(plan) for plan in plans], indent=2)


def data_of(plan: Plan) -> dict[str, Any]:
    return {
        "api": plan.api,
        "stage": plan.stage,
        "first": plan.is_first,
        "release": plan.number,
        "callers": [{"where": one.where, "text": one.text, "breaking": one.breaking} for one in plan.callers],
        "inside": list(plan.inside),
        "resources": [
            {
                "action": one.action,
                "id": one.logical_id,
                "type": one.type,
                "properties": list(one.properties),
                "conditional": one.conditional,
            }
            for one in plan.resources
        ],
    }


def as_markdown(plans: list[Plan]) -> str:
    """For a pull request's comment."""
    return "\n\n".join(markdown_of(plan) for plan in plans) + "\n"


def markdown_of(plan: Plan) -> str:
    if plan.is_first:
        return f"### `{plan.api}`\nNot deployed yet: a deploy makes release {plan.number} on every stage."
    if plan.is_empty:
        return f"### `{plan.api}`\nNothing to change."
    breaking = sum(bool(change.breaking) for change in plan.callers)
    lines = [f"### `{plan.api}`: {plan.stage} → release {plan.number}"]
    lines.append(f"{plural(len(plan.callers), 'change')} for callers, {breaking} breaking.\n")
    lines += [f"- **{escaped(str(one))}**" if one.breaking else f"- {escaped(str(one))}" for one in plan.callers]
    lines += [f"- {escaped(line)}" for line in plan.inside]
    lines.append(f"\n<details><summary>{plural(len(plan.resources), 'resource')}</summary>\n")
    lines += [f"- {one.action} `{one.logical_id}` ({one.type})" for one in plan.resources]
    return "\n".join([*lines, "\n</details>"])


def escaped(text: str) -> str:
    """Nothing that a designer wrote becomes markup in the comment."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>|#" else char for char in text)
