"""The order in which Java's HashMap gives back its keys, which is the order of most maps in AWS's exports.

Source: fitted on recorded exports (see tests/conformance/export_key_order.json); java.util.HashMap's documented layout.
"""

from __future__ import annotations

from collections.abc import Iterable

DEFAULT_CAPACITY = 16
_LOAD_FACTOR = 0.75
_MAX_CAPACITY = 1 << 30


def string_hash(text: str) -> int:
    """java.lang.String.hashCode over UTF-16 units, unsigned."""
    value = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        value = (value * 31 + (high << 8 | low)) & 0xFFFFFFFF
    return value


def hash_order(keys: Iterable[str], capacity: int = DEFAULT_CAPACITY) -> list[str]:
    """Keys as `new HashMap(capacity)` iterates them after they were put in the given order."""
    given = list(dict.fromkeys(keys))
    size = 1
    while size < min(capacity, _MAX_CAPACITY):
        size *= 2
    while len(given) > size * _LOAD_FACTOR:
        size *= 2

    def bucket(key: str) -> int:
        value = string_hash(key)
        return (value ^ value >> 16) & (size - 1)

    return sorted(given, key=bucket)


def double_text(value: float) -> str:
    """A number as java.lang.Double.toString writes it."""
    if value in (float("inf"), float("-inf")) or value != value:
        return {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(value, "NaN")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = f"{value!r}"
        return text if "e" not in text else f"{value:f}"
    mantissa, exponent = f"{value!r}".split("e") if "e" in f"{value!r}" else _scientific(value)
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


def _scientific(value: float) -> tuple[str, str]:
    digits, _, exponent = f"{value:.16e}".partition("e")
    shortest = next(
        (text for text in (f"{value:.{places}e}" for places in range(1, 17)) if float(text) == value),
        f"{digits}e{exponent}",
    )
    mantissa, _, exponent = shortest.partition("e")
    return mantissa, exponent
