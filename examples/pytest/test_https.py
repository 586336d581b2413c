"""The first session of the README, from a test, and what such a test sees when it fails."""

import attache
import pytest


@pytest.fixture
def modem_settings(lab):
    return {
        "config": {
            "network": {"default_route": "refused"},
            "route": [lab.route("google.com:443", "https"), lab.route("old.example.com:443", "https-expired")],
        }
    }


@pytest.fixture
def online(modem, lab):
    """A modem that is registered and trusts the lab's servers."""
    modem.at("AT+CFUN=4")
    modem.at(f'AT%CMNG=0,42,0,"{lab.ca_pem}"')
    modem.at("AT+CEREG=1")
    modem.at("AT+CFUN=1")
    modem.expect(r"\+CEREG: 1")
    return modem


def test_gets_a_page_over_https(online):
    assert online.at('AT#XHTTPCCON=1,"google.com",443,42') == ["#XHTTPCCON: 1"]
    online.at('AT#XHTTPCREQ="GET","/get",""')
    header = online.expect(r"#XHTTPCRSP:(\d+),0")
    assert int(header[1]) > 0
    online.expect("hello from the lab")
    online.expect("#XHTTPCRSP:0,1")
    online.at("AT#XHTTPCCON=0")


def test_an_expired_certificate_is_refused_and_the_log_says_why(online):
    answer = online.at('AT#XHTTPCCON=1,"old.example.com",443,42', check=False)
    assert (answer, answer.result) == (["#XHTTPCCON: 0"], "ERROR")
    assert "server certificate (old.example.com) expired" in answer.reasons[0].why


def test_in_flight_mode_there_is_no_connection(online):
    online.at("AT+CFUN=4")
    with pytest.raises(attache.CommandError, match=r"CFUN is 4 \(flight mode\)"):
        online.at('AT#XHTTPCCON=1,"google.com",443,42')


@pytest.mark.attache(clock="manual")
def test_finds_the_network_again_half_an_hour_later(online):
    online.steer("coverage off")
    online.expect(r"\+CEREG: 2")
    online.advance("30min")
    online.steer("coverage on")
    online.advance_until(lambda: online.registered)
    online.expect(r"\+CEREG: 1")


def test_two_modems_send_each_other_a_text(make_modem, tmp_path):
    def start(number):
        modem = make_modem(config={"sms": {"number": number, "spool": str(tmp_path)}})
        modem.at("AT+CFUN=1")
        modem.at("AT#XSMS=1")
        return modem

    anna, ben = start("+491701111111"), start("+491702222222")
    anna.at('AT#XSMS=2,"+491702222222","hello"')
    ben.expect('#XSMS: ".*","\\+?491701111111","hello"')
