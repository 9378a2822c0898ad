"""What a template may hold, counted before CloudFormation counts it.

Source: AWS CloudFormation User Guide, quotas: 500 resources, 200 parameters, 200 outputs, 1 MB of template.
"""

from __future__ import annotations

import re
from collections import Counter

from gatewright.errors import BuildError

MOST = {"Resources": 500, "Parameters": 200, "Outputs": 200}
TEMPLATE_BYTES = 1_048_576
ENTRY = re.compile(r"  \w+:")


def counted(text: str) -> Counter[str]:
    """The entries of each section of a template as Gatewright writes it, without parsing it."""
    found: Counter[str] = Counter()
    section = ""
    for line in text.splitlines():
        if line and line[0] not in " #":
            section = line.partition(":")[0]
        elif ENTRY.match(line):
            found[section] += 1
    return found


def require_budgets(text: str) -> None:
    """BuildError that names what is too much, and how much of it there is."""
    found = counted(text)
    over = [
        f"{found[section]:,} {section.lower()} of {most}" for section, most in MOST.items() if found[section] > most
    ]
    size = len(text.encode())
    if size > TEMPLATE_BYTES:
        over.append(f"{size:,} bytes of {TEMPLATE_BYTES:,}")
    if over:
        raise BuildError(
            f"the template is more than CloudFormation takes: {', '.join(over)}",
            "split the document into several APIs; each folder of spec/ is a stack of its own",
        )
