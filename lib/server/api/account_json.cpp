#include "server/api/account_json.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {
namespace {

std::optional<std::string> timestamp_or_none(const std::optional<Time>& time) {
  return time ? std::optional(format_timestamp(*time)) : std::nullopt;
}

std::optional<std::string> name_or_none(const std::string& name) {
  return name.empty() ? std::nullopt : std::optional(name);
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
      .field("made_by", name_or_none(token.made_by))
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
      .field("made_by", name_or_none(token.made_by))
      .field("parent", token.parent == 0 ? std::nullopt : std::optional(format_id(token.parent)))
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

void write_session(JsonWriter& json, const SessionRow& session, bool is_current) {
  json.begin_object()
      .field("id", format_id(session.id))
      .field("created_at", format_timestamp(session.created_at))
      .field("used_at", format_timestamp(session.used_at))
      .field("client", session.place.client)
      .field("user_agent", session.place.user_agent)
      .field("current", is_current)
      .end_object();
}

void write_ended(JsonWriter& json, const Ended& ended) {
  json.begin_object()
      .field("sessions", ended.sessions)
      .field("tokens", ended.tokens)
      .field("enroll_tokens", ended.enrolment_tokens)
      .end_object();
}

Response ended_response(const Ended& ended) {
  Response response;
  JsonWriter json(response.body);
  write_ended(json.begin_object().key("ended"), ended);
  json.end_object();
  return response;
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
