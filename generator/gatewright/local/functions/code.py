"""A function's code: from the request or from S3, checked, unpacked once below a name made of its content.

What the bundle installed for Lambda's platform is left out where the same requirements are installed for this
machine: compiled parts of the former may not run here.
"""

from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import inspect
import io
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from gatewright.lambdas.bundle import UNZIPPED_LIMIT
from gatewright.lambdas.requirements import site_folder
from gatewright.local.functions import refusals
from gatewright.local.functions.state import Code, World
from gatewright.local.service import NotEmulated, ServiceError

# The limit on a whole request: 50 MB of zip in base64.
REQUEST_LIMIT = 70_167_211
REQUIREMENTS = "requirements.txt"


async def load(world: World, given: Mapping[str, Any], operation: str) -> Code:
    """The code that `Code` (or UpdateFunctionCode's parameters) name."""
    for unknown in ("ImageUri", "SourceKMSKeyArn", "S3ObjectStorageMode"):
        if given.get(unknown):
            raise NotEmulated(f"Lambda code by {unknown}")
    content = given.get("ZipFile")
    if content is None:
        content = await fetch(world, given)
    elif len(content) * 4 // 3 > REQUEST_LIMIT:
        message = f"Request must be smaller than {REQUEST_LIMIT} bytes for the {operation} operation"
        raise ServiceError("RequestEntityTooLargeException", message, 413)
    return await asyncio.to_thread(unpack, world, bytes(content))


async def fetch(world: World, given: Mapping[str, Any]) -> bytes:
    if not given.get("S3Bucket") or not given.get("S3Key"):
        raise refusals.invalid("Please provide a source for function code.")
    try:
        content = world.fetch(given["S3Bucket"], given["S3Key"], given.get("S3ObjectVersion"))
        return await content if inspect.isawaitable(content) else content
    except ServiceError as error:
        raise refusals.invalid(
            f"Error occurred while GetObject. S3 Error Code: {error.code}. S3 Error Message: {error.message}"
        ) from error


def unpack(world: World, content: bytes) -> Code:
    """Write the zip and its files below world.folder, unless the same code is there already."""
    digest = hashlib.sha256(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            size = sum(info.file_size for info in opened.infolist())
            if size > UNZIPPED_LIMIT:
                raise refusals.invalid(f"Unzipped size must be smaller than {UNZIPPED_LIMIT} bytes")
            packages = installed(world, opened)
            root = world.folder / (digest.hexdigest() + ("-here" if packages else ""))
            archive = world.folder / f"{digest.hexdigest()}.zip"
            if not root.is_dir():
                extract(opened, root, archive, content, here=bool(packages))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise refusals.invalid(
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        ) from error
    return Code(base64.b64encode(digest.digest()).decode(), len(content), archive, root, packages)


def installed(world: World, opened: zipfile.ZipFile) -> tuple[Path, ...]:
    """Where this bundle's requirements are installed for this machine, if `gatewright build` prepared them."""
    try:
        folder = site_folder(world.build, opened.read(REQUIREMENTS))
    except (KeyError, UnicodeDecodeError):
        return ()
    return (folder,) if folder.is_dir() else ()


def extract(opened: zipfile.ZipFile, root: Path, archive: Path, content: bytes, *, here: bool) -> None:
    root.parent.mkdir(parents=True, exist_ok=True)
    left_out = of_packages(opened) if here else {}
    draft = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=root.parent))
    try:
        for info in opened.infolist():
            if info.is_dir():
                continue
            data = opened.read(info)
            if left_out.get(info.filename) != hashlib.sha256(data).digest():
                place(draft / "code", info, data)
        (draft / "code").mkdir(exist_ok=True)
        (draft / "zip").write_bytes(content)
        (draft / "zip").replace(archive)
        if not root.is_dir():
            (draft / "code").replace(root)
    finally:
        shutil.rmtree(draft)


def of_packages(opened: zipfile.ZipFile) -> dict[str, bytes]:
    """SHA-256 of the files that installed packages brought, by the RECORDs they keep, and of these."""
    files: dict[str, bytes] = {}
    for name in opened.namelist():
        if name.endswith(".dist-info/RECORD"):
            record = opened.read(name)
            files[name] = hashlib.sha256(record).digest()
            for row in csv.reader(io.StringIO(record.decode())):
                kind, _, value = (row[1] if len(row) > 1 else "").partition("=")
                if kind == "sha256":
                    files[row[0]] = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    return files


def place(root: Path, info: zipfile.ZipInfo, data: bytes) -> None:
    """One file or symbolic link, inside `root` or not at all (ValueError)."""
    path = PurePosixPath(info.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in info.filename:
        raise ValueError(f"{info.filename} leaves the bundle")
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = info.external_attr >> 16
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise ValueError(f"{info.filename} leaves the bundle")
    if stat.S_ISLNK(mode):
        os.symlink(data.decode(), target)
        return
    target.write_bytes(data)
    if mode & 0o111:
        target.chmod(0o755)
