"""SELECTs of the vacancies, private to them."""
