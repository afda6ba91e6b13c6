#include "server/fleet/news_wire.hpp"

#include "server/accounts/secret_token.hpp"

#include <string_view>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::string_view notify = "SELECT pg_notify('activitytrack_live', $1)";
constexpr const char* listen = "LISTEN activitytrack_live;";
constexpr std::size_t most_bytes = 7'900;  // PostgreSQL takes less than 8,000

/// Adds the lines of a payload after its first, which names the server.
void add_lines(std::string_view payload, std::vector<std::string>& lines) {
  for (auto end = payload.find('\n'); end != payload.npos; end = payload.find('\n')) {
    payload.remove_prefix(end + 1);
    lines.emplace_back(payload.substr(0, payload.find('\n')));
  }
}

}  // namespace

NewsWire::NewsWire(Database& database, std::string url)
    : database_(database), url_(std::move(url)), name_(format_id(random_id())) {}

Result<void> NewsWire::tell(const std::vector<std::string>& lines) {
  std::string payload = name_;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    payload += '\n' + lines[i];
    if (i + 1 < lines.size() && payload.size() + 1 + lines[i + 1].size() <= most_bytes) continue;
    if (auto told = database_.execute(notify, {payload}); !told) return told;
    payload = name_;
  }
  return {};
}

Result<std::vector<std::string>> NewsWire::heard() {
  if (!listening_) listening_ = std::make_unique<PostgresConnection>(url_, listen);
  const auto payloads = listening_->notices();
  if (!payloads) return payloads.error();
  std::vector<std::string> lines;
  for (const std::string& payload : *payloads)
    if (!payload.starts_with(name_ + '\n')) add_lines(payload, lines);
  return lines;
}

}  // namespace activitytrack::server
