import pytest

from portal.releases.files import releases_folder


@pytest.fixture
def folder(app):
    """Where the releases of this test lie."""
    return releases_folder(app.extensions["portal_settings"].instance_dir)
