"""Tables of the waiting lists."""

from portal.waitlists.models.applications import (
    Application,
    ApplicationCriterion,
    ApplicationEvent,
    OrderingCriterion,
    WaitingListOrder,
)
from portal.waitlists.models.clients import Client
from portal.waitlists.models.imports import ListImport, ListImportItem
from portal.waitlists.models.letters import ConfirmationLetter
from portal.waitlists.models.people import Person, PersonCode, ProviderToken
from portal.waitlists.models.rules import WaitlistRules
from portal.waitlists.models.snapshots import ApplicationSnapshot, SnapshotQuarter

__all__ = [
    "Application",
    "ApplicationCriterion",
    "ApplicationEvent",
    "ApplicationSnapshot",
    "Client",
    "ConfirmationLetter",
    "ListImport",
    "ListImportItem",
    "OrderingCriterion",
    "Person",
    "PersonCode",
    "ProviderToken",
    "SnapshotQuarter",
    "WaitingListOrder",
    "WaitlistRules",
]
