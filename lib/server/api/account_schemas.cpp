#include "server/api/schemas.hpp"

namespace activitytrack::server {
namespace {

using namespace schema;

constexpr Property login[] = {{"user", text}, {"password", text}};
constexpr Property setup[] = {{"token", text}, {"user", text}, {"password", text}};
constexpr Property new_password[] = {{"old_password", text}, {"password", text}};
constexpr Property me[] = {{"user", text}, {"role", role}, {"machines", texts}};
constexpr Property first_user[] = {{"user", text}, {"role", role}};
constexpr Property user[] = {{"user", text}, {"role", role}, {"machines", texts}, {"created_at", time}};
constexpr Property users[] = {{"users", "[User]"}};
constexpr Property user_wanted[] = {{"user", text}, {"role", role}, {"password", text}, {"machines", texts, false}};
constexpr Property user_change[] = {{"role", role, false}, {"password", text, false}, {"machines", texts, false}};

constexpr Property enrolment[] = {{"machine_id", text}};
constexpr Property machine_credential[] = {{"machine_id", text}, {"credential", text}};
constexpr Property credential[] = {{"id", text}, {"created_at", time}, {"used_at", time_or_null}};
constexpr Property credentials[] = {{"credentials", "[Credential]"}};
constexpr Property revoked[] = {{"revoked", count}};
constexpr Property enroll_token[] = {{"id", text},    {"label", text},      {"created_at", time}, {"expires_at", time},
                                     {"uses", count}, {"uses_left", count}, {"replace", truth}};
constexpr Property enroll_tokens[] = {{"enroll_tokens", "[EnrollToken]"}};
constexpr Property enroll_token_wanted[] = {
    {"label", text, false}, {"uses", count, false}, {"expires_hours", count, false}, {"replace", truth, false}};
constexpr Property new_token[] = {{"id", text}, {"token", text}, {"expires_at", time}};
constexpr Property token[] = {
    {"id", text},         {"user", text},       {"label", text},          {"may_write", truth},
    {"created_at", time}, {"expires_at", time}, {"used_at", time_or_null}};
constexpr Property tokens[] = {{"tokens", "[Token]"}};
constexpr Property token_wanted[] = {
    {"user", text, false}, {"label", text, false}, {"expires_days", count, false}, {"may_write", truth, false}};

constexpr Property audit_entry[] = {
    {"at", time},     {"kind", text},   {"name", text}, {"action", text}, {"machine_id", text_or_null},
    {"client", text}, {"status", count}};
constexpr Property audit_page[] = {{"entries", "[AuditEntry]"}, {"next_cursor", text_or_null}};

constexpr ObjectSchema all[] = {
    {"Login", login},
    {"Setup", setup},
    {"NewPassword", new_password},
    {"Me", me},
    {"FirstUser", first_user},
    {"User", user},
    {"Users", users},
    {"UserWanted", user_wanted},
    {"UserChange", user_change},
    {"Enrolment", enrolment},
    {"MachineCredential", machine_credential},
    {"Credential", credential},
    {"Credentials", credentials},
    {"Revoked", revoked},
    {"EnrollToken", enroll_token},
    {"EnrollTokens", enroll_tokens},
    {"EnrollTokenWanted", enroll_token_wanted},
    {"NewToken", new_token},
    {"Token", token},
    {"Tokens", tokens},
    {"TokenWanted", token_wanted},
    {"AuditEntry", audit_entry},
    {"AuditPage", audit_page},
};

}  // namespace

std::span<const ObjectSchema> account_schemas() noexcept { return all; }

}  // namespace activitytrack::server
