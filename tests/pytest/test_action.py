"""examples/ci: what the composite action and the workflow run."""

import pathlib
import re
import shlex
import subprocess
import xml.etree.ElementTree

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


def inputs_of(action):
    rows = action[action.index("inputs:") : action.index("runs:")]
    return re.findall(r"^  (\w+):$", rows, re.MULTILINE)


def test_the_action_runs_tests_and_writes_a_report(tmp_path):
    action = (EXAMPLES / "ci" / "action.yml").read_text("utf-8")
    (command,) = re.findall(r"run: (/usr/bin/python3 .*)", action)
    report = tmp_path / "report.xml"
    tests = f"-q -p no:cacheprovider -k certificate {shlex.quote(str(EXAMPLES / 'pytest'))}"
    command = command.replace("${{ inputs.report }}", str(report)).replace("${{ inputs.tests }}", tests)
    assert "${{" not in command
    subprocess.run(["sh", "-ec", command], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    suite = xml.etree.ElementTree.parse(report).find("testsuite")
    assert (suite.get("failures"), suite.get("errors"), suite.get("tests")) == ("0", "0", "2")


def test_the_workflow_gives_the_action_inputs_that_it_has():
    action = (EXAMPLES / "ci" / "action.yml").read_text("utf-8")
    workflow = (EXAMPLES / "ci" / "pytest.yml").read_text("utf-8")
    given = re.findall(r"^          (\w+): ", workflow[workflow.index("with:") :], re.MULTILINE)
    assert given == ["package", "tests"]
    assert set(given) <= set(inputs_of(action))
    assert set(re.findall(r"inputs\.(\w+)", action)) == set(inputs_of(action))


def test_no_action_of_others_is_used_but_checkout():
    workflow = (EXAMPLES / "ci" / "pytest.yml").read_text("utf-8")
    assert re.findall(r"uses: (\S+)", workflow) == ["actions/checkout@v4", "./.github/actions/attache"]
