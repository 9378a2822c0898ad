"""Which access keys this cloud has issued: the owner's, its IAM's users', its STS's temporary ones.

In: the owner's key and an access key id. Out: the `Key` with its secret, or None. moto's backends are read in
process; the one key that moto's GetSessionToken hands out to everybody is in no backend, and so it is refused.
"""

from __future__ import annotations

import os
import secrets
import string
from pathlib import Path

from gatewright.errors import TargetError
from gatewright.local.sigv4 import Key

ACCOUNT = "123456789012"
"""moto's own default account: what it makes and what we make stand in one account."""


class Keyring:
    def __init__(self, owner: Key) -> None:
        self.owner = owner

    def find(self, access_key: str) -> Key | None:
        if access_key == self.owner.access_key:
            return self.owner
        return temporary_key(access_key) if access_key.startswith("ASIA") else user_key(access_key)


def user_key(access_key: str) -> Key | None:
    from moto.iam.models import iam_backends

    for account, partitions in tuple(iam_backends.items()):
        for user in tuple(partitions["aws"].users.values()):
            for key in user.access_keys:
                if key.access_key_id == access_key and key.status == "Active":
                    return Key(access_key, key.secret_access_key, account, user.arn, user.id)
    return None


def temporary_key(access_key: str) -> Key | None:
    from moto.sts.models import sts_backends

    for account, partitions in tuple(sts_backends.items()):
        role = partitions["aws"].get_assumed_role_from_access_key(access_key)
        if role is not None:
            expires = role.expiration.timestamp()
            return Key(access_key, role.secret_access_key, account, role.arn, role.user_id, role.session_token, expires)
    return None


def owner_key(folder: Path) -> Key:
    """The owner's key: made at first start, kept in `folder`/owner-key with mode 0600, so that scripts that hold it
    survive a restart. TargetError when the folder cannot be written."""
    path = folder / "owner-key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            words = path.read_text(encoding="ascii").split()
        except FileNotFoundError:
            words = []
        if len(words) != 2 or path.stat().st_mode & 0o077:
            words = [new_id(), secrets.token_urlsafe(30)]
            write_private(path, " ".join(words))
    except (OSError, UnicodeDecodeError) as error:
        raise TargetError(f"{path}: {error}", "make build/ writable for you, or remove it") from error
    return Key(words[0], words[1], ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)


def new_id() -> str:
    alphabet = string.ascii_uppercase + "234567"
    return "AKIA" + "".join(secrets.choice(alphabet) for _ in range(16))


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read at any moment."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
