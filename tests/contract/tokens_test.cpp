// What ends with what: tokens, sessions and what was made by them, in every database.
#include "server/accounts/tokens.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/users.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

template <class Kind>
struct Accounts {
  Kind kind;
  Database& database = *kind.store.database;
  User root = add("root", Role::admin), ann = add("ann", Role::viewer);

  User add(const std::string& name, Role role) {
    return add_user(database, {.name = name, .role = role}, "", noon).value();
  }

  NewSecret token(const User& user, const Maker& maker = {}, Time expires_at = noon + 24h * 365) {
    return create_api_token(database, user.id, {.may_write = true, .expires_at = expires_at}, noon, maker).value();
  }
  NewSecret enrolment(const Maker& maker = {}) {
    return create_enrolment_token(database, {.expires_at = noon + 24h * 365}, noon, maker).value();
  }

  bool is_good(const NewSecret& secret) {
    const auto parsed = parse_secret(secret.text).value();
    if (parsed.kind == SecretKind::session) return find_session(database, parsed, noon).value().has_value();
    if (parsed.kind == SecretKind::enrolment) return find_enrolment_token(database, parsed, noon).has_value();
    return find_api_token(database, parsed, noon).value().has_value();
  }
};

/// Of what a token of `user` makes.
Maker by(const User& user, const NewSecret& token, Time ends = noon + 24h) { return {user.id, token.id, ends}; }

}  // namespace

TEST_CASE_TEMPLATE("a person's token reads until it expires or is revoked", Kind, STORE_KINDS) {
  Accounts<Kind> a;
  const auto bob = a.add("bob", Role::viewer);
  const auto token =
      create_api_token(a.database, a.ann.id, {.label = "script", .expires_at = noon + 24h}, noon).value();
  const auto holder = find_api_token(a.database, parse_secret(token.text).value(), noon).value();
  REQUIRE(holder.has_value());
  CHECK(holder->user.name == "ann");
  CHECK_FALSE(holder->may_write);
  CHECK_FALSE(find_api_token(a.database, parse_secret(token.text).value(), noon + 24h).value().has_value());

  CHECK(list_api_tokens(a.database, 0).value().size() == 1);
  CHECK(list_api_tokens(a.database, bob.id).value().empty());
  CHECK(list_api_tokens(a.database, a.ann.id).value().at(0).used_at == noon);
  CHECK(revoke_api_token(a.database, token.id, bob.id).error().code == ErrorCode::not_found);
  REQUIRE(revoke_api_token(a.database, token.id, a.ann.id).has_value());
  CHECK_FALSE(a.is_good(token));
}

TEST_CASE_TEMPLATE("a token is no longer good than the token that made it, and ends with it", Kind, STORE_KINDS) {
  Accounts<Kind> a;
  const auto day = a.token(a.root, {}, noon + 24h);
  const auto child = a.token(a.root, by(a.root, day));
  const auto for_ann = a.token(a.ann, by(a.root, child));
  const auto enrolment = a.enrolment(by(a.root, child));
  const auto other = a.token(a.root);
  for (const auto& token : list_api_tokens(a.database, 0).value()) {
    CHECK(token.expires_at == (token.id == other.id ? noon + 24h * 365 : noon + 24h));
    if (token.id == for_ann.id) CHECK((token.parent == child.id && token.made_by == "root"));
  }
  CHECK(list_enrolment_tokens(a.database).value().at(0).expires_at == noon + 24h);
  CHECK(list_enrolment_tokens(a.database).value().at(0).made_by == "root");

  const auto revoked = revoke_api_token(a.database, day.id, 0).value();
  CHECK(revoked.with_it.tokens == 2);
  CHECK(revoked.with_it.enrolment_tokens == 1);
  for (const auto& ended : {day, child, for_ann, enrolment}) CHECK_FALSE(a.is_good(ended));
  CHECK(a.is_good(other));
  CHECK(create_api_token(a.database, a.ann.id, {.expires_at = noon + 1h}, noon, by(a.root, day)).error().code ==
        ErrorCode::unauthorized);
  CHECK(create_enrolment_token(a.database, {.expires_at = noon + 1h}, noon, by(a.root, day)).error().code ==
        ErrorCode::unauthorized);
}

TEST_CASE_TEMPLATE("a new password ends sessions and tokens, and what was made; by choice the tokens stay", Kind,
                   STORE_KINDS) {
  Accounts<Kind> a;
  const Maker root{.user = a.root.id};
  const auto here = begin_session(a.database, a.root.id, noon).value();
  const auto there = begin_session(a.database, a.root.id, noon).value();
  const auto own = a.token(a.root, root), for_ann = a.token(a.ann, root), enrolment = a.enrolment(root);
  const auto anns = a.token(a.ann), commands = a.enrolment();

  auto ended = set_password(a.database, a.root.id, "x", {.kept_session = here.id, .keep_tokens = true}).value();
  CHECK(ended.sessions == 1);
  CHECK(ended.tokens + ended.enrolment_tokens == 0);
  CHECK(a.is_good(here));
  CHECK_FALSE(a.is_good(there));
  for (const auto& kept : {own, for_ann, enrolment, anns, commands}) CHECK(a.is_good(kept));

  ended = set_password(a.database, a.root.id, "x").value();
  CHECK(ended.sessions == 1);
  CHECK(ended.tokens == 2);
  CHECK(ended.enrolment_tokens == 1);
  for (const auto& gone : {here, own, for_ann, enrolment}) CHECK_FALSE(a.is_good(gone));
  for (const auto& kept : {anns, commands}) CHECK(a.is_good(kept));
}

TEST_CASE_TEMPLATE("who is removed, or no admin any more, leaves nothing good that they made", Kind, STORE_KINDS) {
  Accounts<Kind> a;
  const auto second = a.add("second", Role::admin);
  const auto own = a.token(second, {.user = second.id}), for_ann = a.token(a.ann, {.user = second.id});
  const auto enrolment = a.enrolment({.user = second.id});
  const auto changed = change_user(a.database, "second", {.role = Role::manager}).value();
  CHECK(changed.ended.tokens == 1);
  CHECK(changed.ended.enrolment_tokens == 1);
  CHECK(changed.before.role == Role::admin);
  CHECK(changed.after.role == Role::manager);
  CHECK(a.is_good(own));
  CHECK_FALSE(a.is_good(for_ann));
  CHECK_FALSE(a.is_good(enrolment));

  CHECK(remove_user(a.database, "second").value().ended.tokens == 1);
  CHECK_FALSE(a.is_good(own));
}

TEST_CASE_TEMPLATE("a link that makes the first user ends when there is one", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto link = create_setup_link(database, noon).value().value();
  add_user(database, {.name = "root", .role = Role::admin}, "", noon).value();
  CHECK_FALSE(is_setup_link(database, link.text, noon).value());
}

TEST_CASE_TEMPLATE("who was ended or changed changes nothing from then on", Kind, STORE_KINDS) {
  Accounts<Kind> a;
  const auto session = begin_session(a.database, a.root.id, noon).value();
  const auto token = a.token(a.root);
  Principal by_session = principal_of(a.root), by_token = principal_of(a.root);
  by_session.session = session.id;
  by_token.maker.token = token.id;
  CHECK(need_still_known(a.database, by_session).has_value());
  CHECK(need_still_known(a.database, by_token).has_value());
  set_password(a.database, a.root.id, "x").value();
  CHECK(need_still_known(a.database, by_session).error().code == ErrorCode::unauthorized);
  CHECK(need_still_known(a.database, by_token).error().code == ErrorCode::unauthorized);
  Principal was_admin = principal_of(a.ann);
  was_admin.role = Role::admin;
  CHECK(need_still_known(a.database, was_admin).error().code == ErrorCode::unauthorized);
}

TEST_CASE_TEMPLATE("sessions are listed with where they began, ended one by one, and bounded", Kind, STORE_KINDS) {
  Accounts<Kind> a;
  const auto first = begin_session(a.database, a.ann.id, noon, {"10.0.0.7", "Firefox"}).value();
  const auto second = begin_session(a.database, a.ann.id, noon + 1s).value();
  const auto roots = begin_session(a.database, a.root.id, noon).value();
  const auto listed = list_sessions(a.database, a.ann.id, noon + 2s).value();
  REQUIRE(listed.size() == 2);
  CHECK(listed[0].id == second.id);
  CHECK(listed[1].place.client == "10.0.0.7");
  CHECK(listed[1].place.user_agent == "Firefox");
  CHECK(list_sessions(a.database, a.ann.id, noon + session_idle + 1s).value().empty());

  CHECK(end_session_of(a.database, a.ann.id, roots.id).error().code == ErrorCode::not_found);
  REQUIRE(end_session_of(a.database, a.ann.id, first.id).has_value());
  CHECK_FALSE(a.is_good(first));
  for (std::size_t i = 0; i < max_sessions_a_person + 3; ++i) begin_session(a.database, a.ann.id, noon + 1min).value();
  CHECK(list_sessions(a.database, a.ann.id, noon + 1min).value().size() == max_sessions_a_person);
  CHECK(end_sessions(a.database, a.ann.id).value() == static_cast<std::int64_t>(max_sessions_a_person));
  CHECK(a.is_good(roots));
}

TEST_CASE_TEMPLATE("people and tokens are read by pages, and are not without bounds", Kind, STORE_KINDS) {
  Accounts<Kind> a;
  std::vector<std::int64_t> made, seen;
  for (int i = 0; i < max_tokens_a_person; ++i) made.push_back(a.token(a.ann).id);
  CHECK(create_api_token(a.database, a.ann.id, {.expires_at = noon + 1h}, noon).error().code == ErrorCode::conflict);
  CHECK(create_api_token(a.database, a.root.id, {.expires_at = noon + 1h}, noon).has_value());
  NewestFirst page{.limit = 7};
  for (auto rows = list_api_tokens(a.database, a.ann.id, page).value(); !rows.empty();
       rows = list_api_tokens(a.database, a.ann.id, page).value()) {
    for (const auto& row : rows) seen.push_back(row.id);
    page.at = rows.back().created_at, page.id = rows.back().id;
  }
  std::ranges::sort(made), std::ranges::sort(seen);
  CHECK(seen == made);

  for (int i = 0; i < 3; ++i) a.enrolment();
  const auto newest = list_enrolment_tokens(a.database, {.limit = 2}).value();
  REQUIRE(newest.size() == 2);
  const auto rest =
      list_enrolment_tokens(a.database, {.at = newest[1].created_at, .id = newest[1].id, .limit = 2}).value();
  REQUIRE(rest.size() == 1);
  CHECK((rest[0].id != newest[0].id && rest[0].id != newest[1].id));

  REQUIRE(change_user(a.database, "root", {.machines = std::vector<std::string>{"vm-2", "vm-1"}}).has_value());
  CHECK(list_users(a.database, "", 1).value().at(0).name == "ann");
  const auto after = list_users(a.database, "ann", 5).value();
  REQUIRE(after.size() == 1);
  CHECK(after[0].machines == std::vector<std::string>{"vm-1", "vm-2"});
}
