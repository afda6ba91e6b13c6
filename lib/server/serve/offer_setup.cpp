#include "server/serve/offer_setup.hpp"

#include "server/accounts/users.hpp"

#include <cstdio>

namespace activitytrack::server {

Result<void> offer_setup(const ServerSettings& settings, std::string_view address, Database& database, Clock& clock) {
  if (settings.auth == "none") return {};
  const auto link = create_setup_link(database, clock.now());
  if (!link) return link.error();
  if (!*link) return {};
  std::string text = "There is no user yet. Make the first one, within a day, at\n  ";
  text.append(settings.tls_cert.empty() ? "http://" : "https://").append(address);
  text.append("/setup?token=").append((*link)->text);
  text.append("\nor with: activitytrack-server user add NAME --role admin\n");
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  return {};
}

}  // namespace activitytrack::server
