"""The command line: what each command prints, and how it fails."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.__main__ import COMMANDS, DEBUG, main
from assistant.commands.terminal import one_line, printable, say_json, wrapped
from corpus.library import Library

ROOT = Path(__file__).parents[2]
STORIES = Library(None).stories()
HEAVY = {"torch", "transformers", "chromadb", "llama_index", "gradio", "numpy", "babel"}


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEARNING_CITY_DATA", str(tmp_path / "data"))
    monkeypatch.delenv(DEBUG, raising=False)
    return tmp_path / "data"


def run(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """Run the command line as its own process."""
    command = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=options.pop("cwd", ROOT), timeout=60, **options
    )


def failure(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must fail in one plain line, and return the line."""
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "Traceback" not in err
    return err


def test_help_names_every_command_and_loads_nothing_heavy():
    code = f"""
import sys
from assistant.__main__ import make_parser
print(make_parser().format_help())
loaded = {{name.partition(".")[0] for name in sys.modules}} & {HEAVY!r}
sys.exit(", ".join(loaded) or 0)"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert told.returncode == 0, told.stderr
    assert all(f"    {name} " in told.stdout for name in COMMANDS)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["dance"],
        ["ask"],
        ["ask", "Why?", "--year", "soon"],
        ["show"],
        ["evaluate"],
        ["evaluate", "x.jsonl", "--limit", "0"],
        ["serve", "--port", "-1"],
        ["weights", "--llm", "largest"],
    ],
)
def test_wrong_use_is_status_2(wrong: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(wrong)
    assert stopped.value.code == 2
    assert "usage: learning-city" in capsys.readouterr().err


def test_stories_are_listed_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]):
    assert main(["stories"]) == 0
    assert "2015-cork" in capsys.readouterr().out
    assert main(["stories", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["slug"] for one in listed] == [story.slug for story in STORIES]
    assert listed[0]["status"] == "bundled" and listed[0]["themes"]


def test_a_story_file_with_faults_is_told_below_the_list(
    data_folder: Path, capsys: pytest.CaptureFixture[str]
):
    (data_folder / "stories").mkdir(parents=True)
    (data_folder / "stories" / "2024-atlantis.md").write_text("no front matter")
    assert main(["stories"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 with faults")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)
def test_show_body_prints_exactly_what_quotes_are_cut_from(
    story, capsys: pytest.CaptureFixture[str]
):
    assert main(["show", story.slug, "--body"]) == 0
    assert capsys.readouterr().out == story.body + "\n"


def test_show_prints_a_story_with_its_sources(capsys: pytest.CaptureFixture[str]):
    assert main(["show", "2015-cork"]) == 0
    shown = capsys.readouterr().out
    story = Library(None).get("2015-cork")
    assert story.title in shown
    assert all(
        f"[{source.key}] " in shown and (source.url or "") in shown for source in story.sources
    )


def test_an_unknown_story_is_told_with_near_ones(capsys: pytest.CaptureFixture[str]):
    assert "2015-cork" in failure(capsys, "show", "2016-cork")


def test_check_finds_no_fault_in_the_bundled_stories(capsys: pytest.CaptureFixture[str]):
    assert main(["check"]) == 0
    assert capsys.readouterr().out == f"{len(STORIES)} story files, no faults.\n"


def test_check_names_file_line_and_rule_of_every_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    text = (ROOT / "corpus" / "stories" / "2015-cork.md").read_text(encoding="utf-8")
    (tmp_path / "2015-cork.md").write_text(text.replace("2015", "later", 1).replace("[^", "[^x", 1))
    (tmp_path / "2016-empty.md").write_text("")
    assert main(["check", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 3
    for line in lines:
        file, number, rule, message = line.split(":", 3)
        assert Path(file).is_file() and int(number) >= 1 and rule.strip() and message.strip()
    assert len({line.split(":")[0] for line in lines}) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "nowhere.md"], "nowhere.md"),
        (["evaluate", "nowhere.jsonl"], "nowhere.jsonl"),
        (["ask", "Why?", "--history", "nowhere.json"], "nowhere.json"),
        (["show", "no\nsuch\x1b[31mstory"], "no story"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
):
    line = failure(capsys, *arguments)
    assert told in line and "\x1b" not in line


@pytest.mark.parametrize(
    "history", ["{", "3", "[3]", '[{"question": "Why?"}]', '[{"question": 1}]']
)
def test_a_history_of_another_form_is_told(
    history: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "history.json").write_text(history)
    told = failure(capsys, "ask", "Why?", "--history", str(tmp_path / "history.json"))
    assert '"answer"' in told


def test_a_baseline_of_another_form_is_told_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "baseline.json").write_text("[]")
    questions = str(ROOT / "tests" / "questions" / "across.jsonl")
    told = failure(capsys, "evaluate", questions, "--baseline", str(tmp_path / "baseline.json"))
    assert "not an earlier evaluation" in told


def test_a_wrong_setting_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LEARNING_CITY_PORT", "door")
    assert "LEARNING_CITY_PORT" in failure(capsys, "stories")


def fail_with(error: BaseException) -> SimpleNamespace:
    def run(arguments: object) -> int:
        raise error

    return SimpleNamespace(SUMMARY="Fails.", declare=lambda parser: None, run=run)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyboardInterrupt(), "Stopped."),
        (ZeroDivisionError("by\nzero"), f"ZeroDivisionError: by zero). Set {DEBUG}=1"),
        (OSError(28, "No space left on device", "story.md"), "story.md: No space left"),
        (SystemError(), DEBUG),
    ],
)
def test_any_failure_is_one_line(
    error: BaseException,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setitem(COMMANDS, "fail", fail_with(error))
    assert told in failure(capsys, "fail")


def test_details_of_a_failure_are_there_for_who_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setitem(COMMANDS, "fail", fail_with(ZeroDivisionError("by zero")))
    monkeypatch.setenv(DEBUG, "1")
    assert main(["fail"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_who_has_enough_ends_the_command_quietly():
    command = f"{sys.executable} -m assistant show 2015-cork | head -n 1"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT)
    assert ended.stderr == "" and ended.stdout.count("\n") == 1


def test_serve_starts_the_app_with_host_and_port_in_the_environment(tmp_path: Path):
    (tmp_path / "app.py").write_text(
        "import os\n"
        "if __name__ == '__main__':\n"
        "    print(os.environ['LEARNING_CITY_HOST'], os.environ['LEARNING_CITY_PORT'])\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    served = run("serve", "--host", "0.0.0.0", "--port", "8080", cwd=tmp_path, env=environment)
    assert (served.returncode, served.stdout) == (0, "0.0.0.0 8080\n")


def test_lines_for_the_terminal_are_indented_and_do_not_break_addresses():
    address = "https://example.org/" + "a" * 200
    lines = wrapped(f"a source {address}", "  ", "    ").splitlines()
    assert lines == ["  a source", f"    {address}"]


@given(st.text())
def test_nothing_printed_moves_the_cursor_or_turns_the_text_around(text: str):
    shown = printable(text)
    assert not any(c < " " and c not in "\n\t" or "\x7f" <= c <= "\x9f" for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "\x1b[31m",
        "\x9b31m",
        "\u202eabc",
        'a "quote"\nline\t\\n',
        "\x00",
        "日本",
        "😀\u2028",
    ],
)
def test_json_survives_what_a_terminal_would_not(text: str, capsys: pytest.CaptureFixture[str]):
    say_json({"text": text})
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"text": text}
    assert printable(printed) == printed
