BEGIN TRANSACTION;
CREATE TABLE "acceptances" (
   "id" TEXT NOT NULL,
   "reason" TEXT,
   "owner" TEXT,
   "until" TEXT,
   "made" TEXT,
   "made_by" TEXT,
   "finding" TEXT,
   "kind" TEXT,
   "person" TEXT,
   "group" TEXT,
   "findings" INTEGER,
   "expired" INTEGER,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
CREATE TABLE "acceptances_made" (
   "id" TEXT PRIMARY KEY,
   "reason" TEXT NOT NULL,
   "owner" TEXT NOT NULL,
   "until" TEXT NOT NULL,
   "made" TEXT NOT NULL,
   "made_by" TEXT,
   "finding" TEXT,
   "kind" TEXT,
   "person" TEXT,
   "group" TEXT,
   "withdrawn" TEXT,
   "withdrawn_by" TEXT
);
CREATE TABLE "app_groups" (
   "id" TEXT NOT NULL,
   "priority" INTEGER,
   "last_updated" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "app_groups" VALUES('00g0',0,NULL,1,NULL);
CREATE TABLE "app_users" (
   "id" TEXT NOT NULL,
   "status" TEXT,
   "scope" TEXT,
   "external_id" TEXT,
   "user_name" TEXT,
   "sync_state" TEXT,
   "profile" TEXT,
   "created" TEXT,
   "status_changed" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "app_users" VALUES('00u000000','PROVISIONED',NULL,'k000000',NULL,NULL,'[["department",null],["title","Engineer"]]','2026-05-03T12:00:00Z',NULL,1,NULL);
INSERT INTO "app_users" VALUES('00u000001','PROVISIONED',NULL,'k000001',NULL,NULL,'[["department",null],["title","Engineer"]]','2026-05-03T12:00:00Z',NULL,1,NULL);
INSERT INTO "app_users" VALUES('00u000002','PROVISIONED',NULL,'k000002',NULL,NULL,'[["department",null],["title","Engineer"]]','2026-05-03T12:00:00Z',NULL,1,2);
INSERT INTO "app_users" VALUES('00u000002','PROVISIONED',NULL,'k000002',NULL,NULL,'[["department",null],["title","Engineer"]]','2026-05-03T12:00:00Z',NULL,4,NULL);
CREATE TABLE "apps" (
   "id" TEXT NOT NULL,
   "name" TEXT,
   "label" TEXT,
   "status" TEXT,
   "sign_on_mode" TEXT,
   "features" TEXT,
   "provisioning_status" TEXT,
   "schema_attributes" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "apps" VALUES('0oa1','acme_kandji_1','Kandji','ACTIVE',NULL,'["GROUP_PUSH"]',NULL,NULL,1,NULL);
CREATE TABLE "finding_states" (
   "finding_id" TEXT NOT NULL,
   "state" TEXT,
   "first_run" INTEGER,
   "since_run" INTEGER,
   "fixed_run" INTEGER,
   "last_run" INTEGER,
   "seen_before" INTEGER,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "finding_states" VALUES('F-0fc66825ca83','first sight',1,1,NULL,NULL,0,1,2);
INSERT INTO "finding_states" VALUES('F-e0a265d33415','first sight',1,1,NULL,NULL,0,1,4);
INSERT INTO "finding_states" VALUES('F-0fc66825ca83','fixed',1,1,2,1,1,2,4);
INSERT INTO "finding_states" VALUES('F-0fc66825ca83','back again',1,4,2,NULL,1,4,NULL);
INSERT INTO "finding_states" VALUES('F-973b22a7a00e','settling',4,4,NULL,NULL,0,4,NULL);
INSERT INTO "finding_states" VALUES('F-e0a265d33415','fixed',1,1,4,2,2,4,NULL);
CREATE TABLE "findings" (
   "id" TEXT NOT NULL,
   "kind" TEXT,
   "severity" TEXT,
   "subject_type" TEXT,
   "subject_key" TEXT,
   "subject_name" TEXT,
   "sentence" TEXT,
   "person" TEXT,
   "groups" TEXT,
   "people" TEXT,
   "evidence" TEXT,
   "cause" TEXT,
   "youngest" TEXT,
   "group_changed" TEXT,
   "explains" TEXT,
   "explains_by" TEXT,
   "settling" INTEGER,
   "confirm" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
, "accepted" TEXT);
INSERT INTO "findings" VALUES('F-0fc66825ca83','member-missing','high','person','user:ana','ana@acme.example','ana is missing','ana@acme.example','[["00g0","Team 0"]]','["user:ana"]','[{"side":"okta","label":"status","value":"ACTIVE","good":true}]',NULL,'2026-05-03T12:00:00Z',NULL,'["member-extra"]','people',0,NULL,1,2,NULL);
INSERT INTO "findings" VALUES('F-e0a265d33415','member-missing','high','person','user:bob','bob@acme.example','bob is missing','bob@acme.example','[["00g0","Team 0"]]','["user:bob"]','[{"side":"okta","label":"status","value":"ACTIVE","good":true}]',NULL,'2026-05-03T12:00:00Z',NULL,'["member-extra"]','people',0,NULL,1,2,NULL);
INSERT INTO "findings" VALUES('F-e0a265d33415','member-missing','high','person','user:bob','bob@acme.example','bob is still missing','bob@acme.example','[["00g0","Team 0"]]','["user:bob"]','[{"side":"okta","label":"status","value":"ACTIVE","good":true}]',NULL,'2026-05-03T12:00:00Z',NULL,'["member-extra"]','people',0,NULL,2,4,NULL);
INSERT INTO "findings" VALUES('F-0fc66825ca83','member-missing','high','person','user:ana','ana@acme.example','ana is missing','ana@acme.example','[["00g0","Team 0"]]','["user:ana"]','[{"side":"okta","label":"status","value":"ACTIVE","good":true}]',NULL,'2026-05-03T12:00:00Z',NULL,'["member-extra"]','people',0,NULL,4,NULL,NULL);
INSERT INTO "findings" VALUES('F-973b22a7a00e','member-missing','high','person','user:cy','cy@acme.example','cy is missing','cy@acme.example','[["00g0","Team 0"]]','["user:cy"]','[{"side":"okta","label":"status","value":"ACTIVE","good":true}]',NULL,'2026-05-03T12:00:00Z',NULL,'["member-extra"]','people',1,NULL,4,NULL,NULL);
CREATE TABLE "foreseen" (
   "finding" TEXT NOT NULL,
   "outcome" TEXT,
   "words" TEXT,
   "change" TEXT,
   "names" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
CREATE TABLE "journal" (
   "seq" INTEGER PRIMARY KEY AUTOINCREMENT,
   "apply" INTEGER NOT NULL,
   "change" TEXT,
   "step" TEXT,
   "event" TEXT NOT NULL,
   "at" TEXT NOT NULL,
   "who" TEXT NOT NULL,
   "request_id" TEXT,
   "before" TEXT,
   "after" TEXT,
   "words" TEXT NOT NULL,
   "previous" TEXT NOT NULL,
   "hash" TEXT NOT NULL
);
INSERT INTO "journal" VALUES(1,1,NULL,NULL,'began','2026-05-03T12:00:00Z','ops@box',NULL,'{"schema_version":1,"made":"2026-05-03T12:00:00Z","by":"reconciler plan","org_url":"https://acme.okta.example","app_id":"0oa1","app_label":"Kandji","scim_url":"https://acme.kandji.example/scim","run":1,"run_finished":"2026-05-03T12:00:00Z","data_digest":"d","changes":[{"id":"C-58901fd77f5c","change":{"change":"add-to-group","group":{"name":"Macs","id":"00gmacs"},"person":{"name":"ana@acme.example","id":"00uana"}},"sentence":"do it","why":["somebody asked for it"],"mends":[],"kinds":[],"joins":[],"others":[],"removes":[],"takes_over":[],"expected":null,"side_effects":[],"instead_of":[],"undo":""},{"id":"C-34dbe3e24ce5","change":{"change":"edit-rule","rule":{"name":"Everybody","id":"0pr1"},"before":"isMemberOfAnyGroup(\"00g1\")","after":"isMemberOfAnyGroup(\"00g1\", \"00gsales\")","group":null,"also":[]},"sentence":"do it","why":["somebody asked for it"],"mends":[],"kinds":[],"joins":[],"others":[],"removes":[],"takes_over":[],"expected":null,"side_effects":[],"instead_of":[],"undo":""}],"withheld":[],"by_hand":[],"guards":[],"ceilings":{"removals":null,"additions":null,"reason":null},"kandji_writes":[],"undo_of":null,"digest":"be2ef08996980b2ea26f5122d35232bd27bb0cf7eb7f034a27c33f5f5d6bd5b3"}',NULL,'','','2279e0f0a4bcfd9787adeaf382f7da06d4d651918bb7f16ed788b067de2784b3');
INSERT INTO "journal" VALUES(2,1,'C-58901fd77f5c','add','intended','2026-05-03T12:00:00Z','ops@box',NULL,NULL,NULL,'','2279e0f0a4bcfd9787adeaf382f7da06d4d651918bb7f16ed788b067de2784b3','347dbe18330a8e4c301ea70955b7f524fd5b4c43dbdc6d61dac87f4d776a78ba');
INSERT INTO "journal" VALUES(3,1,'C-58901fd77f5c','add','sent','2026-05-03T12:00:01Z','ops@box',NULL,NULL,NULL,'','347dbe18330a8e4c301ea70955b7f524fd5b4c43dbdc6d61dac87f4d776a78ba','c0942a2b7e70d7dcc440b6909aee974b4262b8c4baeb025cc809641e9b03f7b1');
INSERT INTO "journal" VALUES(4,1,'C-58901fd77f5c','add','done','2026-05-03T12:00:02Z','ops@box',NULL,NULL,NULL,'','c0942a2b7e70d7dcc440b6909aee974b4262b8c4baeb025cc809641e9b03f7b1','315ace8132660b6fd1bf1c7bf9311884802a64b2bbb07b1e56aa476442573e89');
INSERT INTO "journal" VALUES(5,1,'C-58901fd77f5c',NULL,'verified','2026-05-03T12:00:00Z','ops@box',NULL,NULL,'{"members":["00uana"]}','','315ace8132660b6fd1bf1c7bf9311884802a64b2bbb07b1e56aa476442573e89','9fa83989d7d56e3144667778360c18929e2ac028bb6462af13ad049947a4708b');
INSERT INTO "journal" VALUES(6,1,'C-34dbe3e24ce5',NULL,'skipped','2026-05-03T12:00:00Z','ops@box',NULL,NULL,NULL,'','9fa83989d7d56e3144667778360c18929e2ac028bb6462af13ad049947a4708b','3a4a1979e730c5425d1eaf71f9b06fe6dd77d78d9890431fc973f2c66c5a0648');
INSERT INTO "journal" VALUES(7,1,NULL,NULL,'ended','2026-05-03T12:00:00Z','ops@box',NULL,NULL,NULL,'','3a4a1979e730c5425d1eaf71f9b06fe6dd77d78d9890431fc973f2c66c5a0648','bf11da97b184f1285c78491c86312f5a7cef513cb2c2622c657990e4d02befe7');
CREATE TABLE "judged_rules" (
   "rule_id" TEXT NOT NULL,
   "name" TEXT,
   "status" TEXT,
   "words" TEXT,
   "targets" TEXT,
   "covers" TEXT,
   "covers_if" TEXT,
   "excludes" TEXT,
   "misses" TEXT,
   "trouble" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
CREATE TABLE "judgement_notes" (
   "kind" TEXT NOT NULL,
   "about" TEXT NOT NULL,
   "reason" TEXT NOT NULL,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "judgement_notes" VALUES('check-skipped','group-unmanaged','switched off',1,NULL);
CREATE TABLE "kandji_apis" (
   "api_url" TEXT NOT NULL,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "kandji_apis" VALUES('https://acme.api.kandji.example',1,4);
CREATE TABLE "kandji_devices" (
   "id" TEXT NOT NULL,
   "name" TEXT,
   "serial" TEXT,
   "user_id" TEXT,
   "user_email" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "kandji_devices" VALUES('d1','Mac',NULL,'r0',NULL,1,NULL);
CREATE TABLE "kandji_users" (
   "id" TEXT NOT NULL,
   "old_id" TEXT,
   "email" TEXT,
   "name" TEXT,
   "active" INTEGER,
   "archived" INTEGER,
   "department" TEXT,
   "title" TEXT,
   "device_count" INTEGER,
   "integration_id" TEXT,
   "integration_name" TEXT,
   "integration_type" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "kandji_users" VALUES('r0','0',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL);
INSERT INTO "kandji_users" VALUES('r1','1',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL);
INSERT INTO "kandji_users" VALUES('r2','2',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,2);
CREATE TABLE "log_events" (
   "id" TEXT NOT NULL,
   "published" TEXT,
   "type" TEXT,
   "outcome" TEXT,
   "reason" TEXT,
   "actor" TEXT,
   "targets" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
CREATE TABLE "mappings" (
   "id" TEXT NOT NULL,
   "source_group_id" TEXT,
   "target_group_id" TEXT,
   "status" TEXT,
   "error_summary" TEXT,
   "last_push" TEXT,
   "created" TEXT,
   "last_updated" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "mappings" VALUES('gPm0','00g0','00gt0','ACTIVE',NULL,NULL,NULL,NULL,1,NULL);
INSERT INTO "mappings" VALUES('gPm1','00g1','00gt1','ACTIVE',NULL,NULL,NULL,NULL,1,NULL);
CREATE TABLE "member_lists" (
   "group_id" TEXT NOT NULL,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "member_lists" VALUES('00g0',1,NULL);
INSERT INTO "member_lists" VALUES('00g1',1,NULL);
CREATE TABLE "memberships" (
   "group_id" TEXT NOT NULL,
   "user_id" TEXT NOT NULL,
   "rules" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "memberships" VALUES('00g0','00u000000','["0pr1"]',1,NULL);
INSERT INTO "memberships" VALUES('00g0','00u000001','["0pr1"]',1,NULL);
INSERT INTO "memberships" VALUES('00g0','00u000002','["0pr1"]',1,2);
INSERT INTO "memberships" VALUES('00g1','00u000000','["0pr1"]',1,NULL);
INSERT INTO "memberships" VALUES('00g1','00u000001','["0pr1"]',1,NULL);
INSERT INTO "memberships" VALUES('00g1','00u000002','["0pr1"]',1,2);
INSERT INTO "memberships" VALUES('00g0','00u000002','["0pr1"]',4,NULL);
INSERT INTO "memberships" VALUES('00g1','00u000002','["0pr1"]',4,NULL);
CREATE TABLE "observations" (
   "what" TEXT NOT NULL,
   "id" TEXT NOT NULL,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "observations" VALUES('okta group not visible or deleted','00gx',1,NULL);
CREATE TABLE "okta_groups" (
   "id" TEXT NOT NULL,
   "name" TEXT,
   "type" TEXT,
   "source_id" TEXT,
   "users_count" INTEGER,
   "has_admin_role" INTEGER,
   "created" TEXT,
   "last_membership_updated" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "okta_groups" VALUES('00g0','Team 0','OKTA_GROUP',NULL,NULL,0,NULL,NULL,1,NULL);
INSERT INTO "okta_groups" VALUES('00g1','Team 1','OKTA_GROUP',NULL,NULL,0,NULL,NULL,1,NULL);
CREATE TABLE "okta_orgs" (
   "org_url" TEXT NOT NULL,
   "rules_known" INTEGER,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
, "events_known" INTEGER NOT NULL DEFAULT 0, "events_since" TEXT);
INSERT INTO "okta_orgs" VALUES('https://acme.okta.example',1,1,NULL,0,NULL);
CREATE TABLE "okta_users" (
   "id" TEXT NOT NULL,
   "status" TEXT,
   "login" TEXT,
   "email" TEXT,
   "first_name" TEXT,
   "last_name" TEXT,
   "display_name" TEXT,
   "created" TEXT,
   "activated" TEXT,
   "status_changed" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
, "type_id" TEXT, "realm_id" TEXT, "attributes" TEXT);
INSERT INTO "okta_users" VALUES('00u000000','ACTIVE','p0@acme.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,'[]');
INSERT INTO "okta_users" VALUES('00u000001','ACTIVE','p1@acme.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,'[]');
INSERT INTO "okta_users" VALUES('00u000002','ACTIVE','p2@acme.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,2,NULL,NULL,'[]');
INSERT INTO "okta_users" VALUES('00u000002','ACTIVE','p2@acme.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,4,NULL,NULL,NULL,'[]');
CREATE TABLE "pull_notes" (
   "kind" TEXT NOT NULL,
   "about" TEXT NOT NULL,
   "reason" TEXT NOT NULL,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
CREATE TABLE "pushed_groups" (
   "group_id" TEXT,
   "mapping_id" TEXT NOT NULL,
   "name" TEXT,
   "target_name" TEXT,
   "kandji_group_id" TEXT,
   "status" TEXT,
   "error" TEXT,
   "last_push" TEXT,
   "members" INTEGER,
   "should" INTEGER,
   "in_step" INTEGER,
   "missing" INTEGER,
   "not_assigned" INTEGER,
   "stuck" INTEGER,
   "extra" INTEGER,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
, "coverage" TEXT, "outside_scope" INTEGER NOT NULL DEFAULT 0);
INSERT INTO "pushed_groups" VALUES('00g0','gPm0','Team 0','Team 0','kg0','ACTIVE',NULL,'2026-05-03T12:00:00Z',20,20,19,1,0,0,0,1,NULL,NULL,0);
CREATE TABLE "rules" (
   "id" TEXT NOT NULL,
   "name" TEXT,
   "status" TEXT,
   "expression" TEXT,
   "target_group_ids" TEXT,
   "excluded_user_ids" TEXT,
   "all_groups_valid" INTEGER,
   "created" TEXT,
   "last_updated" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "rules" VALUES('0pr1','Everybody','ACTIVE',NULL,'["00g0"]','[]',NULL,NULL,NULL,1,NULL);
CREATE TABLE "run_notes" (
   "kind" TEXT NOT NULL,
   "about" TEXT NOT NULL,
   "reason" TEXT NOT NULL,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "run_notes" VALUES('check-skipped','everything','scim.users: 502',3,4);
CREATE TABLE "runs" (
   "id" INTEGER PRIMARY KEY,
   "started" TEXT NOT NULL,
   "finished" TEXT NOT NULL,
   "state" TEXT NOT NULL,
   "sentence" TEXT,
   "reason" TEXT,
   "version" TEXT,
   "command_line" TEXT,
   "config_digest" TEXT,
   "data_digest" TEXT,
   "display" TEXT,
   "exit_code" INTEGER,
   "baseline" INTEGER,
   "complete_number" INTEGER,
   "outside_scope" INTEGER
, "settings" TEXT);
INSERT INTO "runs" VALUES(1,'2026-05-03T12:00:00Z','2026-05-03T12:02:00Z','drift','1 person never arrived',NULL,'1.0.0','reconciler run','c0ffee','697280c8e2adb859679eebd3da4304f6e98c7d8bfead87d34edd939d6a86fd51','[["title","acme"],["admin_url","https://acme-admin.okta.example"]]',0,1,1,3,NULL);
INSERT INTO "runs" VALUES(2,'2026-05-03T13:00:00Z','2026-05-03T13:02:00Z','drift','1 person never arrived',NULL,'1.0.0','reconciler run','c0ffee','881c9fec8cd5e9898d89a5b547ca72d043d6a990994add1bf7b168da93092916','[["title","acme"],["admin_url","https://acme-admin.okta.example"]]',0,0,2,3,NULL);
INSERT INTO "runs" VALUES(3,'2026-05-03T14:00:00Z','2026-05-03T14:02:00Z','incomplete','1 person never arrived','scim.users: 502','1.0.0','reconciler run','c0ffee',NULL,'[["title","acme"],["admin_url","https://acme-admin.okta.example"]]',0,0,NULL,NULL,NULL);
INSERT INTO "runs" VALUES(4,'2026-05-03T15:00:00Z','2026-05-03T15:02:00Z','drift','1 person never arrived',NULL,'1.0.0','reconciler run','c0ffee','26951a3006a564a1f985d86a3b050c24520bdc21803194744aaf9afa47de45c9','[["title","acme"],["admin_url","https://acme-admin.okta.example"]]',0,0,3,3,NULL);
CREATE TABLE "scim_groups" (
   "id" TEXT NOT NULL,
   "display_name" TEXT,
   "members_known" INTEGER,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
, "perhaps_cut" INTEGER NOT NULL DEFAULT 0);
INSERT INTO "scim_groups" VALUES('kg0','Team 0',1,1,NULL,0);
INSERT INTO "scim_groups" VALUES('kg1','Team 1',1,1,NULL,0);
CREATE TABLE "scim_memberships" (
   "group_id" TEXT NOT NULL,
   "member_id" TEXT NOT NULL,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "scim_memberships" VALUES('kg0','k000000',1,NULL);
INSERT INTO "scim_memberships" VALUES('kg0','k000001',1,NULL);
INSERT INTO "scim_memberships" VALUES('kg0','k000002',1,2);
INSERT INTO "scim_memberships" VALUES('kg1','k000000',1,NULL);
INSERT INTO "scim_memberships" VALUES('kg1','k000001',1,NULL);
INSERT INTO "scim_memberships" VALUES('kg1','k000002',1,2);
INSERT INTO "scim_memberships" VALUES('kg0','k000002',4,NULL);
INSERT INTO "scim_memberships" VALUES('kg1','k000002',4,NULL);
CREATE TABLE "scim_servers" (
   "base_url" TEXT NOT NULL,
   "capabilities" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "scim_servers" VALUES('https://acme.api.kandji.example/api/v1/scim','{"service_provider_config":null,"paging_honoured":true,"page_cap":100,"cursor_paging":null,"filter_honoured":null,"user_name_case_exact":null,"members_in_lists":null,"excluded_attributes_honoured":null,"patch_supported":null,"etag":null,"numeric_ids":null}',1,NULL);
CREATE TABLE "scim_users" (
   "id" TEXT NOT NULL,
   "user_name" TEXT,
   "active" INTEGER,
   "external_id" TEXT,
   "display_name" TEXT,
   "formatted_name" TEXT,
   "given_name" TEXT,
   "family_name" TEXT,
   "email" TEXT,
   "title" TEXT,
   "department" TEXT,
   "created" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "scim_users" VALUES('k000000','p0@acme.example',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,4);
INSERT INTO "scim_users" VALUES('k000001','p1@acme.example',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL);
INSERT INTO "scim_users" VALUES('k000002','p2@acme.example',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,2);
INSERT INTO "scim_users" VALUES('k000000','p0@acme.example',0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,4,NULL);
INSERT INTO "scim_users" VALUES('k000002','p2@acme.example',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,4,NULL);
CREATE TABLE "sizes" (
   "source" TEXT NOT NULL,
   "about" TEXT NOT NULL,
   "name" TEXT,
   "size" INTEGER,
   "believed" INTEGER,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
CREATE TABLE "sources" (
   "run_id" INTEGER REFERENCES "runs"("id"),
   "position" INTEGER,
   "name" TEXT NOT NULL,
   "state" TEXT NOT NULL,
   "required" INTEGER,
   "rows" INTEGER,
   "pages" INTEGER,
   "requests" INTEGER,
   "read_began" TEXT,
   "read_ended" TEXT,
   "how_known" TEXT,
   "reason" TEXT,
   PRIMARY KEY ("run_id", "position")
);
INSERT INTO "sources" VALUES(1,0,'okta.app_users','complete',1,20,1,1,'2026-05-03T12:00:00Z',NULL,'no next',NULL);
INSERT INTO "sources" VALUES(1,1,'okta.features','refused',0,0,0,0,NULL,NULL,'','403');
INSERT INTO "sources" VALUES(2,0,'okta.app_users','complete',1,20,1,1,'2026-05-03T13:00:00Z',NULL,'no next',NULL);
INSERT INTO "sources" VALUES(2,1,'okta.features','refused',0,0,0,0,NULL,NULL,'','403');
INSERT INTO "sources" VALUES(3,0,'okta.app_users','complete',1,20,1,1,'2026-05-03T14:00:00Z',NULL,'no next',NULL);
INSERT INTO "sources" VALUES(3,1,'okta.features','refused',0,0,0,0,NULL,NULL,'','403');
INSERT INTO "sources" VALUES(4,0,'okta.app_users','complete',1,20,1,1,'2026-05-03T15:00:00Z',NULL,'no next',NULL);
INSERT INTO "sources" VALUES(4,1,'okta.features','refused',0,0,0,0,NULL,NULL,'','403');
CREATE TABLE "stages" (
   "position" INTEGER NOT NULL,
   "name" TEXT,
   "people" INTEGER,
   "leaks" TEXT,
   "began" INTEGER NOT NULL REFERENCES "runs"("id"),
   "ended" INTEGER REFERENCES "runs"("id")
);
INSERT INTO "stages" VALUES(0,'Pushed',20,'[["member-missing","missing",1]]',1,NULL);
INSERT INTO "stages" VALUES(1,'In',19,'[]',1,NULL);
CREATE UNIQUE INDEX "runs_complete" ON "runs" ("complete_number") WHERE complete_number IS NOT NULL;
CREATE UNIQUE INDEX "run_notes_now" ON "run_notes" ("kind", "about", "reason") WHERE ended IS NULL;
CREATE UNIQUE INDEX "pull_notes_now" ON "pull_notes" ("kind", "about", "reason") WHERE ended IS NULL;
CREATE UNIQUE INDEX "judgement_notes_now" ON "judgement_notes" ("kind", "about", "reason") WHERE ended IS NULL;
CREATE UNIQUE INDEX "okta_orgs_now" ON "okta_orgs" ("org_url") WHERE ended IS NULL;
CREATE UNIQUE INDEX "apps_now" ON "apps" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "okta_users_now" ON "okta_users" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "app_users_now" ON "app_users" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "app_groups_now" ON "app_groups" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "mappings_now" ON "mappings" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "rules_now" ON "rules" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "okta_groups_now" ON "okta_groups" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "member_lists_now" ON "member_lists" ("group_id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "memberships_now" ON "memberships" ("group_id", "user_id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "observations_now" ON "observations" ("what", "id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "scim_servers_now" ON "scim_servers" ("base_url") WHERE ended IS NULL;
CREATE UNIQUE INDEX "scim_users_now" ON "scim_users" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "scim_groups_now" ON "scim_groups" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "scim_memberships_now" ON "scim_memberships" ("group_id", "member_id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "kandji_apis_now" ON "kandji_apis" ("api_url") WHERE ended IS NULL;
CREATE UNIQUE INDEX "kandji_users_now" ON "kandji_users" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "kandji_devices_now" ON "kandji_devices" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "findings_now" ON "findings" ("id") WHERE ended IS NULL;
CREATE INDEX "findings_ever" ON "findings" ("id", "began");
CREATE UNIQUE INDEX "finding_states_now" ON "finding_states" ("finding_id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "stages_now" ON "stages" ("position") WHERE ended IS NULL;
CREATE UNIQUE INDEX "pushed_groups_now" ON "pushed_groups" ("mapping_id") WHERE ended IS NULL;
CREATE VIEW "notes" AS SELECT 'run_notes' AS told_by, kind, about, reason, began, ended FROM run_notes UNION ALL SELECT 'pull_notes' AS told_by, kind, about, reason, began, ended FROM pull_notes UNION ALL SELECT 'judgement_notes' AS told_by, kind, about, reason, began, ended FROM judgement_notes;
CREATE UNIQUE INDEX "log_events_now" ON "log_events" ("id") WHERE ended IS NULL;
CREATE UNIQUE INDEX "acceptances_now" ON "acceptances" ("id") WHERE ended IS NULL;
CREATE INDEX "memberships_past" ON "memberships" ("user_id") WHERE ended IS NOT NULL;
CREATE INDEX "scim_memberships_past" ON "scim_memberships" ("member_id") WHERE ended IS NOT NULL;
CREATE UNIQUE INDEX "sizes_now" ON "sizes" ("source", "about") WHERE ended IS NULL;
CREATE UNIQUE INDEX "judged_rules_now" ON "judged_rules" ("rule_id") WHERE ended IS NULL;
CREATE VIEW "open_findings" AS 
        SELECT findings.id, findings.kind, findings.severity, findings.subject_name, findings.sentence,
               CASE WHEN states.state LIKE 'settling%' THEN 'settling'
                    WHEN states.state = 'accepted' THEN 'accepted'
                    WHEN states.began = (SELECT max(id) FROM runs WHERE complete_number IS NOT NULL) THEN states.state
                    ELSE 'open' END AS state,
               runs.finished AS first_seen, findings.cause, findings.accepted, findings.evidence, findings.subject_key
        FROM finding_states AS states
        JOIN findings ON findings.id = states.finding_id AND findings.ended IS NULL
        JOIN runs ON runs.id = states.first_run
        WHERE states.ended IS NULL AND states.state NOT IN ('fixed', 'not judged');
CREATE VIEW "leavers" AS 
        SELECT open_findings.id AS finding, open_findings.state, open_findings.first_seen,
               open_findings.subject_name AS person, okta_users.status AS okta_status,
               okta_users.status_changed AS left_okta, open_findings.subject_key
        FROM open_findings
        LEFT JOIN okta_users ON 'user:' || okta_users.id = open_findings.subject_key AND okta_users.ended IS NULL
        WHERE open_findings.kind = 'left-still-active';
CREATE VIEW "coverage_by_group" AS 
        SELECT name, target_name, status, last_push, members, should, in_step, missing, not_assigned, stuck, extra,
               CASE WHEN should > 0 THEN round(100.0 * in_step / should, 1) END AS percent_in_step,
               coverage, error, group_id, mapping_id
        FROM pushed_groups WHERE ended IS NULL ORDER BY name;
CREATE INDEX "okta_users_name" ON "okta_users" ("login" COLLATE NOCASE) WHERE ended IS NULL;
CREATE INDEX "okta_users_odd_name" ON "okta_users" ("ended") WHERE ended IS NULL AND (login GLOB '*[^ -~]*' OR login GLOB ' *' OR login GLOB '* ');
CREATE INDEX "okta_users_past" ON "okta_users" ("id") WHERE ended IS NOT NULL;
CREATE INDEX "app_users_name" ON "app_users" ("user_name" COLLATE NOCASE) WHERE ended IS NULL;
CREATE INDEX "app_users_odd_name" ON "app_users" ("ended") WHERE ended IS NULL AND (user_name GLOB '*[^ -~]*' OR user_name GLOB ' *' OR user_name GLOB '* ');
CREATE INDEX "app_users_past" ON "app_users" ("id") WHERE ended IS NOT NULL;
CREATE INDEX "scim_users_name" ON "scim_users" ("user_name" COLLATE NOCASE) WHERE ended IS NULL;
CREATE INDEX "scim_users_odd_name" ON "scim_users" ("ended") WHERE ended IS NULL AND (user_name GLOB '*[^ -~]*' OR user_name GLOB ' *' OR user_name GLOB '* ');
CREATE INDEX "scim_users_past" ON "scim_users" ("id") WHERE ended IS NOT NULL;
CREATE INDEX "finding_states_ever" ON "finding_states" ("finding_id", "began");
CREATE INDEX "app_users_external_id" ON "app_users" ("external_id");
CREATE INDEX "scim_users_external_id" ON "scim_users" ("external_id");
CREATE INDEX "okta_users_email" ON "okta_users" ("email" COLLATE NOCASE) WHERE ended IS NULL;
CREATE INDEX "okta_users_odd_email" ON "okta_users" ("ended") WHERE ended IS NULL AND (email GLOB '*[^ -~]*' OR email GLOB ' *' OR email GLOB '* ');
CREATE INDEX "scim_users_email" ON "scim_users" ("email" COLLATE NOCASE) WHERE ended IS NULL;
CREATE INDEX "scim_users_odd_email" ON "scim_users" ("ended") WHERE ended IS NULL AND (email GLOB '*[^ -~]*' OR email GLOB ' *' OR email GLOB '* ');
CREATE INDEX "kandji_users_email" ON "kandji_users" ("email" COLLATE NOCASE) WHERE ended IS NULL;
CREATE INDEX "kandji_users_odd_email" ON "kandji_users" ("ended") WHERE ended IS NULL AND (email GLOB '*[^ -~]*' OR email GLOB ' *' OR email GLOB '* ');
CREATE INDEX "kandji_users_old_id" ON "kandji_users" ("old_id") WHERE ended IS NULL;
CREATE INDEX "journal_applies" ON "journal" ("apply", "change");
CREATE INDEX "journal_changes" ON "journal" ("change");
CREATE UNIQUE INDEX "journal_closing" ON "journal" ("apply", "change") WHERE event IN ('verified', 'not seen', 'skipped', 'failed');
CREATE INDEX "journal_steps" ON "journal" ("step", "event") WHERE step IS NOT NULL;
CREATE TRIGGER "journal_goes_on" BEFORE INSERT ON "journal"
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
      OR NEW.previous IS NOT coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), '')
    BEGIN SELECT RAISE(ABORT, 'the journal goes on at its end alone'); END;
CREATE TRIGGER "journal_is_not_changed" BEFORE UPDATE ON "journal"
    BEGIN SELECT RAISE(ABORT, 'rows of the journal are never changed'); END;
CREATE TRIGGER "journal_is_not_shortened" BEFORE DELETE ON "journal"
    BEGIN SELECT RAISE(ABORT, 'rows of the journal are never deleted'); END;
CREATE VIEW "applies" AS
SELECT began.apply AS number, began.at AS began, ended.at AS ended, began.who AS who,
       json_array_length(began.before, '$.changes') AS changes,
       count(closing.seq) FILTER (WHERE closing.event = 'verified') AS verified,
       count(closing.seq) FILTER (WHERE closing.event = 'not seen') AS not_seen,
       count(closing.seq) FILTER (WHERE closing.event = 'skipped') AS skipped,
       count(closing.seq) FILTER (WHERE closing.event = 'failed') AS failed,
       json_array_length(began.before, '$.changes') - count(closing.seq) AS open,
       json_extract(began.before, '$.by') AS planned_by,
       json_extract(began.before, '$.digest') AS plan_digest,
       json_extract(began.before, '$.undo_of') AS undo_of,
       ended.words AS words
FROM journal AS began
LEFT JOIN journal AS ended ON ended.apply = began.apply AND ended.event = 'ended'
LEFT JOIN journal AS closing ON closing.apply = began.apply AND closing.event IN ('verified', 'not seen', 'skipped', 'failed')
WHERE began.event = 'began'
GROUP BY began.seq ORDER BY began.seq;
CREATE VIEW "changes_made" AS
SELECT began.apply AS apply, json_extract(planned.value, '$.id') AS change,
       json_extract(planned.value, '$.change.change') AS kind, json_extract(planned.value, '$.sentence') AS sentence,
       min(made.at) AS made, coalesce(closing.event, 'open') AS outcome, closing.words AS words, began.who AS who,
       group_concat(DISTINCT made.request_id) AS request_ids, json_extract(planned.value, '$.why') AS why
FROM journal AS began CROSS JOIN json_each(began.before, '$.changes') AS planned
CROSS JOIN journal AS made ON made.apply = began.apply AND made.change = json_extract(planned.value, '$.id')
     AND made.event IN ('sent', 'done')
LEFT JOIN journal AS closing ON closing.apply = began.apply AND closing.change = made.change
     AND closing.event IN ('verified', 'not seen', 'skipped', 'failed')
WHERE began.event = 'began'
GROUP BY began.apply, made.change ORDER BY min(made.seq);
CREATE UNIQUE INDEX "foreseen_now" ON "foreseen" ("finding") WHERE ended IS NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('journal',7);
COMMIT;
PRAGMA application_id = 1869312613;
PRAGMA user_version = 3;
