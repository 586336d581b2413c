import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def run(pytester):
    """Runs a text as a test file, in a session of its own inside this one."""

    def run_text(text, *options):
        pytester.makepyfile(text)
        if "attache_timeout" not in "".join(path.read_text() for path in pytester.path.glob("tox.ini")):
            options += ("--attache-timeout=60",)  # A sanitized device takes its time.
        return pytester.runpytest("-p", "attache", "-p", "no:cacheprovider", *options)

    return run_text
