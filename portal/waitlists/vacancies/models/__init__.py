"""Tables of the vacancies."""

from portal.waitlists.vacancies.models.alerts import VacancyAlert, VacancyAlertPlace, VacancyLetter
from portal.waitlists.vacancies.models.places import VacancyEvent, VacancyList, VacancyPlace, VacancyVersion
from portal.waitlists.vacancies.models.snapshots import VacancySnapshot, WaitingSnapshot

__all__ = [
    "VacancyAlert",
    "VacancyAlertPlace",
    "VacancyEvent",
    "VacancyLetter",
    "VacancyList",
    "VacancyPlace",
    "VacancySnapshot",
    "VacancyVersion",
    "WaitingSnapshot",
]
