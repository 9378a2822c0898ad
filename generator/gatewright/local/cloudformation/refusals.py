"""CloudFormation's errors, one function a kind: what a call is refused with, and why a resource failed."""

from __future__ import annotations

from gatewright.local.service import ServiceError


class ResourceFailure(Exception):
    """A resource could not be created, updated or deleted: its message is the event's ResourceStatusReason."""

    handler_code = "InvalidRequest"


class NotStabilized(ResourceFailure):
    """The resource was made but never became ready."""

    handler_code = "NotStabilized"


def invalid(message: str) -> ServiceError:
    return ServiceError("ValidationError", message, 400)


def no_stack(name: str) -> ServiceError:
    return invalid(f"Stack with id {name} does not exist")


def not_in_state(stack_id: str, status: str, what: str) -> ServiceError:
    return invalid(f"Stack:{stack_id} is in {status} state and can not be {what}.")


def exists(message: str) -> ServiceError:
    return ServiceError("AlreadyExistsException", message, 400)


def no_change_set(name: str) -> ServiceError:
    return ServiceError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)


def change_set_status(message: str) -> ServiceError:
    return ServiceError("InvalidChangeSetStatus", message, 400)


def needs_capabilities(names: list[str]) -> ServiceError:
    return ServiceError("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(names)}]", 400)
