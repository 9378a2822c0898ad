"""domain: one name for the stages of several APIs, as a stack of its own.

settings → APIs' ids → what is there already? → collisions → zone → certificate → change set → execute. Everything that
can be refused is refused before anything is made; a certificate that waits for its validation is waited for again.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from gatewright.aws import artifacts, certificates, deployed, domains, stacks, zones
from gatewright.aws.certificates import Certificate
from gatewright.aws.domains import Domain
from gatewright.aws.session import Session
from gatewright.aws.stacks import ChangeSet, TemplateSource
from gatewright.aws.zones import Zone
from gatewright.errors import StackError, TargetError
from gatewright.project import Project
from gatewright.template import domain as template
from gatewright.template.domain import DomainBlueprint, MappedPath
from gatewright.template.identity import digest
from gatewright.terminal import Console
from gatewright.workflows.domain_calls import show_calls
from gatewright.workflows.domain_settings import DomainSettings, domain_settings
from gatewright.workflows.domain_stack import DomainStack, read_stack, refuse_foreign
from gatewright.workflows.moves import run_change_set, show_changes, show_event


@dataclass(frozen=True, slots=True)
class Survey:
    """What is wanted, and what is there. `is_ours`: this stack holds the domain, or will; else it adds base paths to
    one that another holds. `zone` None: there is none yet and the local cloud makes one."""

    settings: DomainSettings
    paths: tuple[MappedPath, ...]
    present: DomainStack | None
    domain: Domain | None
    is_ours: bool
    zone: Zone | None
    certificate: Certificate | None
    repository: str = ""


def survey(project: Project, session: Session, *, adopt: bool = False) -> Survey:
    """Look at everything that a deploy depends on. Each thing that stands against it is one error."""
    settings = domain_settings(project)
    paths = mapped_paths(project, session, settings)
    present = read_stack(session, settings)
    if present is not None and not adopt:
        refuse_foreign(project, settings, present)
    domain = domains.read(session, settings.name)
    is_ours = domain is None or (present is not None and present.owns)
    refuse_collisions(session, settings, present, domain)
    if not is_ours:
        return Survey(settings, paths, present, domain, is_ours, None, None, project.repository)
    zone = find_zone(session, settings)
    if zone is not None and domain is None:
        refuse_records(session, settings, zone)
    if settings.certificate:
        certificate: Certificate | None = certificates.given(session, settings.certificate, settings.name)
    else:
        certificate = certificates.find(session, settings.name)
    return Survey(settings, paths, present, domain, is_ours, zone, certificate, project.repository)


def mapped_paths(project: Project, session: Session, settings: DomainSettings) -> tuple[MappedPath, ...]:
    found = []
    for mapping in settings.mappings:
        api = project.api(mapping.api)
        held = deployed.read(session, api.stack)
        if held is None:
            raise StackError(f"{api.name} is not deployed", f"run 'gatewright deploy {api.name}' first")
        found.append(MappedPath(mapping.key, api.name, held.api_id, held.stage(mapping.stage).name))
    return tuple(found)


def refuse_collisions(
    session: Session, settings: DomainSettings, present: DomainStack | None, domain: Domain | None
) -> None:
    """A base path that somebody else has, on a domain that is there already."""
    if domain is None:
        return
    ours = present.keys if present is not None else frozenset()
    wanted = {mapping.key: mapping for mapping in settings.mappings}
    taken = [held for held in domain.mappings if held.key in wanted and held.key not in ours]
    if taken:
        held = taken[0]
        what = f"the base path {held.key!r}" if held.key else "the root"
        raise StackError(
            f"{what} of {domain.name} leads to {domains.api_name(session, held.api_id)}:{held.stage} already"
            + (f" (and {len(taken) - 1} more are taken)" if len(taken) > 1 else ""),
            "choose another base path in [tool.gatewright.domain] mappings, or remove that mapping where it was made",
        )
    is_ours = present is not None and present.owns
    if not is_ours and any("/" in key for key in wanted) and not domain.regional_name:
        raise StackError(
            f"{domain.name} is edge-optimised: base paths of several parts need a regional domain",
            "map base paths of one part, or make the domain regional",
        )


def find_zone(session: Session, settings: DomainSettings) -> Zone | None:
    """The hosted zone; None when the local cloud, a new account every time, has none for the name yet."""
    name = settings.name.removeprefix("*.")
    may_make = session.target.endpoint_url and not settings.zone
    if may_make and not any(f".{name}".endswith(f".{zone.name}") for zone in zones.every(session)):
        return None
    return zones.find(session, name, settings.zone)


def refuse_records(session: Session, settings: DomainSettings, zone: Zone) -> None:
    found = zones.records(session, zone, settings.name)
    if found:
        target = found[0].get("AliasTarget", {}).get("DNSName") or ", ".join(
            entry["Value"] for entry in found[0].get("ResourceRecords", ())
        )
        raise StackError(
            f"the zone {zone.name} has a record {found[0]['Type']} for {settings.name} already, to {target}",
            "remove it first: the domain gets aliases of its own",
        )


def plan(project: Project, session: Session, console: Console, *, adopt: bool = False) -> None:
    """Say what a deploy would do. Nothing is made but a change set, which is thrown away."""
    seen = survey(project, session, adopt=adopt)
    show_survey(seen, console)
    if seen.is_ours and (seen.certificate is None or seen.zone is None):
        console.step("domain", f"+ {seen.settings.name} REGIONAL, TLS 1.2, records A and AAAA")
        return
    change_set = make_change_set(session, seen)
    if change_set is None:
        console.step("unchanged", seen.settings.name)
        return
    stacks.discard(session, change_set)
    show_changes(change_set, console)


def show_survey(seen: Survey, console: Console) -> None:
    if not seen.is_ours and seen.domain is not None:
        console.step("domain", f"{seen.settings.name} is there already ({seen.domain.stack or 'made without a stack'})")
    else:
        name = seen.settings.name
        console.step("zone", f"{seen.zone.name} ({seen.zone.id})" if seen.zone else f"none for {name}: one is made")
        console.step("certificate", told(seen.certificate) if seen.certificate else "none: one is requested from ACM")
    for path in seen.paths:
        console.step("mapping", f"/{path.key} → {path.api}:{path.stage} ({path.api_id})")


def told(certificate: Certificate) -> str:
    until = f", until {certificate.expires:%Y-%m-%d}" if certificate.expires else ""
    return f"{certificate.names[0]} ({certificate.status.lower()}{until})"


def deploy(project: Project, session: Session, console: Console, *, adopt: bool = False) -> None:
    """Make the domain what the settings say."""
    for line in stacks.settle(session, domain_settings(project).stack):
        console.step("settled", line)
    seen = survey(project, session, adopt=adopt)
    if seen.is_ours:
        seen = with_certificate(session, seen, console)
    show_survey(seen, console)
    change_set = make_change_set(session, seen)
    if change_set is None:
        console.step("unchanged", seen.settings.name)
    else:
        show_changes(change_set, console)
        run_change_set(session, change_set, console)
    show_calls(project, session, seen.settings, console)


def with_certificate(session: Session, seen: Survey, console: Console) -> Survey:
    """The survey with a zone and an issued certificate; requests one and waits when there is none."""
    name = seen.settings.name
    zone = seen.zone
    if zone is None:
        parent = name.partition(".")[2]
        zone = zones.make(session, parent if "." in parent else name)
        console.step("zone", f"{zone.name} made in the local cloud")
    certificate = seen.certificate
    if certificate is None:
        certificate = certificates.request(session, name)
        console.step("requested", f"{certificate.arn} for {name}")
    if certificate.status != "ISSUED":
        proof = certificates.proof(session, certificate.arn)
        if proof is not None:
            zones.prove(session, zone, proof)
            console.step("proof", f"{proof['Name']} {proof['Type']} in {zone.name}")
        with console.waiting(f"ACM validates {name}"):
            certificate = certificates.wait(session, certificate.arn, lambda _: None)
    return dataclasses.replace(seen, zone=zone, certificate=certificate)


def make_change_set(session: Session, seen: Survey) -> ChangeSet | None:
    """The change set; None when the stack stands as it should."""
    blueprint = DomainBlueprint(
        seen.settings.name,
        seen.paths,
        certificate=seen.certificate.arn if seen.certificate else None,
        zone=seen.zone.id if seen.zone else None,
        repository=seen.repository,
    )
    text = template.render(blueprint)
    stack = seen.present.stack if seen.present else None
    if stack is not None and stacks.deployed_template(session, stack.name) == text:
        return None
    url = artifacts.put_text(session, f"{seen.settings.stack}/templates/{digest(text)[:32]}.yaml", text)
    return stacks.create_change_set(session, stack, seen.settings.stack, TemplateSource(url=url), {})


def show_status(project: Project, session: Session, console: Console) -> None:
    """What stands: the domain, its certificate, and where each base path leads."""
    settings = domain_settings(project)
    domain = domains.read(session, settings.name)
    if domain is None:
        raise TargetError(f"{settings.name} is not deployed", "run 'gatewright domain deploy' first")
    console.step("domain", f"{domain.name} {domain.security_policy} → {domain.regional_name}")
    if domain.certificate:
        console.step("certificate", told(certificates.describe(session, domain.certificate)))
    wanted = {path.key: path for path in mapped_paths(project, session, settings)}
    for held in domain.mappings:
        path = wanted.pop(held.key, None)
        same = path is not None and (path.api_id, path.stage) == (held.api_id, held.stage)
        note = "" if same else "  (the settings lead elsewhere)" if path else "  (not of these settings)"
        console.step("mapping", f"/{held.key} → {domains.api_name(session, held.api_id)}:{held.stage}{note}")
    for key in wanted:
        console.step("missing", f"/{key}: 'gatewright domain deploy' makes it", "yellow")
    show_calls(project, session, settings, console)


def remove(project: Project, session: Session, console: Console) -> None:
    """Take the stack away: the domain and its records, or the base paths that it added. The certificate stays."""
    settings = domain_settings(project)
    present = read_stack(session, settings)
    if present is None:
        console.step(settings.name, "is not deployed; nothing to remove")
        return
    refuse_foreign(project, settings, present)
    for event in stacks.remove(session, settings.stack):
        show_event(event, console)
    console.step("removed", f"stack {settings.stack}")
