#include "server/api/account_json.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {
namespace {

std::optional<std::string> timestamp_or_none(const std::optional<Time>& time) {
  return time ? std::optional(format_timestamp(*time)) : std::nullopt;
}

}  // namespace

void write_account(JsonWriter& json, const EnrolmentToken& token) {
  json.begin_object()
      .field("id", format_id(token.id))
      .field("label", token.label)
      .field("created_at", format_timestamp(token.created_at))
      .field("expires_at", format_timestamp(token.expires_at))
      .field("uses", token.uses)
      .field("uses_left", token.uses_left)
      .field("replace", token.may_replace)
      .end_object();
}

void write_account(JsonWriter& json, const ApiToken& token) {
  json.begin_object()
      .field("id", format_id(token.id))
      .field("user", token.user)
      .field("label", token.label)
      .field("may_write", token.may_write)
      .field("created_at", format_timestamp(token.created_at))
      .field("expires_at", format_timestamp(token.expires_at))
      .field("used_at", timestamp_or_none(token.used_at))
      .end_object();
}

void write_account(JsonWriter& json, const User& user) {
  json.begin_object();
  write_person(json, user);
  json.field("created_at", format_timestamp(user.created_at)).end_object();
}

void write_account(JsonWriter& json, const Credential& credential) {
  json.begin_object()
      .field("id", format_id(credential.id))
      .field("created_at", format_timestamp(credential.created_at))
      .field("used_at", timestamp_or_none(credential.used_at))
      .end_object();
}

std::string new_secret_json(const NewSecret& secret, Time expires_at) {
  std::string text;
  JsonWriter(text)
      .begin_object()
      .field("id", format_id(secret.id))
      .field("token", secret.text)
      .field("expires_at", format_timestamp(expires_at))
      .end_object();
  return text;
}

}  // namespace activitytrack::server
