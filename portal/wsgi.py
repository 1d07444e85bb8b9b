"""Server entry: ``gunicorn portal.wsgi:app``."""

from portal.app import create_app
from portal.operation.collecting import keep_started

app = create_app()
keep_started()
