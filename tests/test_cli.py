from __future__ import annotations

import ast
import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from reconciler.cli import DOCUMENTS, cli
from reconciler.commands.exits import ORDER, first_code
from reconciler.outside import Frame
from reconciler.store import Store, lock
from tests.commands.samples import TOKENS, call, config_in
from tests.conftest import REPOSITORY
from tests.store import samples

HEAVY = ("httpx", "okta", "jinja2", "sqlite_utils", "pydantic", "rich", "msgspec", "asyncio")


def child(*argv: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, *argv], capture_output=True, text=True, cwd=REPOSITORY, check=False, **more
    )


# --- the grammar -----------------------------------------------------------------------------------------------------


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from reconciler.cli import main; code = main(['--help']);"
        f"print(code, sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    )
    assert child("-c", code).stderr.strip() == "0 []"


def test_status_loads_neither_network_nor_templates_nor_config(tmp_path: Path) -> None:
    file = config_in(tmp_path)
    code = (
        "import sys; from reconciler.cli import main;"
        f"main(['status', '-c', {str(file)!r}]);"
        "print(sorted(set(sys.modules) & {'httpx', 'okta', 'jinja2', 'pydantic', 'rich', 'pyroaring'}))"
    )
    assert child("-c", code).stdout.splitlines()[-1] == "[]"


def test_explain_loads_neither_network_nor_templates_nor_config(tmp_path: Path) -> None:
    file = config_in(tmp_path)
    with Store.open(tmp_path / "reconciler.db") as store:
        samples.save(store)
    code = (
        "import sys; from reconciler.cli import main;"
        f"code = main(['explain', '-c', {str(file)!r}, 'p1@acme.example']);"
        "print(code, sorted(set(sys.modules) & {'httpx', 'okta', 'jinja2', 'pydantic', 'rich', 'sqlite_utils'}))"
    )
    assert child("-c", code).stdout.splitlines()[-1] == "0 []"


def verbs(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))


@pytest.mark.parametrize("path", [path for path, _ in verbs()], ids=" ".join)
def test_every_verb_has_help_with_the_common_options(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*path, "--help").code == 0
    shown = capsys.readouterr().out
    command = dict(verbs())[path]
    assert command.help
    if not isinstance(command, click.Group):
        for option in ("--config", "--format", "--output", "--quiet", "--verbose", "--color", "--no-input"):
            assert option in shown


@pytest.mark.parametrize(
    "argv",
    [
        ("-c", "{config}", "--format", "json", "config", "validate"),
        ("config", "validate", "-c", "{config}", "--format", "json"),
        ("-c", "elsewhere.toml", "config", "validate", "-c", "{config}", "--format=json"),
    ],
)
def test_options_stand_before_or_after_the_verb_and_the_one_after_wins(tmp_path: Path, argv: tuple[str, ...]) -> None:
    file = config_in(tmp_path)
    told = call(*(str(file) if one == "{config}" else one for one in argv))
    assert json.loads(told.out)["file"] == str(file)


def test_verbosity_adds_up() -> None:
    seen: list[int] = []
    frame = Frame(outside=None, argv=[])  # type: ignore[arg-type]
    with cli.make_context("reconciler", ["-v", "status", "-vv"], obj=frame) as context:
        _, command, rest = cli.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        command.make_context("status", rest, parent=context)
    seen.append(frame.options["verbose"])
    assert seen == [3]


def mentioned(text: str) -> Iterator[str]:
    """Commands in a piece of text: what follows the program's name up to a sign that ends it."""
    for match in re.finditer(r"(?<![\w./-])reconciler ((?:[a-z-]+)(?: (?:--?[\w-]+|[a-z-]+|[A-Z]+))*)", text):
        yield match[1]


def parses(line: str) -> bool:
    """Whether the grammar knows the verb and each option of a command line, whatever words follow as prose."""
    words = shlex.split(line)
    group: click.Group = cli
    command: click.Command | None = None
    for number, word in enumerate(words):
        command = group.commands.get(word)
        if command is None:
            return False
        if not isinstance(command, click.Group):
            known = {name for option in command.params for name in option.opts}
            return {word for word in words[number + 1 :] if word.startswith("-")} <= known | {"--help"}
        group = command
    return command is not None


PRODUCT = [*sorted((REPOSITORY / "reconciler").rglob("*.py")), *sorted((REPOSITORY / "reports").rglob("*.py"))]


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_command_that_a_message_names_exists(path: Path) -> None:
    strings = [
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    wrong = [line for text in strings for line in mentioned(text) if is_command(line) and not parses(line)]
    assert wrong == []


def is_command(line: str) -> bool:
    """Prose about the program ("reconciler is …") is no command; a verb of the design is, whether it exists or not."""
    return line.split()[0] in DESIGNED


DESIGNED = frozenset(
    re.findall(
        r"[a-z-]+",
        "init doctor pull report run status findings explain plan apply verify undo push-now assign link unlink cover "
        "accept accepted history schedule notify state config demo",
    )
)


# --- errors ----------------------------------------------------------------------------------------------------------


def test_a_mistake_in_the_grammar_ends_with_2_and_names_the_help() -> None:
    told = call("statsu")
    assert told.code == 2
    first, second = told.err.splitlines()
    assert first.startswith("Error: No such command 'statsu'.")
    assert second == "  next  see: reconciler --help"


def test_a_mistake_in_the_grammar_is_json_where_json_was_asked_for() -> None:
    told = call("findings", "--format", "json", "--severity", "awful")
    assert told.code == 2
    assert json.loads(told.out)["errors"][0]["kind"] == "UsageError"


def test_a_mistake_in_the_config_is_told_with_its_line_and_as_json(tmp_path: Path) -> None:
    file = config_in(tmp_path, "[stor]\n")
    told = call("doctor", "-c", file, "--format", "json")
    assert told.code == 2
    assert "config.toml:9:1" in told.err
    (error,) = json.loads(told.out)["errors"]
    assert error["facts"] == [["config.toml:9:1", "stor is no key; did you mean store?"]]


def test_a_format_that_a_verb_does_not_have_is_refused(tmp_path: Path) -> None:
    assert call("status", "-c", config_in(tmp_path), "-o", "x.tsv").code == 2


def answering(status: int, body: object) -> object:
    def transport(config: object) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(lambda request: httpx.Response(status, json=body))

    return transport


DEAD = {"errorCode": "E0000011", "errorSummary": "Invalid token provided", "errorId": "oae1"}


def test_a_dead_token_ends_with_4_and_says_which_line_holds_it(tmp_path: Path) -> None:
    told = call("pull", "-c", config_in(tmp_path), environ=TOKENS, transport=answering(401, DEAD))
    assert told.code == 4
    assert "put it where config.toml:4 says" in told.err
    assert "Could not read" in told.out
    assert call("status", "-c", tmp_path / "config.toml").out.splitlines()[0].endswith("[incomplete]")


def test_a_run_without_verdict_is_one_json_document_and_a_page(tmp_path: Path) -> None:
    told = call("run", "-c", config_in(tmp_path), "--format", "json", environ=TOKENS, transport=answering(403, DEAD))
    assert told.code == 4
    assert json.loads(told.out)["state"] == "incomplete"
    assert (tmp_path / "drift-reports" / "latest.html").exists()


def test_an_unreachable_service_ends_with_5(tmp_path: Path) -> None:
    told = call("run", "-c", config_in(tmp_path), environ=TOKENS, transport=answering(503, {}))
    assert told.code == 5


def test_a_missing_secret_ends_with_2_and_nothing_is_kept(tmp_path: Path) -> None:
    told = call("run", "-c", config_in(tmp_path), transport=answering(200, []))
    assert told.code == 2
    assert "OKTA_API_TOKEN is not set" in told.err
    assert call("status", "-c", tmp_path / "config.toml").code == 10


def test_a_second_run_ends_with_8_and_names_the_first(tmp_path: Path) -> None:
    with lock(tmp_path / "reconciler.db", command="reconciler run"):
        told = call("run", "-c", config_in(tmp_path), environ=TOKENS, transport=answering(200, []))
    assert told.code == 8
    assert "reconciler run" in told.err


def test_a_bug_ends_with_1_and_its_traceback_is_in_the_log_alone(tmp_path: Path) -> None:
    def broken(config: object) -> httpx.AsyncBaseTransport:
        def answer(request: httpx.Request) -> httpx.Response:
            raise RuntimeError(f"with {request.headers['authorization']}")

        return httpx.MockTransport(answer)

    told = call("pull", "-c", config_in(tmp_path), environ=TOKENS, transport=broken)
    log = (tmp_path / "reconciler.log").read_text("utf-8")
    assert told.code == 1
    assert "Traceback" not in told.err
    assert "reconciler.log" in told.err
    assert "Traceback" in log
    assert "CANARY" not in log + told.err + told.out
    assert call("status", "-c", tmp_path / "config.toml").out.splitlines()[0].endswith("[failed]")


@pytest.mark.parametrize("status", [200, 401, 403, 404, 500])
def test_no_output_holds_a_secret_even_where_the_service_echoes_it(tmp_path: Path, status: int) -> None:
    def echoing(config: object) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(
            lambda request: httpx.Response(
                status, json={"errorSummary": request.headers["authorization"], "errorCode": "E1"}
            )
        )

    file = config_in(tmp_path, '[log]\nlevel = "debug"\n[network]\nattempts = 1\n')
    for verb in ("doctor", "run", "pull"):
        more = ("--record", str(tmp_path / "record")) if verb == "pull" else ()
        told = call(verb, "-c", file, "-vv", *more, environ=TOKENS, transport=echoing)
        assert "CANARY" not in told.out + told.err
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"CANARY" not in path.read_bytes(), path


def test_the_result_can_be_written_to_a_file_whose_ending_names_the_format(tmp_path: Path) -> None:
    told = call("config", "show", "-c", config_in(tmp_path), "-o", tmp_path / "out.json")
    assert told.out == ""
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["file"].endswith("config.toml")


def test_a_result_that_can_not_be_written_ends_with_9(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert call("config", "show", "-c", config_in(tmp_path), "-o", tmp_path / "file" / "out.json").code == 9


def test_quiet_leaves_the_result_and_errors(tmp_path: Path) -> None:
    told = call("config", "validate", "-q", "-c", config_in(tmp_path))
    assert told.out
    assert told.err == ""


def test_where_a_value_comes_from_is_shown(tmp_path: Path) -> None:
    told = call("config", "show", "--origin", "-c", config_in(tmp_path), environ={"RECONCILER_OKTA__RATE_SHARE": "0.4"})
    rows = {line.split()[0]: line for line in told.out.splitlines()}
    assert re.search(r"0\.4 +RECONCILER_OKTA__RATE_SHARE$", rows["okta.rate_share"])
    assert re.search(r'\{ env = "OKTA_API_TOKEN" \} +config.toml:4$', rows["okta.token"])
    assert rows["okta.admin_url"].endswith("derived")
    assert rows["network.attempts"].endswith("default")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_has_a_schema(document: str) -> None:
    told = call("config", "schema", document)
    assert told.code == 0
    Draft202012Validator.check_schema(json.loads(told.out))


def test_what_is_printed_as_json_fits_its_schema(tmp_path: Path) -> None:
    file = config_in(tmp_path)
    refused = answering(403, DEAD)
    call("run", "-c", file, environ=TOKENS, transport=refused)
    for name, argv in {
        "status": ("status",),
        "doctor": ("doctor",),
        "pull": ("pull",),
        "report": ("report",),
        "error": ("report", "--run", "99"),
    }.items():
        told = call(*argv, "-c", file, "--format", "json", environ=TOKENS, transport=refused)
        validator = Draft202012Validator(json.loads(call("config", "schema", name).out))
        assert [error.message for error in validator.iter_errors(json.loads(told.out))] == [], name


# --- exit codes and signals ------------------------------------------------------------------------------------------


def test_the_first_of_the_promised_order_wins() -> None:
    assert first_code([3, 5, 9]) == 9
    assert first_code([5, 4]) == 4
    assert first_code([]) == 0
    assert ORDER[3:] == (2, 8, 9, 10, 4, 5, 6, 7, 3, 0)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_ends_with_its_signals_code_and_without_a_traceback(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    file = config_in(tmp_path)
    program = f"""
import sys, asyncio, httpx, os
from datetime import datetime, UTC
from reconciler.cli import main
from reconciler.outside import Outside

class Never(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request):
        print("asked", flush=True)
        await asyncio.sleep(60)

outside = Outside(environ=dict({TOKENS!r}), stdin=sys.stdin, stdout=sys.stdout, stderr=sys.stderr,
                  clock=lambda: datetime.now(UTC), sleep=asyncio.sleep, transport=lambda config: Never())
sys.exit(main(["run", "-c", {str(file)!r}], outside))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "asked\n"
    process.send_signal(number)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == code
    assert "Traceback" not in stderr
    assert "Interrupted." in stderr
