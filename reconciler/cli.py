"""The whole command-line grammar, on one page. Each command loads what it needs when it is called, not before."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler import __version__

if TYPE_CHECKING:
    from reconciler.outside import Frame, Outside
    from reconciler.verbs import Verbs

SEVERITIES = ("critical", "high", "medium", "low")
STATES = ("first sight", "new", "open", "back again", "settling", "accepted", "fixed")
DOCUMENTS = (
    "config", "report", "status", "findings", "accepted", "runs", "difference", "life", "explain", "doctor", "pull",
    "plan", "applied", "verified", "error",
)  # fmt: skip
FAIL_ON = ("never", "new", "critical", "high", "medium", "any")

EXIT_CODES = """\b
Exit codes:
  0  did what was asked; drift or not
  1  unexpected: a bug
  2  usage or configuration
  3  drift at or above --fail-on
  4  not allowed: token dead, permission or scope missing
  5  unreachable or read incomplete: no verdict
  6  refused: guard, stale or foreign plan
  7  applied in part: some changes failed, were withheld, skipped or not seen
  8  another run holds the lock
  9  could not write a file or the database
 10  no such person, group, finding, run or plan
130, 143  interrupted"""


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keeps an option that was given, before or after the verb; the one after wins, ``-v`` adds up."""
    frame: Frame = context.find_root().obj
    options = frame.options
    name = str(parameter.name)
    if name == "verbose":
        options[name] = options.get(name, 0) + value
    elif value not in (None, False):
        options[name] = value


def _option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    return click.option(*names, expose_value=False, callback=_remember, **settings)


FORMATS = ("text", "json", "tsv", "md")


def _common(command: Callable[..., Any], formats: Sequence[str] = FORMATS, plans: bool = False) -> Callable[..., Any]:
    """The options that every command has, and that may stand before the verb, too."""
    options = (
        _option(
            "-c", "--config", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The config file."
        ),
        _option("--format", type=click.Choice(formats), help="How the result is written."),
        _option(
            "-o",
            "--output",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="The plan's file." if plans else "Write the result there.",
        ),
        _option("-q", "--quiet", is_flag=True, help="Only the result, warnings and errors."),
        _option("-v", "--verbose", count=True, help="Tell more; twice: everything."),
        _option("--color", type=click.Choice(["auto", "always", "never"]), help="Colours (NO_COLOR is honoured)."),
        _option("--no-input", is_flag=True, help="Never ask."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _verb(
    group: click.Group,
    name: str,
    *options: Callable[[Any], Any],
    formats: Sequence[str] = FORMATS,
    plans: bool = False,
) -> Callable[[Callable[..., int]], click.Command]:
    """A command of ``group`` with its own options and the common ones; its function gets ``Verbs`` first.

    ``plans``: it makes a plan, and ``-o`` names the plan's file.
    """

    def attach(function: Callable[..., int]) -> click.Command:
        def call(**given: Any) -> int:
            from reconciler.verbs import Verbs

            frame: Frame = click.get_current_context().obj
            if plans:
                given["plan_file"] = frame.options.pop("output", None)
            return function(Verbs(frame, name, tuple(formats)), **given)

        command: Callable[..., Any] = call
        for option in reversed(options):
            command = option(command)
        return group.command(name, help=function.__doc__)(_common(command, formats, plans))

    return attach


class Day(click.ParamType[date]):
    """A day, as 2026-12-31."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is no day: write it as 2026-12-31", param, ctx)


def _kinds(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.checks import KINDS

    return [kind.slug for kind in KINDS if kind.slug.startswith(incomplete)]


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="reconciler")
@_common
def cli() -> None:
    """Tells the truth about one integration: Okta assigns people and pushes groups, over SCIM, to Kandji.

    It reads both sides, finds where they differ, says what mends it, and plans that. It changes nothing
    but by apply, --apply and run --fix.
    """


_run_id = click.option(
    "--run", "run_id", type=click.IntRange(min=1), metavar="N", help="Of this run; default: the last."
)


@_verb(
    cli,
    "init",
    click.option("--org-url", metavar="URL", help="The Okta org: https://acme.okta.com."),
    click.option("--app-id", metavar="ID", help="The SCIM app's id in Okta (0oa…)."),
    click.option("--app-label", metavar="LABEL", help="Or its label."),
    click.option("--scim-url", metavar="URL", help="Kandji's SCIM address."),
    click.option(
        "--auth",
        type=click.Choice(["token", "private_key"]),
        default="token",
        show_default=True,
        help="API token, or service app with a private key.",
    ),
    click.option("--client-id", metavar="ID", help="Of the service app."),
    click.option(
        "--okta-variable",
        default="OKTA_API_TOKEN",
        show_default=True,
        metavar="NAME",
        help="Environment variable that holds Okta's token.",
    ),
    click.option(
        "--scim-variable",
        default="KANDJI_SCIM_TOKEN",
        show_default=True,
        metavar="NAME",
        help="Environment variable that holds the SCIM token.",
    ),
    formats=("text", "json"),
)
def init(verbs: Verbs, **answers: Any) -> int:
    """Write a first configuration, with secret references and the least scopes."""
    return verbs.init(**answers)


@_verb(cli, "doctor", formats=("text", "json"))
def doctor(verbs: Verbs) -> int:
    """Say line by line whether a run would work: config, secrets, permissions, clock, SCIM, forecast."""
    return verbs.doctor()


def _sources(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.plausibility import SOURCES

    return [source for source in SOURCES if source.startswith(incomplete)]


_accept_shrink = click.option(
    "--accept-shrink",
    multiple=True,
    metavar="SOURCE",
    shell_complete=_sources,
    help="Confirm that this list shrank (repeatable): okta.members, scim.users, …",
)


@_verb(
    cli,
    "pull",
    _accept_shrink,
    click.option(
        "--record",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Keep the exchanges there, names masked, tokens gone.",
    ),
    formats=("text", "json"),
)
def pull(verbs: Verbs, record: Path | None, accept_shrink: tuple[str, ...]) -> int:
    """Read both sides whole into the database."""
    return verbs.pull(record=record, accept_shrink=accept_shrink)


@_verb(
    cli,
    "report",
    _run_id,
    click.option("--redact", is_flag=True, help="Mask names and addresses, for screenshots and tickets."),
    formats=("text", "json", "html", "csv", "action-plan"),
)
def report(verbs: Verbs, run_id: int | None, redact: bool) -> int:
    """Show a run from the database; without --format and -o, write its pages, too."""
    return verbs.report(run_id=run_id, redact=redact)


@_verb(
    cli,
    "run",
    click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON),
        default="never",
        show_default=True,
        help="End with 3 when there is such drift.",
    ),
    _accept_shrink,
    click.option("--fix", is_flag=True, help="Then mend the kinds of [fix] auto, without asking."),
    formats=("text", "json"),
)
def run(verbs: Verbs, **wanted: Any) -> int:
    """Pull and report: the verb for a scheduler."""
    return verbs.run(**wanted)


@_verb(cli, "status", formats=("text", "json"))
def status(verbs: Verbs) -> int:
    """One screen about the last run, from the database alone."""
    return verbs.status()


@_verb(
    cli,
    "findings",
    click.option(
        "--kind", "kinds", multiple=True, metavar="KIND", shell_complete=_kinds, help="Of this kind (repeatable)."
    ),
    click.option("--severity", "severities", multiple=True, type=click.Choice(SEVERITIES), help="Of this severity."),
    click.option(
        "--state", "states", multiple=True, type=click.Choice(STATES), help="In this state; default: all that stand."
    ),
    click.option("--person", metavar="WHO", help="About this person: a part of the name, or an id."),
    click.option("--group", metavar="NAME", help="About this group: a part of the name, or an id."),
    _run_id,
)
def findings(verbs: Verbs, run_id: int | None, **wanted: Any) -> int:
    """List findings, most severe first."""
    return verbs.findings(run_id=run_id, **wanted)


@_verb(
    cli,
    "accept",
    click.argument("findings", nargs=-1, metavar="[FINDING]..."),
    click.option("--kind", metavar="KIND", shell_complete=_kinds, help="Or a kind of drift; * stands for anything."),
    click.option("--person", metavar="WHO", help="And this person: login or user name, or a pattern."),
    click.option("--group", metavar="NAME", help="And this group, or a pattern."),
    click.option("--reason", metavar="WORDS", help="Why it may be so."),
    click.option("--owner", metavar="WHO", help="Who answers for it."),
    click.option("--until", type=Day(), metavar="DATE", help="The last day on which it holds: 2026-12-31."),
    click.option("--withdraw", metavar="ID", help="End an acceptance (A-…) instead."),
)
def accept(verbs: Verbs, **wanted: Any) -> int:
    """Answer for drift until a day: it is counted apart, and comes back when the day has passed."""
    return verbs.accept(**wanted)


@_verb(cli, "accepted")
def accepted(verbs: Verbs) -> int:
    """List what is accepted, by whom and until when; what has expired, and what matches nothing."""
    return verbs.accepted()


@_verb(
    cli,
    "history",
    click.argument("who", required=False, metavar="[WHO]"),
    click.option("--between", type=click.IntRange(min=1), nargs=2, metavar="N M", help="Two runs: what differs."),
    click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True, help="How many runs."),
)
def history(verbs: Verbs, **wanted: Any) -> int:
    """List the runs; or what happened to WHO: a person, group or finding, by name or id."""
    return verbs.history(**wanted)


@_verb(
    cli,
    "explain",
    click.argument("who", metavar="WHO"),
    _run_id,
    click.option("--live", is_flag=True, help="Read the few records now, too, and show what differs."),
    formats=("text", "json", "md"),
)
def explain(verbs: Verbs, who: str, run_id: int | None, live: bool) -> int:
    """Show a person, group or finding: both sides, the chain link by link, rules in words, what mends it."""
    return verbs.explain(who=who, run_id=run_id, live=live)


_confirm = click.option(
    "--confirm", type=click.IntRange(min=0), metavar="N", help="Don't ask: the plan holds N changes, and I mean them."
)
_lift = (
    click.option("--allow-removals", type=click.IntRange(min=1), metavar="N", help="Let it take out so many people."),
    click.option("--allow-additions", type=click.IntRange(min=1), metavar="N", help="Let it add so many people."),
    click.option("--reason", metavar="WORDS", help="Why: kept in the plan and in the journal."),
)
_carry_out = (
    click.option("--apply", "carry_out", is_flag=True, help="Go on to apply the plan: show it, and ask."),
    _confirm,
    *_lift,
)


@_verb(
    cli,
    "plan",
    click.argument("findings", nargs=-1, metavar="[FINDING]..."),
    click.option(
        "--kind", "kinds", multiple=True, metavar="KIND", shell_complete=_kinds, help="Of this kind (repeatable)."
    ),
    click.option("--person", metavar="WHO", help="About this person: name, login or id."),
    click.option("--group", metavar="NAME", help="About this group: name or id."),
    *_lift,
    formats=("text", "json"),
    plans=True,
)
def plan(verbs: Verbs, **wanted: Any) -> int:
    """Work out what mends the findings, into a file beside the config, or that of -o: it changes nothing."""
    return verbs.plan(**wanted)


@_verb(
    cli,
    "apply",
    click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]"),
    click.option("--dry-run", is_flag=True, help="Read what each change rests on, and say what would be done."),
    click.option(
        "--resume",
        is_flag=False,
        flag_value=0,
        type=click.IntRange(min=0),
        metavar="[N]",
        help="Complete the apply (N; else the last) that was ended half-way.",
    ),
    _confirm,
    formats=("text", "json"),
)
def apply(verbs: Verbs, **wanted: Any) -> int:
    """Carry out a plan: show it, ask, then make each change and see whether its effect shows."""
    return verbs.apply(**wanted)


@_verb(cli, "verify", click.argument("what", metavar="FILE|FINDING"), formats=("text", "json"))
def verify(verbs: Verbs, what: str) -> int:
    """Read again what a plan, or what mended a finding, has changed, and say whether it worked."""
    return verbs.verify(what=what)


@_verb(
    cli,
    "undo",
    click.argument("number", type=click.IntRange(min=1), metavar="APPLY"),
    *_carry_out,
    formats=("text", "json"),
    plans=True,
)
def undo(verbs: Verbs, **wanted: Any) -> int:
    """Plan the inverse of what an apply did, as far as there is one."""
    return verbs.undo(**wanted)


@_verb(
    cli,
    "assign",
    click.argument("people", nargs=-1, required=True, metavar="PERSON..."),
    *_carry_out,
    formats=("text", "json"),
    plans=True,
)
def assign(verbs: Verbs, **wanted: Any) -> int:
    """Plan to put people into the assignment group."""
    return verbs.assign(**wanted)


@_verb(
    cli,
    "cover",
    click.argument("groups", nargs=-1, required=True, metavar="GROUP..."),
    *_carry_out,
    formats=("text", "json"),
    plans=True,
)
def cover(verbs: Verbs, **wanted: Any) -> int:
    """Plan the group rule, extended or new, that brings the people of a pushed group into the assignment group."""
    return verbs.cover(**wanted)


@_verb(
    cli,
    "link",
    click.argument("groups", nargs=-1, required=True, metavar="GROUP..."),
    click.option("--existing", metavar="NAME", help="To this group in Kandji; default: one of the same name."),
    *_carry_out,
    formats=("text", "json"),
    plans=True,
)
def link(verbs: Verbs, **wanted: Any) -> int:
    """Plan to push groups to Kandji."""
    return verbs.link(**wanted)


@_verb(
    cli,
    "unlink",
    click.argument("group", metavar="GROUP"),
    click.option("--delete-in-kandji", is_flag=True, help="Delete the group in Kandji, too; never its people."),
    *_carry_out,
    formats=("text", "json"),
    plans=True,
)
def unlink(verbs: Verbs, **wanted: Any) -> int:
    """Plan to stop pushing a group."""
    return verbs.unlink(**wanted)


@_verb(
    cli,
    "push-now",
    click.argument("groups", nargs=-1, required=True, metavar="GROUP..."),
    *_carry_out,
    formats=("text", "json"),
    plans=True,
)
def push_now(verbs: Verbs, **wanted: Any) -> int:
    """Plan to push groups again, whole: inactive, then active."""
    return verbs.push_now(**wanted)


@cli.group()
def config() -> None:
    """Show, check or describe the configuration."""


@_verb(
    config,
    "show",
    click.option("--origin", is_flag=True, help="Say where each value comes from."),
    formats=("text", "json"),
)
def config_show(verbs: Verbs, origin: bool) -> int:
    """Print every key with its value; secrets as their references."""
    return verbs.config_show(origin=origin)


@_verb(config, "validate", formats=("text", "json"))
def config_validate(verbs: Verbs) -> int:
    """Check the configuration; tell every mistake at once."""
    return verbs.config_validate()


@_verb(
    config,
    "schema",
    click.argument("document", type=click.Choice(DOCUMENTS), default="config"),
    formats=("text", "json"),
)
def config_schema(verbs: Verbs, document: str) -> int:
    """Print the JSON Schema of the configuration, or of what a command prints with --format json."""
    return verbs.config_schema(document)


@_verb(
    cli,
    "demo",
    click.option("--serve", is_flag=True, help="Keep the company running and name its config file."),
    click.option("--people", type=click.IntRange(20, 50_000), default=300, show_default=True, help="How many people."),
    click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another company."),
    click.option("--days", type=click.IntRange(2, 30), default=30, show_default=True, help="How long it has lived."),
    click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("demo"),
        show_default=True,
        help="Where everything is put.",
    ),
    click.option(
        "--truth",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Write what is wrong in that company.",
    ),
    formats=("text", "json"),
)
def demo(verbs: Verbs, **wanted: Any) -> int:
    """Run everything against a simulated company with thirty days behind it: offline, without credentials."""
    return verbs.demo(**wanted)


def main(argv: Sequence[str] | None = None, outside: Outside | None = None) -> int:
    """Runs one command and returns its exit code. ``outside`` is the world around it; tests hand in another."""
    from reconciler.outside import Outside, guarded

    given = list(sys.argv[1:] if argv is None else argv)
    return guarded(cli, given, outside or Outside.real())
