#include "server/accounts/audit.hpp"
#include "server/api/content.hpp"
#include "server/api/handlers.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"

#include "core/text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_label_chars = 128;

Error wrong_label(std::string_view what) { return {ErrorCode::invalid_input, "user_label: " + std::string(what)}; }

Result<std::optional<std::string>> check_label(std::string_view label) {
  if (!is_utf8(label)) return wrong_label("must be UTF-8");
  const auto is_start = [](unsigned char c) { return (c & 0xC0) != 0x80; };
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(label, is_control)) return wrong_label("must hold no control characters");
  if (std::ranges::count_if(label, is_start) > static_cast<std::ptrdiff_t>(max_label_chars)) {
    return wrong_label("must have at most " + std::to_string(max_label_chars) + " characters");
  }
  return std::optional<std::string>(label);
}

/// The label that `{"user_label": ...}` sets; null takes it away.
Result<std::optional<std::string>> parse_label(const std::string& body) {
  boost::json::error_code error;
  const auto json = boost::json::parse({body.data(), body.size()}, error);
  if (error) return Error{ErrorCode::invalid_input, "body: not JSON: " + error.message()};
  const auto* object = json.if_object();
  const auto* label = object ? object->if_contains("user_label") : nullptr;
  if (!label) return Error{ErrorCode::invalid_input, "body: must be an object with user_label"};
  if (label->is_null()) return std::optional<std::string>();
  if (!label->is_string()) return wrong_label("must be a string or null");
  return check_label({label->get_string().data(), label->get_string().size()});
}

}  // namespace

Response patch_machine(const Request& request, Services& services) {
  const auto body = json_body(request, services.max_body_bytes);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const auto label = parse_label(std::get<std::string>(body));
  if (!label) return problem(400, label.error().message);
  if (Response machine = get_machine(request, services); machine.status != 200) return machine;
  // First: what is written down and then fails does less harm than what is done and not written down.
  const AuditEntry entry = audit_entry(request, services.clock.now(), 200);
  if (auto noted = write_audit(services.database, std::span(&entry, 1)); !noted) {
    return logged_store_problem(noted.error(), services.log);
  }
  const auto changed = services.writer.set_user_label(request.arguments.at(0), *label);
  if (!changed) return logged_store_problem(changed.error(), services.log);
  return get_machine(request, services);
}

}  // namespace activitytrack::server
