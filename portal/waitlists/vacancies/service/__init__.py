"""The face of the vacancies; the modules hold the work, each one part of it."""

from portal.waitlists.vacancies.service.places import (
    add_place,
    confirm_places,
    edit_place,
    move_places,
    remove_place,
)
from portal.waitlists.vacancies.service.public import (
    Choices,
    Result,
    find_all,
    free_places_by_municipality,
    group_names,
    list_free,
    offer_choices,
    read_free,
    search,
    vacancies_mark,
)
from portal.waitlists.vacancies.service.reading import (
    PAGE_EVENTS,
    KeptService,
    ServicePlaces,
    list_kept,
    read_history,
    read_place,
    read_places,
)

__all__ = [
    "PAGE_EVENTS",
    "Choices",
    "KeptService",
    "Result",
    "ServicePlaces",
    "add_place",
    "confirm_places",
    "edit_place",
    "find_all",
    "free_places_by_municipality",
    "group_names",
    "list_free",
    "list_kept",
    "move_places",
    "offer_choices",
    "read_free",
    "read_history",
    "read_place",
    "read_places",
    "remove_place",
    "search",
    "vacancies_mark",
]
