"""pip, deciding environment markers for Lambda's Python instead of the one it runs on. Run as a script.

In: the marker values as JSON, then pip's own arguments. pip's --python-version chooses wheels only; markers such as
`python_version >= "3.12"` it takes from its own interpreter, and would leave out what the function needs on Lambda.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main(values: dict[str, str], arguments: list[str]) -> int:
    from pip._internal.cli.main import main as pip
    from pip._vendor.packaging import markers

    own: Any = markers.default_environment
    markers.default_environment = lambda: {**own(), **values}
    return pip(arguments)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2:]))
