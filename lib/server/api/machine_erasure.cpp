#include "server/accounts/audit.hpp"
#include "server/api/handlers.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"
#include "server/maintenance/erasure.hpp"

namespace activitytrack::server {

Response delete_machine(const Request& request, Services& services) {
  constexpr int accepted = 202;
  const Time now = services.clock.now();
  const auto begun = audited(services.database, audit_entry(request, now, accepted),
                             [&] { return begin_erasure(services.database, request.arguments.at(0), now); });
  if (!begun && begun.error().code == ErrorCode::not_found)
    return problem(404, "no events of this machine have arrived");
  if (!begun) return logged_store_problem(begun.error(), services.log);
  return {.status = accepted, .body = R"({"status":"erasing"})"};
}

}  // namespace activitytrack::server
