"""How a whole run of pytest goes: reports, JUnit, faults of the set-up, and what is left afterwards."""

import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree

FAILING = """
    def test_fails(make_modem):
        make_modem().at("AT+CFUN=1")
        make_modem().at("AT+CEREG=9", check=False)
        assert False
"""


def test_a_failing_test_shows_transcript_and_log_of_each_device(run):
    result = run(FAILING)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*Captured modem transcript call*",
            "*→ AT+CFUN=1",
            "*← OK",
            "*Captured modem log call*",
            "*modem: SIM ready",
            "*Captured modem-2 transcript call*",
            "*→ AT+CEREG=9",
            "*← ERROR",
            "*Captured modem-2 log call*",
            "  why:      <n> must be a number from 0 to 5, but is the number 9",
        ]
    )


def test_junit_has_transcript_and_log_of_a_failing_test_only(run, pytester):
    run(FAILING + "\n    def test_passes(modem):\n        modem.at('AT')\n", "--junit-xml=report.xml")
    cases = {
        case.get("name"): {found.get("name"): found.get("value") for found in case.iter("property")}
        for case in xml.etree.ElementTree.parse(pytester.path / "report.xml").iter("testcase")
    }
    assert cases["test_passes"] == {}
    assert sorted(cases["test_fails"]) == ["modem log", "modem transcript", "modem-2 log", "modem-2 transcript"]
    assert "→ AT+CFUN=1\n" in cases["test_fails"]["modem transcript"]
    assert "why:      <n> must be a number from 0 to 5" in cases["test_fails"]["modem-2 log"]


def test_a_skipped_test_shows_nothing(run):
    result = run("import pytest\ndef test_skips(modem):\n    modem.at('AT')\n    pytest.skip('why')\n")
    result.assert_outcomes(skipped=1)
    result.stdout.no_fnmatch_line("*transcript*")


def test_markers_fixture_and_parameters_make_the_device(run):
    run(
        """
        import pytest

        @pytest.fixture
        def modem_settings():
            return {"config": {"device": {"imei": "352656100367873", "firmware": "mfw_nrf9160_1.3.0"}}}

        @pytest.mark.attache(config={"device": {"firmware": "mfw_nrf9160_1.3.1"}})
        class TestMarked:
            def test_class(self, modem):
                assert modem.at("AT+CGSN") == ["352656100367873"]
                assert modem.at("AT+CGMR") == ["mfw_nrf9160_1.3.1"]

            @pytest.mark.attache(config={"device": {"imei": "352656100367874"}}, dialect="slm-1.5")
            def test_method(self, modem):
                assert modem.at("AT+CGSN") == ["352656100367874"]
                assert modem.at("AT+CGMR") == ["mfw_nrf9160_1.3.1"]
                assert modem.at("AT#XSLMVER") == ['#XSLMVER: "1.5"']

        @pytest.mark.parametrize("modem", [{"dialect": "slm-1.5"}, {"dialect": "slm-1.6"}], indirect=True)
        def test_parameters(modem, request):
            version = modem.at("AT#XSLMVER")[0]
            assert version[11:14] == ("1.5" if "modem0" in request.node.name else "1.6")
            assert modem.at("AT+CGMR") == ["mfw_nrf9160_1.3.0"]

        def test_text(make_modem):
            assert make_modem(config='[device]\\nimei = "352656100367875"').at("AT+CGSN") == ["352656100367875"]

        def test_file_and_scenario(make_modem, tmp_path):
            (tmp_path / "modem.toml").write_text('[device]\\nimei = "352656100367875"')
            modem = make_modem(
                config=tmp_path / "modem.toml",
                clock="manual",
                scenario='[[step]]\\nat = "5s"\\ndo = "coverage off"',
            )
            assert modem.at("AT+CGSN") == ["352656100367875"]
            modem.advance(4)
            assert modem.steer("state").data["modem"]["coverage"]
            modem.advance("1s")
            assert not modem.steer("state").data["modem"]["coverage"]
        """
    ).assert_outcomes(passed=6)


def test_a_faulty_configuration_is_told_in_a_few_lines(run):
    result = run(
        """
        import pytest

        @pytest.mark.attache(config={"network": {"opertor": "x"}})
        def test_it(modem):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*serve` could not start (exit code 2)",
            "*`network.opertor` is no key of the configuration",
            "  where:    *config.toml:2:1",
            "  do:       did you mean `operator`?",
        ]
    )
    result.stdout.no_fnmatch_line("*another exception*")


def test_a_missing_program_is_told_with_what_to_do(run):
    result = run("def test_it(modem): pass\n", "--attache=/nowhere/attache")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "there is no program '/nowhere/attache' (from --attache)",
            "  install the package (apt install ./attache_*.deb), or name the program: pytest --attache PROGRAM,",
            "  ATTACHE=PROGRAM in the environment, or attache = PROGRAM in the ini file",
        ]
    )


def test_the_program_of_the_ini_file_is_seen_from_there(run, pytester, monkeypatch, attache_program):
    monkeypatch.delenv("ATTACHE", raising=False)
    os.symlink(attache_program, pytester.mkdir("tools") / "attache")
    pytester.makeini("[pytest]\nattache = tools/attache\nattache_timeout = 55")
    run(
        """
        def test_it(modem, attache_program):
            assert attache_program.endswith("/tools/attache")
            assert modem.timeout == 55
        """
    ).assert_outcomes(passed=1)


def test_a_program_in_the_path_is_found(run, pytester, monkeypatch, attache_program):
    monkeypatch.delenv("ATTACHE", raising=False)
    os.symlink(attache_program, pytester.mkdir("bin") / "attache")
    monkeypatch.setenv("PATH", str(pytester.path / "bin"), prepend=os.pathsep)
    run("def test_it(modem): modem.at('AT')\n").assert_outcomes(passed=1)


def test_devices_end_and_their_folders_go_however_a_test_ends(run, pytester):
    result = run(
        """
        import pathlib, pytest

        @pytest.fixture
        def seen(make_modem):
            modem = make_modem()
            pathlib.Path("seen").open("a").write(f"{modem.pid} {modem._folder}\\n")
            return modem

        @pytest.fixture
        def broken(seen):
            raise RuntimeError("set-up")

        def test_passes(seen): pass
        def test_fails(seen): assert False
        def test_errs(broken): pass
        def test_exits(seen): raise SystemExit(3)
        """
    )
    result.assert_outcomes(passed=1, failed=2, errors=1)
    rows = [line.split() for line in (pytester.path / "seen").read_text().splitlines()]
    assert len(rows) == 4
    for pid, folder in rows:
        assert not pathlib.Path("/proc", pid).exists()
        assert not pathlib.Path(folder).exists()


def test_a_device_that_ends_by_itself_fails_its_test(run):
    result = run("import os\ndef test_it(modem):\n    os.kill(modem.pid, 15)\n    os.waitid(os.P_PID, modem.pid, os.WEXITED | os.WNOWAIT)\n")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*serve` ended before it was told to with exit code 0"])


def test_a_run_that_is_killed_leaves_no_device(pytester):
    pytester.makepyfile(
        """
        import os, pathlib, signal

        def test_it(modem):
            pathlib.Path("seen").write_text(f"{modem.pid} {modem._folder}")
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    killed = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "attache", "-p", "no:cacheprovider"], stdout=subprocess.DEVNULL
    )
    assert killed.returncode == -9
    pid, folder = (pytester.path / "seen").read_text().split()
    shutil.rmtree(folder)  # Nobody is left to do it.
    try:
        device = os.pidfd_open(int(pid))
    except ProcessLookupError:
        return
    ended = select.select([device], [], [], 60)[0]
    if not ended:
        os.kill(int(pid), signal.SIGKILL)
    os.close(device)
    assert ended
