"""Two accounts in Kandji have one user name or one primary e-mail address, but for capitals.

Only the account that Okta points to hears from Okta; a Mac on the other one gets nothing. People who are in another
directory of Kandji's as well are many where that is usual, and are summed up in one line.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from pyroaring import FrozenBitMap

from reconciler.checks.device_on_other_account import on_other_rows
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import Person, World, fold

KIND = Kind(
    slug="duplicate-in-kandji",
    title="Two accounts in Kandji for one name or address",
    severity="high",
    means="Kandji has two accounts with the same user name or primary e-mail address.",
    matters="Okta feeds one of them. A Mac on the other is reached by no group rule, and nobody deactivates it.",
    mend="By hand in Kandji: keep the account that Okta points to (the evidence names it), move devices to it, archive "
    "the other.",
    how=How(
        by_hand=(
            "The evidence names the account that Okta points to: that one stays. Where Okta points to both, they are "
            "two people's: archive neither, and give one of them a user name and address of their own in Okta.",
            "Kandji: Users → the other account, see whether it has devices; Devices → the Mac → assign it to the "
            "account that stays.",
            "Kandji: Users → the other account → Archive.",
            "Run `reconciler run` and see that the finding is gone.",
        ),
        if_meant="If another directory feeds the other account, declare it under [match] also_fed_by.",
        okta_alone="Never: Okta knows one of the two.",
        side_effects="A Mac that changes its user gets what the new one's groups bring, and loses the rest.",
        undo="Assign the Mac to the other account again, and activate that.",
    ),
)


Named = tuple[int, str, str]
"""Somebody's number, and the user name and e-mail address of their account, folded; empty where there is none."""


def twins(world: World, named: Iterable[Named]) -> Iterator[tuple[str, str, list[int]]]:
    """(attribute, value, people) for each value that several accounts have."""
    by_name = _several((number, name) for number, name, _ in named)
    by_email = _several((number, address) for number, _, address in named)
    for attribute, values in (("user name", by_name), ("e-mail address", by_email)):
        for value, numbers in sorted(values.items()):
            if len({_account(world, number) for number in numbers}) > 1:
                yield attribute, value, numbers


def _several(told: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    """People by each value that more than one of them has."""
    first: dict[str, int] = {}
    several: dict[str, list[int]] = {}
    for number, value in told:
        if value:
            other = first.setdefault(value, number)
            if other != number:
                several.setdefault(value, [other]).append(number)
    return several


def _named(world: World) -> Iterator[Named]:
    """People with an account, but for those whom another directory feeds. Most have their address for a name."""
    for number, person in enumerate(world.people):
        account = person.account
        if account is None or number in world.fed_by_others:
            continue
        name = fold(account.user_name or "")
        yield number, name, name if account.email == account.user_name else fold(account.email or "")


def _account(world: World, number: int) -> str | None:
    account = world.people[number].account
    return account.id if account is not None else None


def _apart(world: World, one: int, other: int) -> bool:
    """Whether Kandji's API shows the two in different directories: ``_in_two_directories`` sums these up."""
    rows = [world.people[number].row for number in (one, other)]
    return len({row.integration_id for row in rows if row is not None and row.integration_id}) > 1


def _known(person: Person) -> bool:
    return person.user is not None or person.deleted_user_id is not None


def find(world: World) -> Iterator[Finding]:
    shown: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    named = tuple(_named(world))
    for attribute, value, numbers in twins(world, named):
        holders = {_account(world, number): number for number in reversed(numbers)}
        # A twin whom Okta does not know is told as unmanaged; the finding is about those whom it knows.
        for number in [n for n in numbers if _known(world.people[n])] or numbers:
            for account, other in holders.items():
                if account != _account(world, number) and not _apart(world, number, other):
                    shown[number][other].append(f"{attribute} {value}")
    for number, others in shown.items():
        yield _finding(world, number, others)
    yield from _in_two_directories(world, named)


def _finding(world: World, number: int, others: dict[int, list[str]]) -> Finding:
    name = world.people[number].name
    facts = [_twin(world, other, common) for other, common in sorted(others.items())]
    count = "another account" if len(others) == 1 else f"{len(others)} other accounts"
    pushes = world.pushes_of(number)
    return world.about_person(KIND, number, f"{name} has {count} in Kandji", pushes=pushes, evidence=tuple(facts))


def _twin(world: World, number: int, common: Iterable[str]) -> Fact:
    person = world.people[number]
    active = "active" if number in world.account_active else "not known to be active"
    devices = f", devices: {person.row.device_count or 0}" if person.row is not None else ""
    whose = "Okta points to it" if number in world.present else f"joined to {person.name}"
    account = f"{person.account.user_name} ({person.account.id})" if person.account is not None else person.name
    told = f"{account}, {active}{devices}, {whose}; the same {' and '.join(common)}"
    return Fact(side="kandji", label="twin", value=told)


def _in_two_directories(world: World, named: Iterable[Named]) -> Iterator[Finding]:
    """One line for everybody whom Kandji's API shows under two integrations, but for those whose Mac tells it."""
    kandji = world.snapshot.kandji
    listed = [row for row in (kandji.users if kandji is not None else ()) if row.integration_id and not row.archived]
    sizes = Counter(row.integration_id for row in listed)
    if len(sizes) < 2:
        return
    # Whoever is in two directories is in one that is not the largest: few are.
    largest = sizes.most_common(1)[0][0]
    rows = {fold(row.email): {row.integration_id} for row in listed if row.email and row.integration_id != largest}
    for row in listed:
        if row.email and (address := fold(row.email)) in rows:
            rows[address].add(row.integration_id)
    doubled = {address for address, integrations in rows.items() if len(integrations) > 1}
    told = {number for number, _, _ in world.once(on_other_rows)}
    people = FrozenBitMap(
        [number for number, _, address in named if address and address in doubled and number not in told]
    )
    if people:
        count = "1 person is" if len(people) == 1 else f"{len(people)} people are"
        yield world.about_app(
            KIND,
            f"{count} in two directories of Kandji's",
            people=people,
            severity="low",
            evidence=(Fact(side="kandji", label="people", value=world.names(people)),),
        )
