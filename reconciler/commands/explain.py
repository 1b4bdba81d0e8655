"""``explain WHO``: a person, a group or a finding, as one run knew it: from the database, without the whole snapshot.

What a run found is told from what it stored; the chain of a person is worked out again from the rows around them, by
the very code that the checks call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.commands import explained as doc
from reconciler.commands.explain_group import group_told, rules_about
from reconciler.commands.explain_person import Around, around, person_told, rules_for, told
from reconciler.commands.history import events_of
from reconciler.commands.who import Who, resolve
from reconciler.errors import NotKnown
from reconciler.findings import Finding, Kind, Life
from reconciler.guide import command
from reconciler.model import LogEvent, Run
from reconciler.store import Store
from reconciler.store.search import FoundGroup, FoundPerson
from reconciler.system_log import in_words
from reconciler.world import Settings

Pairs = tuple[tuple[Finding, Life], ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The document, and what it is about: somebody, or the world of the groups; ``groups`` by their Okta ids."""

    document: doc.ExplainDocument
    near: Around
    groups: tuple[str, ...] = ()


def explain(store: Store, kinds: Mapping[str, Kind], asked: str, run_id: int | None = None) -> Explained:
    """Everything about the one that ``asked`` names, at a run (default: the last complete one); ``kinds`` by slug.

    Raises ``NotKnown``: with the candidates where it could be several.
    """
    run = store.run(run_id) if run_id is not None else store.last(complete=True)
    known = None if run is None else store.last(complete=True, upto=run.id)
    if known is None:
        raise NotKnown("There is no complete run in the database yet.", next="read both sides first: reconciler run")
    teller = _Teller(store, kinds, known)
    who = resolve(store, known.id, asked)
    if who.person is not None:
        return teller.person(who, who.person)
    if who.group is not None:
        return teller.group(who, who.group)
    assert who.finding is not None  # noqa: S101 - one of the three is set
    return teller.finding(who, who.finding)


class _Teller:
    """Tells of one run."""

    def __init__(self, store: Store, kinds: Mapping[str, Kind], run: Run) -> None:
        self.store = store
        self.kinds = kinds
        self.run = run
        self.settings = store.settings(run.id)
        accepted = store.accepted(run.id)
        self.foreseen = {one.finding: one.told for one in store.foreseen(run.id)}
        self.accepted = {one.acceptance.id: one.acceptance for one in accepted}

    def person(self, who: Who, one: FoundPerson) -> Explained:
        near = self._near(one)
        pairs = self._with_causes(self.store.concerning(self.run.id, people=(near.key,)))
        person = person_told(near)
        document = self._document(
            who,
            near,
            pairs,
            person=person,
            rules=rules_for(near),
            log=[_logged(event) for event in near.events],
            alternating=self._alternating(pair for pair in pairs if pair[0].subject.key.endswith(near.key)),
        )
        return Explained(document, near, tuple(chain.group.id for chain in person.chains))

    def group(self, who: Who, one: FoundGroup) -> Explained:
        near = self._around()
        ids = tuple(key for key in (one.group_id, one.kandji_group_id) if key is not None)
        every = self.store.these_findings(self.run.id, self.store.concerning(self.run.id, groups=ids))
        of_people = [finding for finding, _ in every if finding.person is not None]
        own = [finding.id for finding, _ in every if finding.person is None]
        pairs = self._with_causes((*own, *{finding.cause for finding in of_people if finding.cause}))
        document = self._document(
            who,
            near,
            pairs,
            group=group_told(self.store, self.run, near.world, one, of_people, self.kinds),
            rules=rules_about(self.store, self.run, one),
            kinds=[finding.kind for finding in of_people if finding.cause is None],
        )
        return Explained(document, near, (one.group_id,) if one.group_id else ())

    def finding(self, who: Who, finding_id: str) -> Explained:
        pair = next(iter(self.store.these_findings(self.run.id, (finding_id,))), None)
        if pair is None:
            raise NotKnown(
                f"Up to run {self.run.id}, {finding_id} was not found.", next=f"reconciler history {finding_id}"
            )
        finding, _ = pair
        ids = _ids(finding.subject.key)
        pairs = self._with_causes((finding.id,))
        groups = tuple(group_id for group_id, _ in finding.groups)
        near, person = self._around(**_who(ids)), None
        if near.number is not None:
            person = person_told(near, groups)
        document = self._document(
            who,
            near,
            tuple(other for other in pairs if other[0].id != finding.id),
            person=person,
            finding=self._told(pair),
            evidence=[told(fact) for fact in finding.evidence],
            alternating=self._alternating((pair,)),
            kinds=[finding.kind],
            itself=finding,
        )
        return Explained(document, near, groups)

    def _around(self, *, user_id: str | None = None, account_id: str | None = None) -> Around:
        chosen = self.settings or Settings()
        return around(self.store, self.run, chosen, user_id=user_id, account_id=account_id)

    def _near(self, one: FoundPerson) -> Around:
        near = self._around(user_id=one.user_id, account_id=one.account_id)
        if near.number is None:
            raise NotKnown(f"Run {self.run.id} does not know them any more.", next="reconciler findings")
        return near

    def _with_causes(self, ids: Iterable[str]) -> Pairs:
        """These findings, what explains them, what explains that, and so on."""
        found: list[tuple[Finding, Life]] = []
        asked: set[str] = set()
        while wanted := set(ids) - asked:
            asked |= wanted
            found += self.store.these_findings(self.run.id, wanted)
            ids = [finding.cause for finding, _ in found if finding.cause]
        return tuple(found)

    def _document(
        self,
        who: Who,
        near: Around,
        pairs: Pairs,
        *,
        kinds: Iterable[str] = (),
        itself: Finding | None = None,
        person: doc.PersonTold | None = None,
        group: doc.GroupTold | None = None,
        finding: doc.FindingTold | None = None,
        evidence: Iterable[doc.Told] = (),
        alternating: Iterable[doc.Swing] = (),
        rules: Iterable[doc.RuleTold] = (),
        log: Iterable[doc.Logged] = (),
    ) -> doc.ExplainDocument:
        events = sorted(events_of(self.store, self.run.id, who), key=lambda one: (one["run"], one["what"]))
        shown = {found.id for found, _ in pairs}
        standing = [found for found, life in pairs if life.state != "fixed"]
        roots = [found.kind for found in standing if found.cause not in shown]
        about = standing if itself is None else [itself, *standing]
        slugs = dict.fromkeys((*kinds, *roots))  # what has a cause goes with it
        return doc.ExplainDocument(
            type=who.type,
            name=finding.sentence if finding is not None else who.name,
            run=self.run.id,
            finished=self.run.finished.isoformat(timespec="seconds"),
            notes=list(self._notes(near)),
            person=person,
            group=group,
            finding=finding,
            evidence=list(evidence),
            alternating=list(alternating),
            rules=list(rules),
            findings=[self._told(pair) for pair in pairs],
            mending=[_mending(self.kinds[slug], about) for slug in slugs if slug in self.kinds],
            events=[doc.Happened(**event) for event in events],
            log=list(log),
        )

    def _notes(self, near: Around) -> Iterable[str]:
        if self.settings is None:
            yield "An older version made that run and kept no settings: the chain is told without scope and names."
        if near.world.rules is None:
            yield "Okta's group rules could not be read, so nothing is said of them."

    def _told(self, pair: tuple[Finding, Life]) -> doc.FindingTold:
        finding, life = pair
        kind, answered = self.kinds.get(finding.kind), self.accepted.get(finding.accepted or "")
        words = None
        if answered is not None:
            words = f"by {answered.owner} until {answered.until}: {answered.reason} ({answered.id})"
        return doc.FindingTold(
            id=finding.id,
            kind=finding.kind,
            title=kind.title if kind is not None else finding.kind,
            severity=finding.severity,
            state=life.state,
            sentence=finding.sentence,
            groups=[doc.Named(id=key, name=name) for key, name in finding.groups],
            people=len(finding.people),
            cause=finding.cause,
            first_seen=life.first_seen.isoformat(timespec="seconds"),
            last_seen=life.last_seen.isoformat(timespec="seconds"),
            times_seen=life.times_seen,
            flapping=life.flapping,
            accepted=words,
            confirm=finding.confirm,
            plan=self.foreseen.get(finding.id) if life.stands else None,
        )

    def _alternating(self, pairs: Iterable[tuple[Finding, Life]]) -> list[doc.Swing]:
        """Of findings that come and go: what went to and fro."""
        keys = {finding.subject.key for finding, life in pairs if life.flapping}
        changes = [change for key in sorted(keys) for change in self.store.alternating(self.run.id, _ids(key))]
        return [
            doc.Swing(
                record=one.record,
                field=one.field or "there",
                before=one.before or "nothing",
                after=one.after or "nothing",
            )
            for one in changes
        ]


def _ids(key: str) -> dict[str, str]:
    """``group:00g1 user:00u1`` as ids by prefix."""
    return {name: one for name, _, one in (part.partition(":") for part in key.split(" "))}


def _who(ids: Mapping[str, str]) -> dict[str, str | None]:
    """The ids of the person of a subject; an account stands with the person to whom it is joined."""
    return {"user_id": ids.get("user"), "account_id": ids.get("account")}


def _logged(event: LogEvent) -> doc.Logged:
    return doc.Logged(id=event.id, published=event.published.isoformat(timespec="seconds"), words=in_words(event))


def _mending(kind: Kind, found: Iterable[Finding]) -> doc.Mending:
    how = kind.how
    return doc.Mending(
        kind=kind.slug,
        mend=kind.mend,
        with_tool=command(kind, [one for one in found if one.kind == kind.slug]),
        by_hand=list(how.by_hand) if how else [],
        if_meant=how.if_meant if how else "",
        okta_alone=how.okta_alone if how else "",
        side_effects=how.side_effects if how else "",
        undo=how.undo if how else "",
    )
