"""The face of the waiting lists; the modules hold the work, each one part of it."""

from portal.waitlists.service.access import ServiceLine, change_rules, list_services, read_listed, read_rules, sees_all
from portal.waitlists.service.applications import (
    add_application,
    confirm_applications,
    edit_application,
    move_application,
    note_application,
)
from portal.waitlists.service.applying import apply_import, roll_back_import
from portal.waitlists.service.clients import Register, Stay, add_client, end_stay, read_register, read_stay
from portal.waitlists.service.codes import derive_codes, evaluate_points, provider_of, store_codes
from portal.waitlists.service.erasure import erase_again, erase_applicant, erase_client
from portal.waitlists.service.imports import (
    ImportInfo,
    ItemLine,
    discard_import,
    get_import,
    list_imports,
    list_items,
    take_list,
)
from portal.waitlists.service.night import Night, count_elsewhere, do_night, expire_applications, is_night_done
from portal.waitlists.service.order import MAX_CRITERIA, ServiceOrder, change_order, read_order
from portal.waitlists.service.reading import (
    ApplicationDetail,
    ConfirmationWork,
    Criterion,
    WaitingList,
    export_rows,
    list_criteria,
    read_application,
    read_confirmations,
    read_list,
)
from portal.waitlists.service.snapshots import freeze_last_quarter, freeze_quarter, told_late
from portal.waitlists.service.stays import apply_register, export_stays, roll_back_register, take_register
from portal.waitlists.service.tokens import (
    TokenLine,
    actor_of_token,
    create_token,
    list_providers,
    list_tokens,
    revoke_token,
)

__all__ = [
    "MAX_CRITERIA",
    "ApplicationDetail",
    "ConfirmationWork",
    "Criterion",
    "ImportInfo",
    "ItemLine",
    "Night",
    "Register",
    "ServiceLine",
    "ServiceOrder",
    "Stay",
    "TokenLine",
    "WaitingList",
    "actor_of_token",
    "add_application",
    "add_client",
    "apply_import",
    "apply_register",
    "change_order",
    "change_rules",
    "confirm_applications",
    "count_elsewhere",
    "create_token",
    "derive_codes",
    "discard_import",
    "do_night",
    "edit_application",
    "end_stay",
    "erase_again",
    "erase_applicant",
    "erase_client",
    "evaluate_points",
    "expire_applications",
    "export_rows",
    "export_stays",
    "freeze_last_quarter",
    "freeze_quarter",
    "get_import",
    "is_night_done",
    "list_criteria",
    "list_imports",
    "list_items",
    "list_providers",
    "list_services",
    "list_tokens",
    "move_application",
    "note_application",
    "provider_of",
    "read_application",
    "read_confirmations",
    "read_list",
    "read_listed",
    "read_order",
    "read_register",
    "read_rules",
    "read_stay",
    "revoke_token",
    "roll_back_import",
    "roll_back_register",
    "sees_all",
    "store_codes",
    "take_list",
    "take_register",
    "told_late",
]
