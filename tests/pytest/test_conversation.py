"""What the fixture `modem` says and hears."""

import threading

import attache
import pytest


def registered(modem):
    modem.at("AT+CEREG=1")
    modem.at("AT+CFUN=1")
    modem.expect(r"\+CEREG: 1")


def test_an_answer_is_its_lines_without_the_final_result(modem):
    answer = modem.at("AT+CFUN?")
    assert answer == ["+CFUN: 0"]
    assert (answer.result, answer.ok, answer.reasons) == ("OK", True, [])
    assert modem.at("AT") == []


def test_a_refused_command_shows_the_exchange_and_the_reason_of_the_log(modem):
    with pytest.raises(attache.CommandError) as raised:
        modem.at("AT+CEREG=9")
    assert str(raised.value).splitlines() == [
        "AT+CEREG=9 was answered ERROR",
        "  → AT+CEREG=9",
        "  ← ERROR",
        "the device's log says:",
        "  what:     AT+CEREG failed",
        "  where:    modem mfw_nrf9160_1.3.5, CFUN 0",
        "  line:     AT+CEREG=9",
        "                     ^ column 10",
        "  why:      <n> must be a number from 0 to 5, but is the number 9",
        "  command:  AT+CEREG=9 → ERROR",
        "  CME ERROR: 50",
        "  more:     attache explain bad-parameter",
    ]


def test_an_equal_failure_within_a_second_has_its_reason_too(modem):
    reasons = [modem.at("AT+CEREG=9", check=False).reasons for _ in range(3)]
    assert [reason.why for found in reasons for reason in found] == [
        "<n> must be a number from 0 to 5, but is the number 9"
    ] * 3
    assert [reason.cause for found in reasons for reason in found] == ["bad-parameter"] * 3


def test_the_reason_is_that_of_this_command_rather_than_of_an_earlier_one(modem):
    modem.at("AT+CEREG=9", check=False)
    answer = modem.at('AT#XHTTPCCON=1,"a.example.com",80', check=False)
    assert answer == ["#XHTTPCCON: 0"]
    assert [reason.why for reason in answer.reasons] == ["CFUN is 0 (modem off)"]


def test_reasons_are_there_although_the_log_is_off(make_modem):
    modem = make_modem(args=["--log-level", "off"])
    answer = modem.at("AT+CEREG=9", check=False)
    assert answer.reasons[0] == attache.Reason(
        what="AT+CEREG failed",
        why="<n> must be a number from 0 to 5, but is the number 9",
        where="modem mfw_nrf9160_1.3.5, CFUN 0",
        facts=(("command", "AT+CEREG=9 → ERROR"), ("CME ERROR", "50")),
        text=answer.reasons[0].text,
        cause="bad-parameter",
    )


def test_an_extended_error_is_the_result(modem):
    modem.at("AT+CMEE=1")
    assert modem.at("AT+CEREG=9", check=False).result == "+CME ERROR: 50"


def test_what_comes_by_itself_during_a_command_is_kept(modem):
    registered(modem)
    modem.clear()
    modem.steer("coverage off")
    (status,) = modem.at("AT+CEREG?")
    assert status in ("+CEREG: 1,1", "+CEREG: 1,2")
    modem.expect(r"\+CEREG: 2")
    assert modem.lines() == []


def test_nothing_is_lost_between_calls(modem):
    registered(modem)
    modem.at("AT#XSMS=1")
    for number in range(20):
        modem.steer(f"sms in +4930123456 text{number}")
        assert modem.at("AT+CFUN?") == ["+CFUN: 1"]
    for number in reversed(range(20)):
        modem.expect(f'#XSMS: ".*","4930123456","text{number}"')
    assert not any("#XSMS" in line for line in modem.clear())
    assert modem.lines() == []


def test_the_payload_of_a_message_is_kept_with_its_line(modem):
    registered(modem)
    modem.clear()
    modem.at("AT+CNMI=3,2,0,1")
    modem.steer('sms in +4930123456 "hello"')
    assert modem.at("AT") == []
    modem.expect(r"\+CMT: .*,\d+")
    modem.expect("[0-9A-F]+")
    assert modem.lines() == []


def test_payload_that_comes_after_a_command_was_sent_belongs_to_its_line(modem):
    modem.at("AT")
    modem.clear()
    modem._received += b'\r\n+CMT: "+4930123456",24\r\n'  # What has come of the message by then.
    start = len(modem._received)
    modem._received += b"0891\r\n\r\n+CFUN: 1\r\n\r\nOK\r\n"
    assert modem._cut_answer("AT+CFUN?", start) == ["+CFUN: 1"]
    assert modem.lines() == ['+CMT: "+4930123456",24', "0891"]


def test_a_pattern_matches_the_whole_line_and_the_message_says_so(modem):
    registered(modem)
    with pytest.raises(attache.Timeout) as raised:
        modem.expect("CEREG: 2", timeout=0.05)
    assert str(raised.value).splitlines() == [
        "no line matches 'CEREG: 2' within 0.05 s; received, and not taken:",
        "  Ready",
        "  +CEREG: 2",
        "a part of '+CEREG: 2' matches, but a pattern must match the whole line",
    ]


def test_a_time_out_says_that_nothing_came_and_that_the_clock_is_manual(make_modem):
    modem = make_modem(clock="manual")
    modem.expect("Ready")
    with pytest.raises(attache.Timeout) as raised:
        modem.expect("x", timeout=0.05)
    assert str(raised.value).splitlines() == [
        "no line matches 'x' within 0.05 s; received, and not taken:",
        "  nothing",
        "the device's clock is manual: what takes time happens in modem.advance() only",
    ]


def test_a_command_without_final_result_says_so_and_loses_nothing(modem):
    modem.expect("Ready")
    with pytest.raises(attache.Timeout, match="AT\\+CFUN=1 has no final result within 0.05 s"):
        modem.line_end = ""
        modem.at("AT+CFUN=1", timeout=0.05)
    modem.write("\r\n")
    modem.expect("OK")


def test_raw_bytes_are_read_as_they_came(modem):
    modem.expect("Ready")
    modem.write(b"AT+CFUN?\r\n")
    assert modem.read(18) == b"\r\n+CFUN: 0\r\n\r\nOK\r\n"
    assert modem.read() == b""
    with pytest.raises(attache.Timeout, match="1 bytes have not come within 0.05 s"):
        modem.read(1, timeout=0.05)


def test_a_steering_command_gives_text_and_data_and_its_refusal_says_why(modem):
    assert modem.steer("coverage off").text == "coverage is off: no cell can be received"
    assert modem.steer("state").data["modem"]["coverage"] is False
    with pytest.raises(attache.SteeringError, match="covrage.*\n.*coverage"):
        modem.steer("covrage off")


def test_the_manual_clock_goes_on_until_a_condition_holds_and_no_further(make_modem):
    modem = make_modem(clock="manual")
    modem.steer("coverage off")
    modem.at("AT+CFUN=1")
    modem.advance(1)
    modem.steer("coverage on")
    assert modem.advance_until(lambda: modem.registered) == 29  # The first search comes after 30 s.
    assert modem.advance_until(lambda: modem.registered) == 0
    with pytest.raises(attache.Timeout, match="does not hold after 5 s of the device's time"):
        modem.advance_until(lambda: False, limit=5)


def test_devices_can_be_steered_from_another_thread(modem):
    steered = []
    thread = threading.Thread(target=lambda: steered.append(modem.steer("coverage off").text))
    thread.start()
    thread.join()
    assert steered == ["coverage is off: no cell can be received"]


def test_the_line_can_be_lent_to_a_host(modem):
    modem.at("AT+CFUN=1")
    with open(modem.release(), "r+b", buffering=0) as port:
        port.write(b"AT\r\n")
        assert port.read(6) == b"\r\nOK\r\n"
    assert modem.at("AT+CFUN?") == ["+CFUN: 1"]


def test_two_modems_are_two_devices(make_modem):
    one, other = make_modem(), make_modem(dialect="slm-1.5")
    one.at("AT+CFUN=1")
    assert (one.at("AT+CFUN?"), other.at("AT+CFUN?")) == (["+CFUN: 1"], ["+CFUN: 0"])
    assert (one.name, other.name) == ("modem", "modem-2")
    assert one.port != other.port


def test_what_was_saved_survives_a_stop_but_not_the_rest(make_modem, tmp_path):
    first = make_modem(args=["--state", tmp_path / "device"])
    first.at('AT%CMNG=0,7,3,"00"')
    first.kill()
    second = make_modem(args=["--state", tmp_path / "device"])
    assert any(line.startswith("%CMNG: 7,3,") for line in second.at("AT%CMNG=1"))
    with pytest.raises(attache.DeviceError, match="modem has been stopped"):
        first.at("AT")


def test_a_device_that_dies_is_told_at_once(make_modem):
    modem = make_modem()
    modem.at("AT")
    modem._program.kill()
    with pytest.raises(attache.DeviceError, match="modem has ended with exit code -9"):
        modem.expect("x")
    with pytest.raises(attache.DeviceError, match="ended before it was told to with signal SIGKILL"):
        modem.stop()


def test_secrets_are_starred_in_the_transcript(modem):
    modem.at('AT%CMNG=0,42,3,"736563726574"')
    modem.at("AT+CPIN=1234", check=False)
    assert "736563726574" not in modem.transcript
    assert "1234" not in modem.transcript
    assert '→ AT%CMNG=0,42,3,"****"' in modem.transcript


def test_it_is_usable_without_the_fixtures(attache_program):
    with attache.Modem(attache_program, timeout=60) as modem:
        folder = modem._folder
        assert modem.at("AT") == []
    assert not folder.exists()
    assert "attache" in repr(modem)
