"""examples/c_host/fetch.c, a host in C, driven against a modem in software."""

import http.server
import threading

import pytest


@pytest.fixture
def modem_settings(lab):
    """Two host names lead to the lab, all others nowhere."""
    return {
        "config": {
            "network": {"default_route": "refused"},
            "route": [
                lab.route("good.example.com:443", "https"),
                lab.route("old.example.com:443", "https-expired"),
            ],
        }
    }


def test_fetches_a_page_over_https(modem, lab, fetch_program, start_host):
    host = start_host(fetch_program, modem.port, "good.example.com", 443, "/get", lab.ca)
    assert host.finish() == (0, "hello from the lab\n")


def test_waits_while_there_is_no_coverage(make_modem, lab, fetch_program, start_host):
    modem = make_modem(clock="manual")
    modem.steer("coverage off")
    host = start_host(fetch_program, "-b", 0, modem.port, "good.example.com", 443, "/get", lab.ca)
    host.wait_for("waiting for a network")
    modem.advance("30min")
    modem.steer("coverage on")
    modem.advance_until(lambda: modem.registered)  # The modem searches from time to time only.
    assert host.finish() == (0, "hello from the lab\n")


def test_gives_up_on_a_server_whose_certificate_has_expired(modem, lab, fetch_program, start_host):
    host = start_host(fetch_program, "-n", 2, "-b", 0, modem.port, "old.example.com", 443, "/get", lab.ca)
    assert host.finish() == (1, "")
    assert host.said[-1] == "attempt 2 of 2 failed"
    assert "server certificate (old.example.com) expired" in modem.reasons[0].why


class WeatherServer(http.server.ThreadingHTTPServer):
    """Loses coverage when the first request comes, and never answers it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), WeatherAnswers)
        self.route = {"from": "weather.example.com:80", "to": f"127.0.0.1:{self.server_port}"}
        self.modem = None
        self.requests = 0
        self.coverage_is_lost = threading.Event()

    def handle_error(self, request, client_address):
        pass  # The modem drops a connection without an answer.


class WeatherAnswers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.requests += 1
        if self.server.requests == 1:
            self.server.modem.steer("coverage off")
            self.server.coverage_is_lost.set()
            return
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"21.5 C")

    def log_message(self, *_):
        pass


@pytest.fixture
def weather_server():
    with WeatherServer() as server:
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


def test_survives_the_loss_of_coverage_in_the_middle_of_a_request(
    make_modem, weather_server, fetch_program, start_host
):
    modem = make_modem(clock="manual", config={"route": [weather_server.route]})
    weather_server.modem = modem
    host = start_host(fetch_program, "-b", 0, modem.port, "weather.example.com", 80, "/now")
    assert weather_server.coverage_is_lost.wait(60)
    modem.advance("15s")  # The modem waits 10 s for an answer.
    host.wait_for("attempt 1 of 5 failed")
    modem.steer("coverage on")
    modem.advance_until(lambda: modem.registered)
    assert host.finish() == (0, "21.5 C")
    assert weather_server.requests == 2
