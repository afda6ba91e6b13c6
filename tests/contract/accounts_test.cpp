// What the accounts promise, in every database.
#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/tokens.hpp"
#include "server/accounts/users.hpp"
#include "server/events/admission.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

NewSecret enrolment_token(Database& database, EnrolmentToken wanted) {
  wanted.expires_at = noon + 24h;
  return create_enrolment_token(database, wanted, noon).value();
}

SecretToken parsed(const NewSecret& secret) { return parse_secret(secret.text).value(); }

/// As the server does it: in one transaction.
Result<NewSecret> enrol(Database& database, const NewSecret& token, const std::string& machine_id, Time now = noon) {
  Result<NewSecret> secret = NewSecret{};
  const auto done = database.transact([&]() -> Result<void> {
    secret = enrol_machine(database, token.id, machine_id, now);
    if (!secret) return secret.error();
    return {};
  });
  if (!done) return done.error();
  return secret;
}

bool is_good(Database& database, const NewSecret& credential) {
  return find_credential(database, parsed(credential)).value().has_value();
}

void use(Database& database, const NewSecret& credential) {
  const auto found = find_credential(database, parsed(credential)).value();
  REQUIRE(found.has_value());
  REQUIRE(use_credential(database, *found, noon).has_value());
}

Result<NewSecret> rotate(Database& database, const NewSecret& current) {
  Result<NewSecret> secret = NewSecret{};
  const auto done = database.transact([&]() -> Result<void> {
    secret = rotate_credential(database, current.id, "vm-1", noon);
    if (!secret) return secret.error();
    return {};
  });
  if (!done) return done.error();
  return secret;
}

Result<void> revoke(Database& database, const std::string& machine_id) {
  return database.transact([&]() -> Result<void> {
    const auto revoked = revoke_credentials(database, machine_id, noon);
    if (!revoked) return revoked.error();
    return {};
  });
}

User add(Database& database, const std::string& name, Role role, std::vector<std::string> machines = {},
         const std::string& hash = "") {
  return add_user(database, {.name = name, .role = role, .machines = std::move(machines)}, hash, noon).value();
}

std::vector<std::string> audited_actions(Database& database, const AuditQuery& query = {}) {
  std::vector<std::string> actions;
  for (const auto& row : read_audit(database, query).value()) actions.push_back(row.action);
  return actions;
}

}  // namespace

TEST_CASE_TEMPLATE("an enrolment token is good for its uses and its time", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto token = enrolment_token(database, {.uses = 2});
  const auto refusal = [&](const NewSecret& secret, Time now) {
    const auto found = find_enrolment_token(database, parsed(secret), now);
    CHECK((found || found.error().code == ErrorCode::unauthorized));
    return found ? "" : found.error().message;
  };
  CHECK(refusal(token, noon) == "");
  CHECK(refusal(token, noon + 24h) == "this enrolment token has expired; ask for another one");

  CHECK(is_good(database, enrol(database, token, "vm-1").value()));
  CHECK(is_good(database, enrol(database, token, "vm-2").value()));
  CHECK(enrol(database, token, "vm-3").error().code == ErrorCode::unauthorized);
  CHECK(refusal(token, noon) == "this enrolment token is used up; ask for another one");

  const auto late = enrolment_token(database, {});
  CHECK(enrol(database, late, "vm-3", noon + 25h).error().code == ErrorCode::unauthorized);

  // Who does not hold it learns nothing of it.
  const std::string unknown = "this enrolment token is not known to this server, or was revoked; ask for another one";
  auto guessed = token;
  guessed.text.back() = guessed.text.back() == 'A' ? 'E' : 'A';
  CHECK(refusal(guessed, noon) == unknown);
  REQUIRE(revoke_enrolment_token(database, late.id));
  CHECK(refusal(late, noon) == unknown);
}

TEST_CASE_TEMPLATE("an enrolled machine is not taken over, and the token's use is kept", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto mine = enrol(database, enrolment_token(database, {}), "vm-1").value();
  const auto other = enrolment_token(database, {});
  CHECK(enrol(database, other, "vm-1").error().code == ErrorCode::already_exists);
  CHECK(find_enrolment_token(database, parsed(other), noon).value().uses_left == 1);

  // Nor when it was shut out: what it sends later would stand beside what it sent before.
  REQUIRE(revoke(database, "vm-1").has_value());
  CHECK(enrol(database, other, "vm-1").error().code == ErrorCode::already_exists);

  const auto replacing = enrolment_token(database, {.uses = 2, .may_replace = true});
  const auto second = enrol(database, replacing, "vm-1").value();
  const auto third = enrol(database, replacing, "vm-1").value();
  CHECK_FALSE(is_good(database, mine));
  CHECK_FALSE(is_good(database, second));
  CHECK(is_good(database, third));
}

TEST_CASE_TEMPLATE("a credential is known by its secret alone", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  auto credential = enrol(database, enrolment_token(database, {}), "vm-1").value();
  CHECK(is_good(database, credential));
  credential.text.back() = credential.text.back() == 'A' ? 'B' : 'A';
  CHECK_FALSE(is_good(database, credential));
}

TEST_CASE_TEMPLATE("an old credential is good until the new one is first used", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto old = enrol(database, enrolment_token(database, {}), "vm-1").value();
  use(database, old);
  const auto lost = rotate(database, old).value();
  const auto fresh = rotate(database, old).value();  // the answer before got lost
  CHECK(is_good(database, old));
  CHECK_FALSE(is_good(database, lost));
  CHECK(is_good(database, fresh));

  use(database, fresh);
  CHECK_FALSE(is_good(database, old));
  CHECK(is_good(database, fresh));
  CHECK(rotate(database, old).error().code == ErrorCode::unauthorized);
}

TEST_CASE_TEMPLATE("who was let in by a revoked credential stores nothing", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto first = enrol(database, enrolment_token(database, {}), "vm-1").value();
  const auto other = enrol(database, enrolment_token(database, {}), "vm-2").value();
  const auto version = read_accounts_version(database).value();

  REQUIRE(revoke(database, "vm-1").has_value());
  CHECK_FALSE(is_good(database, first));
  CHECK(is_good(database, other));
  Event event;
  event.machine_id = "vm-1", event.timestamp = noon;
  const Batch batch{std::span(&event, 1), std::nullopt};
  CHECK(kind.store.writer->append(std::span(&batch, 1), noon, version).value().stale);
  CHECK_FALSE(kind.store.reader->machine("vm-1").value().has_value());

  const auto revoked = revoked_after(database, version).value();
  CHECK(revoked.ids == std::vector<std::int64_t>{first.id});
  CHECK(revoked.version > version);
  CHECK(revoked_after(database, revoked.version).value().ids.empty());
}

TEST_CASE_TEMPLATE("who has let in nobody yet has no revocation to learn", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto good = enrol(database, enrolment_token(database, {}), "vm-1").value();
  const auto ended = enrol(database, enrolment_token(database, {}), "vm-2").value();
  REQUIRE(revoke(database, "vm-2").has_value());
  const auto at_start = revoked_after(database, -1).value();
  CHECK(at_start.ids.empty());
  CHECK(at_start.version == read_accounts_version(database).value());
  CHECK(revoked_after(database, at_start.version).value().ids.empty());
  CHECK(revoked_after(database, at_start.version - 1).value().ids == std::vector<std::int64_t>{ended.id});
  REQUIRE(revoke(database, "vm-1").has_value());
  CHECK(revoked_after(database, at_start.version).value().ids == std::vector<std::int64_t>{good.id});
}

TEST_CASE_TEMPLATE("people have a name, a role and machines, and go with all they have", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto root = add(database, "root", Role::admin);
  const auto ann = add(database, "Ann", Role::manager, {"vm-2", "vm-1", "vm-1"});
  CHECK(add_user(database, {.name = "ann"}, "", noon).error().code == ErrorCode::already_exists);
  CHECK(add_user(database, {.name = "a b"}, "", noon).error().code == ErrorCode::invalid_input);

  auto found = find_user(database, "ANN").value();
  REQUIRE(found.has_value());
  CHECK(found->role == Role::manager);
  CHECK(found->machines == std::vector<std::string>{"vm-1", "vm-2"});
  CHECK(list_users(database).value().size() == 2);

  REQUIRE(
      change_user(database, "ann", {.role = Role::viewer, .machines = std::vector<std::string>{"vm-3"}}).has_value());
  found = find_user(database, "ann").value();
  CHECK(found->role == Role::viewer);
  CHECK(found->machines == std::vector<std::string>{"vm-3"});

  const auto session = begin_session(database, ann.id, noon).value();
  const auto token = create_api_token(database, ann.id, {.expires_at = noon + 24h}, noon).value();
  REQUIRE(remove_user(database, "ann").has_value());
  CHECK_FALSE(find_session(database, parsed(session), noon).value().has_value());
  CHECK_FALSE(find_api_token(database, parsed(token), noon).value().has_value());
  CHECK(remove_user(database, "ann").error().code == ErrorCode::not_found);
}

TEST_CASE_TEMPLATE("the last admin stays", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  add(database, "root", Role::admin);
  CHECK(remove_user(database, "root").error().code == ErrorCode::conflict);
  CHECK(change_user(database, "root", {.role = Role::viewer}).error().code == ErrorCode::conflict);
  add(database, "second", Role::admin);
  CHECK(change_user(database, "root", {.role = Role::viewer}).has_value());
}

TEST_CASE_TEMPLATE("a session ends when it rests too long, lasts too long, or is ended", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto ann = add(database, "ann", Role::viewer);
  const auto is_signed_in = [&](const NewSecret& session, Time now) {
    return find_session(database, parsed(session), now).value().has_value();
  };
  const auto resting = begin_session(database, ann.id, noon).value();
  CHECK(is_signed_in(resting, noon + session_idle - 1s));
  CHECK(is_signed_in(resting, noon + session_idle + 1h));  // it was used meanwhile
  CHECK_FALSE(is_signed_in(resting, noon + 3 * session_idle));

  const auto busy = begin_session(database, ann.id, noon).value();
  for (Time now = noon; now < noon + session_length; now += 1h) REQUIRE(is_signed_in(busy, now));
  CHECK_FALSE(is_signed_in(busy, noon + session_length));

  const auto ended = begin_session(database, ann.id, noon).value();
  const std::string guessed = ended.text.substr(0, 63) + (ended.text.back() == 'A' ? "E" : "A");
  REQUIRE(end_session(database, parse_secret(guessed).value()).has_value());
  CHECK(is_signed_in(ended, noon));
  REQUIRE(end_session(database, parsed(ended)).has_value());
  CHECK_FALSE(is_signed_in(ended, noon));
}

TEST_CASE_TEMPLATE("the link of a new server makes one admin", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto link = create_setup_link(database, noon).value().value();
  const auto second = create_setup_link(database, noon).value().value();
  CHECK(is_setup_link(database, link.text, noon).value());
  CHECK_FALSE(is_setup_link(database, link.text, noon + setup_link_length).value());
  CHECK_FALSE(is_setup_link(database, "atu_", noon).value());
  add(database, "ann", Role::viewer);  // somebody, but no admin
  CHECK(is_setup_link(database, link.text, noon).value());

  const auto root = use_setup_link(database, link.text, {.name = "root"}, "x", noon);
  REQUIRE(root.has_value());
  CHECK(root->role == Role::admin);
  CHECK(use_setup_link(database, second.text, {.name = "eve"}, "x", noon).error().code == ErrorCode::not_found);
  CHECK_FALSE(create_setup_link(database, noon).value().has_value());
}

TEST_CASE_TEMPLATE("a change is kept with its entry in the audit log, or not at all", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const AuditEntry entry{.at = noon, .kind = "person", .name = "root", .action = "x", .machine_id = "vm-1"};
  const Error trouble{ErrorCode::invalid_input, "no"};
  const auto failed = audited(database, entry, [&]() -> Result<void> {
    add(database, "ann", Role::viewer);
    return trouble;
  });
  CHECK(failed.error() == trouble);
  CHECK_FALSE(find_user(database, "ann").value().has_value());
  CHECK(audited_actions(database).empty());

  const auto done = audited(database, entry, [&]() -> Result<void> {
    add(database, "ann", Role::viewer);
    return {};
  });
  CHECK(done.has_value());
  REQUIRE(read_audit(database, {}).value().size() == 1);
  auto written = read_audit(database, {}).value()[0];
  written.id = entry.id;  // it got one
  CHECK(written == entry);
}

TEST_CASE_TEMPLATE("a text that a database cannot hold is refused in every one alike", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xff"), std::string("\xed\xa0\x80")}) {
    CAPTURE(text);
    for (const Error& error : {read_audit(database, {.machine_id = text}).error(),
                               write_audit(database, std::vector{AuditEntry{.at = noon, .name = text}}).error(),
                               database.transact([&] { return database.execute("SELECT $1", {text}); }).error()}) {
      CHECK(error.code == ErrorCode::invalid_input);
      CHECK(error.message == "a text holds what is not UTF-8, or a NUL character");
    }
  }
  CHECK(audited_actions(database).empty());
}

TEST_CASE_TEMPLATE("the audit log is read by machine, time and page, and old entries go", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  std::vector<AuditEntry> entries;
  for (int i = 0; i < 10; ++i) {
    entries.push_back({.at = noon + i / 2 * 1s, .action = std::to_string(i), .machine_id = i % 2 ? "vm-1" : "vm-2"});
  }
  REQUIRE(write_audit(database, entries).has_value());
  CHECK(audited_actions(database).size() == 10);
  CHECK(audited_actions(database, {.machine_id = "vm-1"}) == std::vector<std::string>{"9", "7", "5", "3", "1"});
  CHECK(audited_actions(database, {.machine_id = "vm-2", .start = noon + 1s, .end = noon + 3s}) ==
        std::vector<std::string>{"4", "2"});

  std::size_t seen = 0;
  AuditQuery page{.limit = 3};
  for (auto rows = read_audit(database, page).value(); !rows.empty(); rows = read_audit(database, page).value()) {
    seen += rows.size();
    page.before = {rows.back().at, rows.back().id};
  }
  CHECK(seen == 10);

  CHECK(drop_old_audit(database, noon + 3s, 2).value() == 2);
  CHECK(drop_old_audit(database, noon + 3s, 100).value() == 4);
  CHECK(audited_actions(database).size() == 4);
}
