"""``init``: writes a first configuration, with references instead of secrets and the least scopes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler import addresses
from reconciler.errors import StoreError, UsageError

WARNING = (
    "Do not make a new SCIM token in Kandji for this: Kandji has one token, Okta uses it, and a new one stops Okta's\n"
    "provisioning until Okta has it, too. Use the token that is in Okta now (it should be in your vault)."
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a configuration needs; examples where nothing was answered, which no command accepts."""

    org_url: str | None = None
    app_id: str | None = None
    app_label: str | None = None
    scim_url: str | None = None
    auth: str = "token"
    client_id: str | None = None
    okta_variable: str = "OKTA_API_TOKEN"
    scim_variable: str = "KANDJI_SCIM_TOKEN"


def asked(answers: Answers, ask: Callable[[str], str]) -> Answers:
    """Asks for what is missing; an address that can't be used is asked for again, with the reason."""
    org = answers.org_url or _address("Okta org (https://acme.okta.com)", ask, addresses.org_trouble)
    label = answers.app_label
    if answers.app_id is None and label is None:
        label = ask("Label of the SCIM app in Okta").strip()
    scim = answers.scim_url or _address(
        "Kandji SCIM address (https://acme.api.kandji.io/api/v1/scim)", ask, addresses.trouble
    )
    client = answers.client_id
    if answers.auth == "private_key" and client is None:
        client = ask("Client id of the service app").strip()
    return replace(answers, org_url=org, app_label=label, scim_url=scim, client_id=client)


def _address(question: str, ask: Callable[[str], str], trouble: Callable[[str], str | None]) -> str:
    while True:
        answer = ask(question).strip()
        reason = trouble(answer)
        if reason is None:
            return answer
        question = f"It {reason}. {question.split('. ')[-1]}"


def check(answers: Answers) -> None:
    """Raises UsageError with every answer that can't be used."""
    wrong = []
    for option, value, trouble in (
        ("--org-url", answers.org_url, addresses.org_trouble),
        ("--scim-url", answers.scim_url, addresses.trouble),
    ):
        reason = trouble(value) if value is not None else None
        if reason:
            wrong.append((option, reason))
    if answers.app_id and answers.app_label:
        wrong.append(("--app-label", "can't stand beside --app-id: give one of them"))
    if wrong:
        raise UsageError("The configuration can't be made from these answers.", facts=tuple(wrong))


def content(answers: Answers) -> str:
    """The text of the configuration."""
    if answers.app_label:
        app = f"app_label = {_quoted(answers.app_label)}"
    else:
        app = f"app_id    = {_quoted(answers.app_id or 'YOUR-APP-ID')}"
    if answers.auth == "private_key":
        who = (
            'auth      = "private_key"\n'
            f"client_id = {_quoted(answers.client_id or 'YOUR-CLIENT-ID')}\n"
            'private_key = { file = "okta-private-key.pem" }\n'
            'scopes    = ["okta.apps.read", "okta.groups.read", "okta.users.read"]   # the least that is needed'
        )
    else:
        who = f"token     = {{ env = {_quoted(answers.okta_variable)} }}   # of a read-only admin"
    return (
        "# Secrets are never written here: say where they are kept, with one of\n"
        "# env, file, credential, keyring, command, prompt.\n\n"
        "[okta]\n"
        f"org_url   = {_quoted(answers.org_url or 'https://YOUR-ORG.okta.com')}\n"
        f"{app}\n"
        f"{who}\n\n"
        "[kandji]\n"
        f"scim_url  = {_quoted(answers.scim_url or 'https://YOUR-TENANT.api.kandji.io/api/v1/scim')}\n"
        "# the token that Okta uses; making a new one in Kandji stops Okta's provisioning\n"
        f"token     = {{ env = {_quoted(answers.scim_variable)} }}\n"
    )


def write(path: Path, text: str) -> None:
    """Writes a new file, mode 0600; raises UsageError where one is there, StoreError where it can't be written."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{path} is already there, and init never overwrites.", next="edit it, or name another: -c FILE"
        ) from error
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror}.", next="make the folder writable") from error
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in escaped) + '"'
