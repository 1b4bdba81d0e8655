"""Files as older versions wrote them, one dump a schema. A new migration adds one; the others are never made again.

python -m tests.store.old.make    writes the dump of the newest schema
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from msgspec.structs import replace

from reconciler.store import Store
from reconciler.store.migrate import MIGRATIONS, OURS
from tests.applies import short_apply
from tests.store.samples import company, finding, save, save_without_data

FOLDER = Path(__file__).parent


def history(store: Store) -> None:
    """Four runs: two findings, one fixed and one changed, a run without data, one finding back again; an apply."""
    snapshot = company(people=3)
    users = (replace(snapshot.scim.users[0], active=False), *snapshot.scim.users[1:])
    save(store, 0, finding("ana"), finding("bob"), snapshot=snapshot)
    save(store, 1, finding("bob", sentence="bob is still missing"), snapshot=company(people=2))
    save_without_data(store, 2)
    changed = replace(snapshot, kandji=None, scim=replace(snapshot.scim, users=users))
    save(store, 3, finding("ana"), finding("cy", settling=True), snapshot=changed)
    for event in short_apply():
        store.journal.write(event)


def main() -> None:
    place = FOLDER / f"schema_{len(MIGRATIONS)}.sql"
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder, "reconciler.db")) as store:
        history(store)
        lines = [*store.db.conn.iterdump()]
    settings = [f"PRAGMA application_id = {OURS};", f"PRAGMA user_version = {len(MIGRATIONS)};"]
    place.write_text("\n".join([*lines, *settings, ""]), encoding="utf-8")
    print(place)


if __name__ == "__main__":
    main()
