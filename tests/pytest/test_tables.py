"""The parts of the plugin that know what the device knows."""

import attache
import pytest


@pytest.mark.parametrize(
    "text, shown",
    [
        ('AT%CMNG=0,42,1,"key"', 'AT%CMNG=0,42,1,"****"'),
        ("AT%CMNG=1,42,0", "AT%CMNG=1,42,0"),
        ('at%cmng=0,42,1,"key"', 'at%cmng=0,42,1,"****"'),
        ('AT%CNMG=0,42,1,"key"', "AT%CNMG=****"),
        ("AT+CPIN=1234", "AT+CPIN=****"),
        ("AT+CPIN?", "AT+CPIN?"),
        ('AT+CPINR="SIM PIN"', 'AT+CPINR="SIM PIN"'),
        ('AT+CCLK="21/05/24,11:58:22+04"', 'AT+CCLK="21/05/24,11:58:22+04"'),
        ('AT#XHTTPCREQ="GET","/get",""', 'AT#XHTTPCREQ="GET","/get",""'),
        ('AT#XHTTPCREQ="GET","/get?token=x","A: b"', 'AT#XHTTPCREQ="GET","/get?****","****"'),
        ('AT#XMQTTCON=1,"id","user","word","host",1883', 'AT#XMQTTCON=1,"id","****"'),
        ('%JWT: "abc"', "%JWT: ****"),
        ("AT+CFUN=1", "AT+CFUN=1"),
    ],
)
def test_secrets_are_starred(text, shown):
    assert attache.redact(text) == shown


@pytest.mark.parametrize(
    "command, line, answers",
    [
        ("AT+CEREG?", "+CEREG: 1,2", True),
        ("AT+CEREG?", '+CEREG: 2,"0A1B"', False),
        ("AT+CEREG=1", "+CEREG: 2", False),
        ("AT+CEREG=?", "+CEREG: (0-5)", True),
        ("AT+CSCON?", "+CSCON: 1,1", True),
        ("AT+CSCON?", "+CSCON: 1,7", False),
        ("AT#XTCPCLI=1", "#XTCPCLI: 2,\"connected\"", True),
        ("AT#XTCPCLI=1", "#XTCPCLI: 0,\"disconnected\"", False),
        ("AT%XTEMP?", "%XTEMP: 23", True),
        ("AT", "+CEREG: 1", False),
    ],
)
def test_answers_are_told_from_what_comes_by_itself(command, line, answers):
    assert attache._may_answer(command, line) is answers


def test_a_configuration_is_written_as_toml():
    assert attache.to_toml(
        {
            "network": {"coverage": False, "rsrp": -90, "operator": 'A "B"\n'},
            "route": [{"from": "a", "to": "b"}, {"from": "c", "to": "d"}],
            "sim": {"preferred": ["24007", "24008"]},
        }
    ) == (
        '[network]\ncoverage = false\nrsrp = -90\noperator = "A \\"B\\"\\n"\n'
        '[[route]]\nfrom = "a"\nto = "b"\n[[route]]\nfrom = "c"\nto = "d"\n'
        '[sim]\npreferred = ["24007", "24008"]\n'
    )


def test_settings_come_on_top_of_each_other():
    assert attache.merge_settings(
        {"config": {"network": {"a": 1, "b": 2}, "route": [1]}, "args": ["-a"], "clock": "real"},
        {"config": {"network": {"b": 3}, "route": [2]}, "args": ["-b"], "clock": "manual"},
    ) == {"config": {"network": {"a": 1, "b": 3}, "route": [2]}, "args": ["-a", "-b"], "clock": "manual"}
    assert attache.merge_settings({"config": {"network": {}}}, {"config": "text"}) == {"config": "text"}
