#include "server/accounts/access.hpp"
#include "server/api/handlers.hpp"
#include "server/configuration/feed.hpp"
#include "server/fleet/live_news.hpp"
#include "server/http/message.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr int too_many_retry_sec = 30;

std::set<std::string, std::less<>> ids_in(std::string_view list) {
  std::set<std::string, std::less<>> ids;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    ids.emplace(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return ids;
}

/// Whether a machine is in a group, by the configuration as it is then.
std::function<bool(std::string_view)> in_group(const ConfigurationFeed& configuration, const std::string& group) {
  return [&configuration, group](std::string_view machine_id) {
    const auto layers = configuration.layers();
    if (!layers) return false;
    const auto groups = layers->groups_of(machine_id);
    return std::ranges::find(groups, group) != groups.end();
  };
}

}  // namespace

Result<Response> get_live(const Request& request, Services& services) {
  if (!services.live) return come_back_later(too_many_retry_sec, "this server has no live updates");
  LiveStream::Filter filter;
  const std::string* machines = request.target.find("machines");
  if (machines && *machines != "*") filter.machines = ids_in(*machines);
  if (const std::string* group = request.target.find("group")) filter.also = in_group(services.configuration, *group);
  auto stream = services.live->open(asker(request), std::move(filter), request.last_event_id);
  if (!stream) return come_back_later(too_many_retry_sec, "too many pages are open with live updates");
  Response response{.content_type = "text/event-stream"};
  response.headers.emplace_back("X-Accel-Buffering", "no");  // for nginx, which would gather it
  response.live = std::move(stream);
  return response;
}

void note_accounts(Services& services) {
  if (services.live) services.live->note_accounts();
}

}  // namespace activitytrack::server
