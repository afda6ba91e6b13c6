#pragma once

#include "core/json_writer.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/tokens.hpp"
#include "server/accounts/users.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

// The accounts as the API and the commands show them.

namespace activitytrack::server {

/// Of people, tokens and enrolment tokens.
constexpr std::size_t max_accounts_a_page = 1000;

void write_account(JsonWriter& json, const EnrolmentToken& token);
void write_account(JsonWriter& json, const ApiToken& token);
void write_account(JsonWriter& json, const User& user);
void write_account(JsonWriter& json, const Credential& credential);

/// Adds the fields that a User and a person's Principal share to an object.
template <class Person>
void write_person(JsonWriter& json, const Person& person) {
  json.field("user", person.name).field("role", to_string(person.role));
  json.field("machines", person.machines);
}

/// A session; `is_current`: by which who asks came.
void write_session(JsonWriter& json, const SessionRow& session, bool is_current);

/// {"sessions":1,"tokens":2,"enroll_tokens":0}
void write_ended(JsonWriter& json, const Ended& ended);

/// 200 with {"ended":{...}}.
Response ended_response(const Ended& ended);

/// The page that the parameters ask for, of rows in order of time, as `list` reads them:
/// {"NAME":[...],"next_cursor":...}
template <class List>
Result<Response> newest_first_response(const Request& request, std::string_view name, List list) {
  Parameters parameters(request.target);
  const auto limit = parameters.count("limit", max_accounts_a_page, max_accounts_a_page);
  NewestFirst page = parameters.newest_first();
  if (parameters.wrong()) return *parameters.wrong();
  page.limit = limit + 1;
  const auto append = [](std::string& text, const auto& account) {
    JsonWriter json(text);
    write_account(json, account);
  };
  const auto cursor = [](const auto& last) { return make_cursor(last.created_at, last.id); };
  return page_response(name, list(page), limit, append, cursor);
}

/// {"NAME":[{...},...]}
template <class Account>
Result<Response> accounts_response(std::string_view name, const Result<std::vector<Account>>& accounts) {
  if (!accounts) return accounts.error();
  Response response;
  JsonWriter json(response.body);
  json.begin_object().key(name).begin_array();
  for (const Account& account : *accounts) write_account(json, account);
  json.end_array().end_object();
  return response;
}

/// A secret that was just made, the one time it is shown.
std::string new_secret_json(const NewSecret& secret, Time expires_at);

}  // namespace activitytrack::server
