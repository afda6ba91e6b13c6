#include "server/accounts/audit.hpp"
#include "server/accounts/cookies.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/role.hpp"
#include "server/accounts/setup_link.hpp"
#include "server/api/account_handlers.hpp"
#include "server/api/account_problem.hpp"
#include "server/api/json_fields.hpp"
#include "server/api/passwords.hpp"
#include "server/api/setup_page.hpp"
#include "server/http/message.hpp"

#include "core/json_writer.hpp"

namespace activitytrack::server {
namespace {

Response create_first_user(const Request& request, Services& services) {
  const auto body = object_body(request);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const auto& fields = std::get<boost::json::object>(body);
  const auto token = text_field(fields, "token");
  if (!token) return problem(400, token.error().message);
  const auto given = text_field(fields, "user");
  if (!given) return problem(400, given.error().message);
  const auto user = normal_user_name(*given);
  if (!user) return problem(400, user.error().message);
  const auto password = text_field(fields, "password");
  if (!password) return problem(400, password.error().message);
  if (auto fits = check_password(*password); !fits) return problem(400, fits.error().message);

  const Time now = services.clock.now();
  const auto good = is_setup_link(services.database, *token, now);
  if (!good) return account_problem(good.error(), services.log);
  if (!*good) return problem(404, "this link has been used or has expired");
  const auto hash = hash_password(*password);
  if (!hash) return account_problem(hash.error(), services.log);
  User admin{.name = *user};
  AuditEntry entry = audit_entry(request, now, 200);
  entry.kind = to_string(Principal::Kind::person);
  entry.name = *user;
  const auto made = audited(services.database, entry, [&]() -> Result<void> {
    auto added = use_setup_link(services.database, *token, User{.name = *user}, *hash, now);
    if (!added) return added.error();
    admin = std::move(*added);
    return {};
  });
  if (!made) return account_problem(made.error(), services.log);
  Response response;
  JsonWriter(response.body).begin_object().field("user", admin.name).field("role", "admin").end_object();
  return response;
}

}  // namespace

Response get_setup(const Request& request, Services& services) {
  const std::string* token = request.target.find("token");
  const auto good = is_setup_link(services.database, token ? *token : "", services.clock.now());
  if (!good) return account_problem(good.error(), services.log);
  if (!*good)
    return problem(404,
                   "this link has been used or has expired; the server prints a new one when it starts "
                   "without users");
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = setup_page().html;
  response.headers.emplace_back("Content-Security-Policy", setup_page().policy);
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

void post_setup(const Request& request, Services& services, Answer answer) {
  if (!request.origin.empty() && !is_same_origin(request)) {
    return answer(problem(403, "set up from this site: Origin is not its own"));
  }
  on_password_thread(request, services, std::move(answer), create_first_user);
}

}  // namespace activitytrack::server
