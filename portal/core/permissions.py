"""Who may do what: roles, permissions and the acting user. Pure.

A role is granted for a scope: the kraj as a whole, one provider (IČO) or one municipality (ČSÚ code).
A permission says that an actor may use a view at all; which objects it reaches is decided by the scopes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    REGION = "region"
    PROVIDER = "provider"
    MUNICIPALITY = "municipality"


class Role(StrEnum):
    PROVIDER_EDITOR = "provider_editor"
    PROVIDER_APPROVER = "provider_approver"
    KEY_WORKER = "key_worker"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"
    MUNICIPALITY_WORKER = "municipality_worker"
    AUDITOR = "auditor"

    @property
    def scope(self) -> Scope:
        return ROLE_SCOPE[self]

    @property
    def is_regional(self) -> bool:
        return self.scope is Scope.REGION


ROLE_SCOPE = {
    Role.PROVIDER_EDITOR: Scope.PROVIDER,
    Role.PROVIDER_APPROVER: Scope.PROVIDER,
    Role.KEY_WORKER: Scope.REGION,
    Role.PLANNER: Scope.REGION,
    Role.ADMINISTRATOR: Scope.REGION,
    Role.MUNICIPALITY_WORKER: Scope.MUNICIPALITY,
    Role.AUDITOR: Scope.REGION,
}


class Permission(StrEnum):
    """What a view needs. PUBLIC and SIGNED_IN are held without a role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    CATALOG_CONFIRM = "catalog_confirm"  # a provider confirms its entry, proposes edits
    CATALOG_REVIEW = "catalog_review"  # the kraj accepts or declines proposals
    CATALOG_REVIEW_READ = "catalog_review_read"
    CATALOG_IMPORT = "catalog_import"
    CATALOG_IMPORT_READ = "catalog_import_read"
    RETURN_READ = "return_read"
    RETURN_EDIT = "return_edit"
    RETURN_SUBMIT = "return_submit"
    RETURN_IMPORT = "return_import"  # write drafts from a file
    RETURN_REVIEW = "return_review"
    RETURN_BOARD = "return_board"  # who has sent and who has not, for the kraj
    RETURN_DEADLINES = "return_deadlines"  # dates of a quarter and exceptions from them
    RETURN_REMIND = "return_remind"  # letters to those who have not sent, notes of calls
    COMPARE_READ = "compare_read"  # some comparison; which figures is decided by the next two
    COMPARE_ALL = "compare_all"  # exact figures of all services
    COMPARE_WRITE = "compare_write"  # groups of services, notes to metrics, predecessors of services
    COMPARE_OWN = "compare_own"  # own figures beside a disclosure-safe group
    METRIC_READ = "metric_read"  # definitions of metrics and norms; figures need COMPARE_ALL
    METRIC_EDIT = "metric_edit"
    NORM_EDIT = "norm_edit"
    MINISTRY_IMPORT = "ministry_import"  # figures of the ministry's yearly reporting
    MINISTRY_IMPORT_READ = "ministry_import_read"
    RECONCILE = "reconcile"  # decide about differences from the ministry's figures, ask providers
    RECONCILE_READ = "reconcile_read"
    QUESTION_ANSWER = "question_answer"  # a provider answers questions about its own figures
    WAITLIST_READ = "waitlist_read"  # waiting lists and users of services, by codes of persons
    WAITLIST_EDIT = "waitlist_edit"
    WAITLIST_ALL = "waitlist_all"  # persons across providers: who waits elsewhere too, at once
    WAITLIST_RULES = "waitlist_rules"  # what the kraj sets for all waiting lists
    LINK_READ = "link_read"  # which persons of waiting lists are one, and who decided it
    LINK_DECIDE = "link_decide"
    WAITLIST_TOKENS = "waitlist_tokens"  # keys by which a provider's own program asks for codes
    VACANCY_EDIT = "vacancy_edit"  # a provider keeps the places of its services
    VACANCY_READ = "vacancy_read"  # how many places stay empty beside people waiting, for the kraj
    GRANT_READ = "grant_read"  # what both sides say of municipal support; the public sees what municipalities gave
    GRANT_EDIT = "grant_edit"  # amounts of one's own municipality, or what one's own provider received
    GRANT_SETTLE = "grant_settle"  # the kraj decides about differences of the two
    GRANT_IMPORT = "grant_import"  # support from a file: of one's own municipality, or of all for the kraj
    NEEDS_READ = "needs_read"  # what municipalities cannot solve: one's own territory, or all for the kraj
    NEEDS_EDIT = "needs_edit"  # write and correct it
    NEED_READ = "need_read"  # who waits: exactly for the kraj; see the next one
    NEED_LOCAL = "need_local"  # who waits in one's own territory, roughly, for a municipality
    NEEDS_GUIDE = "needs_guide"  # the methodical text beside the form
    ACCESS_PLAN = "access_plan"  # what other capacity would change for municipalities around, for the kraj
    TRAVEL_IMPORT = "travel_import"  # travel times between municipalities from a file
    HOLDING_EDIT = "holding_edit"  # which providers have one owner and count once in groups
    GROUP_PUBLISH = "group_publish"  # tell providers the groups of a closed quarter, once
    RELEASE_READ = "release_read"  # public figures before they are published, with the report of the audit
    RELEASE_PUBLISH = "release_publish"  # prepare, audit and publish the public figures of a closed quarter
    TERRITORY_IMPORT_READ = "territory_import_read"
    USER_READ = "user_read"
    USER_MANAGE = "user_manage"
    AUDIT_READ = "audit_read"


_PROVIDER = {
    Permission.CATALOG_CONFIRM,
    Permission.RETURN_READ,
    Permission.RETURN_EDIT,
    Permission.RETURN_IMPORT,
    Permission.COMPARE_READ,
    Permission.COMPARE_OWN,
    Permission.QUESTION_ANSWER,
    Permission.WAITLIST_READ,
    Permission.WAITLIST_EDIT,
    Permission.VACANCY_EDIT,
    Permission.GRANT_READ,
    Permission.GRANT_EDIT,
}
_REGION_READ = {
    Permission.RETURN_READ,
    Permission.RETURN_BOARD,
    Permission.COMPARE_READ,
    Permission.COMPARE_ALL,
    Permission.METRIC_READ,
    Permission.CATALOG_REVIEW_READ,
    Permission.MINISTRY_IMPORT_READ,
    Permission.RECONCILE_READ,
    Permission.WAITLIST_READ,
    Permission.WAITLIST_ALL,
    Permission.VACANCY_READ,
    Permission.LINK_READ,
    Permission.GRANT_READ,
    Permission.NEEDS_READ,
    Permission.ACCESS_PLAN,
    Permission.NEED_READ,
    Permission.RELEASE_READ,
}
_METRICS = {Permission.METRIC_READ, Permission.METRIC_EDIT, Permission.NORM_EDIT}
_GRANTS = {Permission.GRANT_EDIT, Permission.GRANT_SETTLE, Permission.GRANT_IMPORT}
_NEEDS = {Permission.NEEDS_EDIT, Permission.NEEDS_GUIDE}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.PROVIDER_EDITOR: frozenset(_PROVIDER),
    Role.PROVIDER_APPROVER: frozenset(_PROVIDER | {Permission.RETURN_SUBMIT, Permission.WAITLIST_TOKENS}),
    Role.KEY_WORKER: frozenset(
        _REGION_READ
        | _GRANTS
        | _NEEDS
        | {
            Permission.RETURN_REVIEW,
            Permission.RETURN_DEADLINES,
            Permission.RETURN_REMIND,
            Permission.CATALOG_REVIEW,
            Permission.COMPARE_WRITE,
            Permission.HOLDING_EDIT,
            Permission.RECONCILE,
            Permission.RETURN_IMPORT,
            Permission.LINK_DECIDE,
        }
    ),
    Role.PLANNER: frozenset(
        _REGION_READ
        | _METRICS
        | _GRANTS
        | _NEEDS
        | {
            Permission.MINISTRY_IMPORT,
            Permission.RECONCILE,
            Permission.COMPARE_WRITE,
            Permission.HOLDING_EDIT,
            Permission.GROUP_PUBLISH,
            Permission.RELEASE_PUBLISH,
            Permission.WAITLIST_RULES,
            Permission.TRAVEL_IMPORT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        _METRICS
        | {
            Permission.RELEASE_READ,
            Permission.RELEASE_PUBLISH,
            Permission.CATALOG_IMPORT,
            Permission.CATALOG_IMPORT_READ,
            Permission.MINISTRY_IMPORT,
            Permission.MINISTRY_IMPORT_READ,
            Permission.TERRITORY_IMPORT_READ,
            Permission.TRAVEL_IMPORT,
            Permission.USER_READ,
            Permission.USER_MANAGE,
            Permission.AUDIT_READ,
        }
    ),
    Role.MUNICIPALITY_WORKER: frozenset(
        {
            Permission.GRANT_READ,
            Permission.GRANT_EDIT,
            Permission.GRANT_IMPORT,
            Permission.NEEDS_READ,
            Permission.NEEDS_EDIT,
            Permission.NEED_READ,
            Permission.NEED_LOCAL,
        }
    ),
    Role.AUDITOR: frozenset(
        _REGION_READ
        | {
            Permission.CATALOG_IMPORT_READ,
            Permission.TERRITORY_IMPORT_READ,
            Permission.USER_READ,
            Permission.AUDIT_READ,
        }
    ),
}


@dataclass(frozen=True)
class Grant:
    """One role for one scope; ``scope_code`` is the IČO or the municipality's ČSÚ code, None for the kraj."""

    role: Role
    scope_code: str | None = None

    def __post_init__(self) -> None:
        if (self.scope_code is None) != self.role.is_regional:
            raise ValueError(f"role {self.role} does not go with scope code {self.scope_code!r}")


@dataclass(frozen=True)
class Actor:
    """Who acts. ``user_id`` is None for the public and for the command line."""

    user_id: int | None = None
    name: str = ""
    grants: frozenset[Grant] = field(default_factory=frozenset)
    is_operator: bool = False  # the command line on the server: everything, under its own name in the audit

    def can(self, permission: Permission) -> bool:
        """Whether any grant carries the permission, whatever its scope."""
        if permission is Permission.PUBLIC or self.is_operator:
            return True
        if permission is Permission.SIGNED_IN:
            return self.user_id is not None
        return any(permission in ROLE_PERMISSIONS[grant.role] for grant in self.grants)

    def can_for_provider(self, permission: Permission, ico: str) -> bool:
        """Whether the permission reaches this provider: by a regional role, or by a role bound to its IČO."""
        return self.is_operator or any(
            permission in ROLE_PERMISSIONS[grant.role] and (grant.role.is_regional or grant.scope_code == ico)
            for grant in self.grants
            if grant.role.scope is not Scope.MUNICIPALITY
        )

    def provider_icos(self, permission: Permission) -> frozenset[str] | None:
        """IČO of the providers the permission reaches; None means all of them."""
        reached = [grant for grant in self.grants if permission in ROLE_PERMISSIONS[grant.role]]
        if self.is_operator or any(grant.role.is_regional for grant in reached):
            return None
        return frozenset(g.scope_code for g in reached if g.scope_code and g.role.scope is Scope.PROVIDER)

    def municipality_codes(self, permission: Permission) -> frozenset[str] | None:
        """ČSÚ codes of the municipalities the permission reaches; None means all of them."""
        reached = [grant for grant in self.grants if permission in ROLE_PERMISSIONS[grant.role]]
        if self.is_operator or any(grant.role.is_regional for grant in reached):
            return None
        return frozenset(g.scope_code for g in reached if g.scope_code and g.role.scope is Scope.MUNICIPALITY)

    @property
    def is_regional(self) -> bool:
        return self.is_operator or any(grant.role.is_regional for grant in self.grants)


PUBLIC_ACTOR = Actor()
OPERATOR = Actor(name="portal", is_operator=True)
