"""How a custom domain is called: at its name on AWS; on the local cloud at 127.0.0.1, with an authority of its own."""

from __future__ import annotations

import shlex
from pathlib import Path

from gatewright.aws import deployed
from gatewright.aws.deployed import API
from gatewright.aws.session import Session
from gatewright.project import Project
from gatewright.terminal import Console
from gatewright.workflows.domain_settings import DomainSettings, domain_settings
from gatewright.workflows.smoke import choose


def show_calls(project: Project, session: Session, settings: DomainSettings, console: Console) -> None:
    """Each base path's URL, and a call to paste."""
    console.line()
    port = ""
    extra: list[str] = []
    if session.target.endpoint_url:
        number, path = local_port(project), local_certificate(project)
        port = f":{number}"
        extra = ["--cacert", str(path), "--resolve", f"{settings.name}:{number}:127.0.0.1"]
    for mapping in settings.mappings:
        base = f"https://{settings.name}{port}/{mapping.key}".rstrip("/")
        console.line(f"{mapping.api}:{mapping.stage}: {base}")
    first = settings.mappings[0]
    api = project.api(first.api)
    held = deployed.read(session, api.stack)
    smoke = choose(api.smoke, held.data["Resources"][API]["Properties"].get("Body", {}) if held else {})
    if smoke is None:
        return
    words = [word for name, text in smoke.headers.items() for word in ("-H", f"{name}: {text}")]
    method = ["-X", smoke.method] if smoke.method != "GET" else []
    url = f"https://{settings.name}{port}/{first.key}".rstrip("/") + smoke.path
    console.line(f"Try it: {shlex.join(['curl', *extra, *method, *words, url])}")


def local_port(project: Project) -> int:
    from gatewright.local import lifecycle

    found = lifecycle.status(project.root)
    return found.running.https_port if found else project.local_https_port


def local_certificate(project: Project) -> Path:
    """Where the authority's certificate stands; the authority is made if there is none yet. As it is written from
    where the command was run, if that is above it."""
    from gatewright.local import authority
    from gatewright.local.lifecycle.record import folder_of

    folder = folder_of(project.root)
    authority.authority(folder)
    path = authority.certificate_path(folder)
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


TRUST = """\
The local cloud serves {name} over HTTPS with a certificate of this repository's own authority:

  {path}

Its key lies beside it and can be read by you alone. No program trusts it until you say so, best to one at a time:

  curl --cacert {path} --resolve {name}:{port}:127.0.0.1 https://{name}:{port}/
  python: ssl.create_default_context(cafile="{path}")
  node:   NODE_EXTRA_CA_CERTS={path}

For programs that take no such option (a browser), your system can be told to trust it. Whoever gets the key can then
pass for any site on this machine, so take it out again when you are done:

  Linux    sudo cp {path} /usr/local/share/ca-certificates/gatewright.crt && sudo update-ca-certificates
           sudo rm /usr/local/share/ca-certificates/gatewright.crt && sudo update-ca-certificates --fresh
  macOS    security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {path}
           security remove-trusted-cert {path}
  Windows  certutil -user -addstore Root {path}
           certutil -user -delstore Root "Gatewright local authority"

and the name to this machine, by a line in /etc/hosts (C:\\Windows\\System32\\drivers\\etc\\hosts):

  127.0.0.1 {name}

'make clean' removes the authority; the next one is another, and has to be trusted anew."""


def explain_trust(project: Project, console: Console) -> None:
    """How programs on this machine come to trust the local domain. Changes nothing outside build/local/."""
    settings = domain_settings(project)
    path = local_certificate(project)
    console.line(TRUST.format(name=settings.name, path=path, port=local_port(project) or "PORT"))
