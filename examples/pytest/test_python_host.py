"""examples/python_host/reporter.py, a host in Python, driven against a modem in software."""

import pytest
from reporter import Reporter

SERVER = "reports.example.com:7"


@pytest.fixture
def modem_settings(lab):
    return {"config": {"network": {"default_route": "refused"}, "route": [lab.route(SERVER, "tcp-echo")]}}


@pytest.fixture
def start_reporter():
    """Starts a reporter. Its pauses between two attempts are the test's."""
    made = []

    def start(modem, sleep):
        reporter = Reporter(modem.port, *SERVER.split(":"), sleep=sleep)
        made.append(reporter)
        reporter.start()
        return reporter

    yield start
    for reporter in made:
        reporter.close()


def never(seconds):
    raise AssertionError(f"an attempt failed, and {seconds} s would pass")


def test_delivers_reports_in_order(modem, start_reporter):
    reporter = start_reporter(modem, sleep=never)
    reporter.report("21.5")
    reporter.report("21.7")
    assert reporter.deliver()
    assert reporter.waiting == []


def test_keeps_a_report_until_the_server_is_back(modem, lab, start_reporter):
    modem.steer(f"route add {SERVER} refused")
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            modem.steer(f"route add {SERVER} {lab.address('tcp-echo')}")

    reporter = start_reporter(modem, sleep)
    reporter.report("21.5")
    assert reporter.deliver()
    assert pauses == [1, 2]


@pytest.mark.attache(config={"route": [{"from": SERVER, "to": "refused"}]})
def test_gives_up_after_three_attempts_and_keeps_the_report(modem, start_reporter):
    pauses = []
    reporter = start_reporter(modem, sleep=pauses.append)
    reporter.report("21.5")
    assert not reporter.deliver(attempts=3)
    assert pauses == [1, 2, 4]
    assert reporter.waiting == ["21.5"]
    assert any("says refused" in reason.why for reason in modem.reasons)


@pytest.mark.parametrize("modem", [{"dialect": "slm-1.5"}, {"dialect": "slm-1.6"}], indirect=True)
def test_delivers_with_either_firmware(modem, start_reporter):
    reporter = start_reporter(modem, sleep=never)
    reporter.report("21.5")
    assert reporter.deliver()
