import json
import subprocess
import sys

from click.testing import CliRunner

from songhe.doors.cli.assess import assess

NATIONAL = {"standard": "gbt-42195-2022", "scores": "44444444 4443 444444112 22434"}
INSURANCE = {
    "standard": "ltci-2021",
    "adl": [10, 10, 5, 10, 10, 10, 15, 15, 10, 5],
    "cognition": [4] * 4,
    "perception": [4] * 3,
}


def test_the_command_answers_line_by_line_and_goes_on_after_a_refusal():
    lines = [NATIONAL, {"standard": "barthel"}, INSURANCE]
    run = CliRunner().invoke(assess, input="".join(json.dumps(line) + "\n" for line in lines))
    first, second, third = map(json.loads, run.stdout.splitlines())
    assert run.exit_code == 3
    assert (first["total"], third["level_name"]) == (90, "基本正常")
    assert second["error"]["code"] == "assessment.unknown_standard"
    assert second["error"]["field"] == "standard"


def test_the_command_starts_without_django():
    program = "import sys, songhe.doors.cli.assess; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
