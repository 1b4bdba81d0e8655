"""A second opinion on who has drifted: an auditor's reading of the catalogue, over what Okta and Kandji answered.

``judge`` takes the JSON of one small world (``worlds`` says how it is laid out) and gives (kind, key of the subject).
It imports nothing of the program: whoever reads it needs JSON, sets and loops. Causes, severities and settling are not
its business. What is not known (an unread group, an account that was not looked up) is no finding.
"""

import json

KINDS = (
    "member-not-assigned",
    "assignment-stuck",
    "missing-in-kandji",
    "inactive-in-kandji",
    "member-missing",
    "member-extra",
    "left-still-active",
    "unassigned-still-active",
    "unmanaged-in-kandji",
    "suspended-still-active",
    "external-id-shared",
    "duplicate-in-kandji",
    "assigned-directly",
    "attribute-differs",
    "member-unknown",
    "profile-push-failed",
)
MUST_BE_IN = {"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"}
NOT_ASSIGNED = {"DEPROVISIONED", "INACTIVE", "REVOKED", "UNASSIGNED"}
BEING_PROVISIONED = {"ACTIVE", "STAGED", "APPROVED", "PENDING"}
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def judge(text):
    """The findings of one world, as a set of (kind, subject key)."""
    told = Told(json.loads(text))
    parts = (lacking, having, assignments, duplicates, attributes, members, strangers)
    return {found for part in parts for found in part(told)}


class Told:
    """What was told, by id: people are Okta user ids, accounts are Kandji's SCIM ids."""

    def __init__(self, world):
        okta, scim = world["okta"], world["scim"]
        seen = [row["_embedded"]["user"] for row in okta["app_users"] if "_embedded" in row]
        seen += [user for users in okta["members"].values() for user in users] + okta["found"]
        self.users = {user["id"]: user for user in seen}
        self.status = {key: user["status"] for key, user in self.users.items()}
        self.app_users = {row["id"]: row for row in okta["app_users"]}
        self.deleted = set(okta["gone"]) - set(self.users)
        self.everybody = set(self.users) | set(self.app_users) | self.deleted
        self.must = {key for key, status in self.status.items() if status in MUST_BE_IN}
        self.left = {key for key, status in self.status.items() if status == "DEPROVISIONED"} | self.deleted
        self.may = self.everybody - self.must - self.left  # suspended, pending, or a status that nobody knows
        self.assigned = {key for key, row in self.app_users.items() if row["status"] not in NOT_ASSIGNED}
        self.external = {key: row["externalId"] for key, row in self.app_users.items() if row["externalId"]}
        self.groups = {group["id"]: group["profile"]["name"] for group in okta["groups"]}
        self.members = {group: {user["id"] for user in users} for group, users in okta["members"].items()}
        self.mappings = okta["mappings"]
        self.pushed = {row["sourceGroupId"] for row in self.mappings if row["status"] != "INACTIVE"}  # not the paused
        self.in_pushed = self.in_any(self.pushed)
        self.accounts = {account["id"]: account for account in scim["users"]}
        self.active = {key: account.get("active") for key, account in self.accounts.items()}
        self.kandji_groups = {group["id"]: group for group in scim["groups"]}
        self.no_account = set(scim["gone"]) - set(self.accounts)
        self.looked_up, self.earlier, self.names = set(okta["looked_up"]), world["earlier"], world["names"]
        meant = {same(name) for name in world["scope"]}
        scope = {key for key, name in self.groups.items() if {same(key), same(name)} & meant} & set(self.members)
        self.scope = self.in_any(scope) if scope else self.everybody  # a scope that can't be read counts as not set
        self.holders, self.candidates = join(self)

    def in_any(self, groups):
        return {user for group in groups for user in self.members.get(group, ())}

    def subjects(self, account):
        """Whom an account stands for: the people who have it, else itself."""
        return {f"user:{user}" for user in self.holders.get(account, ())} or {f"account:{account}"}


def same(text):
    """What is compared without case."""
    return (text or "").casefold().strip()


def join(told):
    """Who has each account, and who could: by external id, earlier run, the account's external id, user name."""
    holders, candidates, named = {}, {}, {}
    for account in told.accounts:
        pointing = {user for user, external in told.external.items() if external == account}
        if pointing:
            holders[account] = (pointing & told.assigned) - told.left or pointing  # no stale pointer beats a good one
    for user, row in told.users.items():
        named.setdefault(same(row["profile"]["login"]), set()).add(user)
    for user, row in told.app_users.items():
        named.setdefault(same(row["credentials"]["userName"]), set()).add(user)
    for find in (
        lambda account: {told.earlier["pointers"].get(account["id"])} & told.everybody,
        lambda account: {account.get("externalId")} & told.everybody,
        lambda account: named.get(same(account["userName"]), set()),
    ):
        taken = {user for users in holders.values() for user in users}
        found = {key: find(row) for key, row in told.accounts.items() if key not in holders and key not in candidates}
        for account, users in found.items():
            rivals = [other for other in found if found[other] & users]
            if len(users) == 1 and len(rivals) == 1 and not users & taken:
                holders[account] = users
            elif users:
                candidates[account] = users  # ambiguous: never guessed
    return holders, candidates


def lacking(told):
    """What a person lacks, at the first broken link only."""
    for user in told.must & told.scope:
        external = told.external.get(user)
        if user not in told.assigned:
            if user in told.in_pushed:
                yield "member-not-assigned", f"user:{user}"
        elif external is None:
            if told.app_users[user]["status"] in BEING_PROVISIONED:
                yield "assignment-stuck", f"user:{user}"
        elif external in told.no_account:
            yield "missing-in-kandji", f"user:{user}"
        elif told.active.get(external) is False:
            yield "inactive-in-kandji", f"user:{user}"


def having(told):
    """Who has an active account and should not: no broken link hides it."""
    known = told.pushed <= set(told.members)  # else an unread group might hold them
    for account in [key for key, active in told.active.items() if active is True]:
        holders, candidates = told.holders.get(account, set()), told.candidates.get(account, set())
        for user in holders:
            if user in told.left:
                yield "left-still-active", f"user:{user}"
            elif told.status.get(user) == "SUSPENDED":
                yield "suspended-still-active", f"user:{user}"
            elif known and user in told.must - told.assigned - (told.in_pushed & told.scope):
                yield "unassigned-still-active", f"user:{user}"
        if candidates and candidates <= told.left:  # whoever of them it is
            yield "left-still-active", f"account:{account}"
        if not holders and not candidates and account in told.looked_up:
            yield "unmanaged-in-kandji", f"account:{account}"


def assignments(told):
    """Assignments that are odd by themselves, of people who have not left."""
    staying = told.assigned - told.left
    pointers = [told.external[user] for user in staying if user in told.external]
    for user in staying:
        row, external = told.app_users[user], told.external.get(user)
        if pointers.count(external) > 1:
            yield "external-id-shared", f"user:{user}"
        if row["scope"] == "USER" and user in told.must & told.scope:
            yield "assigned-directly", f"user:{user}"
        if external and row["syncState"] in ("ERROR", "OUT_OF_SYNC") and user in told.scope:
            yield "profile-push-failed", f"user:{user}"


def duplicates(told):
    """People with several accounts of one user name or one address; the accounts, where they are nobody's."""
    alike = {}
    for account, row in told.accounts.items():
        for mark in {("name", same(row["userName"])), ("address", email(row))} - {("address", None)}:
            alike.setdefault(mark, set()).add(account)
    for twins in [accounts for accounts in alike.values() if len(accounts) > 1]:
        subjects = {subject for account in twins for subject in told.subjects(account)}
        people = {subject for subject in subjects if subject.startswith("user:")}
        yield from (("duplicate-in-kandji", subject) for subject in people or subjects)


def attributes(told):
    """People in scope whose account says something else than Okta would have it say."""
    pairs = {}
    for user in told.must & told.assigned & told.scope:
        account = told.external.get(user)
        if told.holders.get(account) == {user}:
            pairs[user] = (ours(told.app_users[user]), theirs(told.accounts[account]))
    returned = {name for _, says in pairs.values() for name, values in says.items() if values}
    for user, (wanted, says) in pairs.items():
        if any(not values & (says[name] or {""}) for name, values in wanted.items() if name in returned):
            yield "attribute-differs", f"user:{user}"


def ours(row):
    """The values that agree with an assignment, by attribute, as far as the app defines it."""
    profile = row["profile"]
    found = {"userName": {same(row["credentials"]["userName"])}}
    found |= {"email": {same(profile["email"])}} if "email" in profile else {}
    found |= {"name": {profile["displayName"]}} if "displayName" in profile else {}
    return found | {name: {profile[name] or ""} for name in ("title", "department") if name in profile}


def theirs(row):
    """What an account says, by attribute; nothing where it says nothing."""
    parts = " ".join(row["name"].get(part, "") for part in ("givenName", "familyName")).strip()
    told = {
        "userName": {same(row["userName"])},
        "email": {email(row)},
        "name": {row["displayName"], row["name"].get("formatted"), parts},
        "title": {row.get("title")},
        "department": {row.get(ENTERPRISE, {}).get("department")},
    }
    return {name: values - {None, ""} for name, values in told.items()}


def email(row):
    return same(row["emails"][0]["value"]) if row["emails"] else None


def members(told):
    """Who is missing in a Kandji group, and who is too much there."""
    for push, group in compared(told):
        key, source = f"group:{push['sourceGroupId']}", told.members[push["sourceGroupId"]]
        held = {one["value"] for one in group["members"]}
        reaching = source & told.must & told.assigned & told.scope  # whoever is stopped at no earlier link
        due = {user for user in reaching if told.active.get(told.external.get(user)) is True}
        absent = {user for user in due if told.external[user] not in held}
        hardly_pushed = len(absent) >= 3 and len(absent) * 2 >= len(due)  # one finding about the mapping instead
        if push["status"] == "ACTIVE" and not hardly_pushed:
            yield from (("member-missing", f"{key} user:{user}") for user in absent)
        entitled = (source & told.assigned) - told.left | told.may
        for account in held:
            could_be = told.holders.get(account, set()) | told.candidates.get(account, set())
            if told.active.get(account) is True and not could_be & entitled:
                yield from (("member-extra", f"{key} {subject}") for subject in told.subjects(account))


def strangers(told):
    """Members of Kandji groups whom nobody knows; of none where more than one in twenty is unknown."""
    held = {key: {one["value"] for one in group.get("members", ())} for key, group in told.kandji_groups.items()}
    everywhere = {account for accounts in held.values() for account in accounts}
    if len(everywhere - set(told.accounts)) * 20 > len(everywhere):
        return
    named = {push["id"]: same(told.groups.get(push["sourceGroupId"], push["sourceGroupId"])) for push in told.mappings}
    sources = {}  # where several mappings push into one group, the first by name of its source stands for it
    for push in sorted(told.mappings, key=lambda push: (named[push["id"]], push["sourceGroupId"])):
        sources.setdefault(target(push, told), f"group:{push['sourceGroupId']}")
    for group, accounts in held.items():
        for account in accounts & told.no_account:
            yield "member-unknown", f"{sources.get(group, f'kandji-group:{group}')} account:{account}"


def compared(told):
    """Each mapping with its Kandji group, where both ends were read and nothing else pushes into that group."""
    ends = [(push, target(push, told)) for push in told.mappings]
    for push, group in ends:
        paused = push["status"] == "INACTIVE"
        rivals = [other for other, end in ends if end == group and (paused or other["status"] != "INACTIVE")]
        readable = push["sourceGroupId"] in told.members and "members" in told.kandji_groups.get(group, {})
        if readable and len(rivals) == 1 and push["status"] in ("ACTIVE", "ERROR", "INACTIVE"):
            yield push, told.kandji_groups[group]


def target(push, told):
    """The Kandji group of the name to which a mapping pushes; an earlier run decides between several or none."""
    own = told.groups.get(push["sourceGroupId"])
    name = told.groups.get(push["targetGroupId"]) or told.names.get(own, own)
    found = {key for key, group in told.kandji_groups.items() if name and same(group["displayName"]) == same(name)}
    if len(found) == 1:
        return found.pop()
    learnt = told.earlier["groups"].get(push["id"])
    return learnt if learnt in (found or told.kandji_groups) else None
