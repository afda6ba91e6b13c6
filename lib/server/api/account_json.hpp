#pragma once

#include "core/json_writer.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/users.hpp"
#include "server/http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

// The accounts as the API and the commands show them.

namespace activitytrack::server {

void write_account(JsonWriter& json, const EnrolmentToken& token);
void write_account(JsonWriter& json, const ApiToken& token);
void write_account(JsonWriter& json, const User& user);
void write_account(JsonWriter& json, const Credential& credential);

/// Adds the fields that a User and a person's Principal share to an object.
template <class Person>
void write_person(JsonWriter& json, const Person& person) {
  json.field("user", person.name).field("role", to_string(person.role)).key("machines").begin_array();
  for (const std::string& machine : person.machines) json.value(machine);
  json.end_array();
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
