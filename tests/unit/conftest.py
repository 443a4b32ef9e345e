import pytest


@pytest.fixture(scope="module")
def no_series(tmp_path_factory):
    """The machine of somebody who has the project alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HENGNENG_METERS_DIR", str(tmp_path_factory.mktemp("nowhere")))
        yield
