"""A function's bundle: the zip Lambda gets, named by its content.

In: `Function`s and the build folder. Out: `Bundle`s. The same files make the same bytes, whatever the machine or the
day; what has not changed is neither packed nor installed again. The only effects are files below the build folder.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatewright.errors import BuildError
from gatewright.lambdas import archive, requirements
from gatewright.lambdas.functions import Function
from gatewright.lambdas.requirements import Installs, Platform
from gatewright.lambdas.sources import REQUIREMENTS, Source, check_handler, check_syntax, collect

FORMAT = 1
# Lambda's quotas for .zip deployment packages: unzipped with everything in it, and sent in the request itself.
UNZIPPED_LIMIT = 250 * 1024 * 1024
DIRECT_LIMIT = 50 * 1024 * 1024
BUILDERS = 8


@dataclass(frozen=True, slots=True)
class Bundle:
    """`sha256` is hex, `code_sha256` the same in Lambda's form (base64). `size` is the zip's, `unzipped` of all its
    files, in bytes. `reused`: nothing had to be packed. `notes` are things to tell the user; none stops the build."""

    function: str
    path: Path
    sha256: str
    code_sha256: str
    size: int
    unzipped: int
    reused: bool
    notes: tuple[str, ...] = ()


def build_all(
    functions: Sequence[Function],
    out: Path,
    *,
    local: bool = True,
    built: Callable[[Bundle], None] | None = None,
) -> tuple[Bundle, ...]:
    """Build every function, several at a time, in the order given. `built` is called as each is ready (in the
    caller's thread, in order). The first BuildError is raised; what is complete by then stays for the next time."""
    installs = Installs(out)
    bundles = []
    with ThreadPoolExecutor(BUILDERS) as builders:
        running = [builders.submit(build, function, out, installs=installs, local=local) for function in functions]
        try:
            for one in running:
                bundles.append(one.result())
                if built:
                    built(bundles[-1])
        except BaseException:
            builders.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(bundles)


def build(function: Function, out: Path, *, installs: Installs | None = None, local: bool = True) -> Bundle:
    """Make `out`/functions/<name>-<digest>.zip, or find it unchanged. `local` also installs the requirements for this
    machine into `out`/local/site/. BuildError for code, a handler, requirements or sizes that Lambda would refuse."""
    installs = installs or Installs(out)
    sources = collect(function)
    text = wanted(sources)
    inputs = digest_inputs(function, sources, text)
    manifest = out / "functions" / f"{function.name}.json"
    try:
        # pip takes most of the time: for this machine it runs beside the build for Lambda.
        with ThreadPoolExecutor(1) as aside:
            here = aside.submit(installs.for_here, text) if local and text else None
            bundle = recorded(function, manifest, inputs) or make(function, sources, text, installs, (manifest, inputs))
            if here is not None:
                here.result()
            return bundle
    except OSError as error:
        raise BuildError(
            f"{error.filename or out}: {error.strerror}", f"make {out} writable, with room on its disk"
        ) from error


def wanted(sources: tuple[Source, ...]) -> str:
    """The requirements, or "" for none."""
    return next((requirements.read(source.path) for source in sources if source.name == REQUIREMENTS), "")


def digest_inputs(function: Function, sources: tuple[Source, ...], text: str) -> str:
    """What the bundle is made of. zlib's version counts: another one may deflate to other bytes."""
    made_of: list[Any] = [
        FORMAT,
        zlib.ZLIB_RUNTIME_VERSION,
        function.handler,
        function.runtime,
        function.architecture,
        text,
    ]
    made_of += [[s.name, s.executable, hashlib.sha256(s.content).hexdigest()] for s in sources]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def recorded(function: Function, manifest: Path, inputs: str) -> Bundle | None:
    """The bundle made before from the same inputs, if it is still there."""
    try:
        record = json.loads(manifest.read_text(encoding="utf-8"))
        path = manifest.parent / str(record["file"])
        if record["inputs"] != inputs or path.stat().st_size != record["size"]:
            return None
        sha256, unzipped, notes = str(record["sha256"]), int(record["unzipped"]), tuple(record["notes"])
        code_sha256 = base64.b64encode(bytes.fromhex(sha256)).decode()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Bundle(function.name, path, sha256, code_sha256, int(record["size"]), unzipped, True, notes)


def make(
    function: Function, sources: tuple[Source, ...], text: str, installs: Installs, record: tuple[Path, str]
) -> Bundle:
    trees = check_syntax(sources, function.runtime)
    packages = installs.for_lambda(text, Platform(function.runtime, function.architecture)) if text else None
    check_handler(function, trees, packages)
    own = [archive.pack(source.name, source.content, executable=source.executable) for source in sources]
    if text:
        own = [entry for entry in own if entry.name != REQUIREMENTS] + [archive.pack(REQUIREMENTS, text.encode())]
    taken = {entry.name for entry in own}
    entries = [*own, *(entry for entry in packed(packages, installs) if entry.name not in taken)]
    check_unzipped(function, entries)
    return save(function, entries, notes_on(function, text), record)


def packed(packages: Path | None, installs: Installs) -> tuple[archive.Packed, ...]:
    """Installed requirements, deflated. Kept beside their folder: many functions share them."""
    if packages is None:
        return ()
    kept = packages.with_name(f"{packages.name}.zip")
    with installs.making(kept):
        if not kept.is_file():
            files = sorted(path for path in packages.rglob("*") if path.is_file())
            archive.save(kept, archive.write(pack_file(packages, path) for path in files))
    return archive.read(kept)


def pack_file(folder: Path, path: Path) -> archive.Packed:
    executable = bool(path.stat().st_mode & 0o100)
    return archive.pack(path.relative_to(folder).as_posix(), path.read_bytes(), executable=executable)


def check_unzipped(function: Function, entries: Sequence[archive.Packed]) -> None:
    total = sum(entry.size for entry in entries)
    if total <= UNZIPPED_LIMIT:
        return
    largest: Counter[str] = Counter()
    for entry in entries:
        largest[entry.name.split("/")[0]] += entry.size
    shares = ", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in largest.most_common(3))
    raise BuildError(
        f"{function.folder}: the bundle of {function.name!r} is {total / 2**20:.0f} MB unzipped; Lambda takes 250 MB",
        f"leave out what is not needed; the largest are {shares}",
    )


def notes_on(function: Function, text: str) -> list[str]:
    loose = requirements.unpinned(text)
    if not loose:
        return []
    return [f"{function.name}: requirements.txt does not pin {', '.join(loose)}: another day's build may differ"]


def save(function: Function, entries: Sequence[archive.Packed], notes: list[str], record: tuple[Path, str]) -> Bundle:
    """Write the zip, then the manifest that finds it again, then remove this function's earlier zips."""
    manifest, inputs = record
    content = archive.write(entries)
    digest = hashlib.sha256(content)
    path = manifest.parent / f"{function.name}-{digest.hexdigest()[:12]}.zip"
    unzipped = sum(entry.size for entry in entries)
    if len(content) > DIRECT_LIMIT:
        notes.append(
            f"{function.name}: {len(content) / 2**20:.0f} MB zipped: over 50 MB, only S3 can hand it to Lambda"
        )
    archive.save(path, content)
    known = {"inputs": inputs, "file": path.name, "sha256": digest.hexdigest(), "size": len(content)}
    known |= {"unzipped": unzipped, "notes": notes}
    archive.save(manifest, json.dumps(known, indent=1).encode())
    earlier = re.compile(re.escape(function.name) + r"-[0-9a-f]{12}\.zip")
    for other in manifest.parent.iterdir():
        if other != path and earlier.fullmatch(other.name):
            other.unlink(missing_ok=True)
    code_sha256 = base64.b64encode(digest.digest()).decode()
    return Bundle(function.name, path, digest.hexdigest(), code_sha256, len(content), unzipped, False, tuple(notes))
