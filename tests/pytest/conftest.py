import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def run(pytester):
    """Runs a text as a test file, in a session of its own inside this one."""

    def run_text(text, *options):
        pytester.makepyfile(text)
        return pytester.runpytest("-p", "attache", "-p", "no:cacheprovider", *options)

    return run_text
