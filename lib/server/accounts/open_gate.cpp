#include "server/accounts/gate.hpp"
#include "server/accounts/principal.hpp"

#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

/// Whether "host", "host:port" or "[v6]:port" could be a name that someone on the internet controls.
bool is_foreign(std::string_view authority) {
  if (authority.starts_with('[')) return !authority.starts_with("[::1]");
  const auto host = authority.substr(0, authority.find(':'));
  const bool has_letter = host.find_first_not_of("0123456789.") != std::string_view::npos;
  if (!has_letter) return !host.empty() && !host.starts_with("127.");
  return host.find('.') != std::string_view::npos && !host.ends_with(".localhost");
}

class OpenGate : public Gate {
 public:
  std::optional<Response> refuse(const Route&, Request& request) override {
    if (is_foreign(request.host)) return problem(403, "this server answers to 127.0.0.1, [::1] and localhost alone");
    const std::string_view origin = request.origin;
    const auto scheme = origin.find("://");
    const auto site = scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
    if (!origin.empty() && (site.empty() || is_foreign(site))) {
      return problem(403, "this server takes no requests from other sites");
    }
    request.identity = Principal::anyone();
    return std::nullopt;
  }

  bool is_known(const Route&, const Request&) override { return true; }
  void answered(const Request&, int) override {}
  std::optional<std::int64_t> version() const override { return std::nullopt; }
  bool still_good(std::int64_t) const override { return true; }
  Result<void> refresh() override { return {}; }
};

}  // namespace

std::unique_ptr<Gate> make_open_gate() { return std::make_unique<OpenGate>(); }

}  // namespace activitytrack::server
