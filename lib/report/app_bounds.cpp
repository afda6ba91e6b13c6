#include "report/app_bounds.hpp"

#include "report/hours.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

namespace activitytrack {
namespace {

using Place = decltype(Totals::apps)::iterator;

/// Grows with the order in which applications are kept, which makes the cut commute.
constexpr std::size_t packed_bytes(std::size_t name_size) {
  constexpr std::size_t longest_numbers = 22;  // the name's length, seconds and keys
  return name_size + longest_numbers;
}
constexpr std::size_t most_packed_bytes = 7000;

std::vector<Place> named_apps(Totals& totals) {
  std::vector<Place> apps;
  for (auto at = totals.apps.begin(); at != totals.apps.end(); ++at) {
    if (at->first != other_apps) apps.push_back(at);
  }
  return apps;
}

template <class Places>
void join(Totals& totals, const Places& apps) {
  if (apps.begin() == apps.end()) return;
  Totals::App& others = totals.apps[std::string(other_apps)];
  for (const Place& app : apps) {
    others.active_sec += app->second.active_sec;
    add_to(others.key_count, app->second.key_count);
    totals.apps.erase(app);
  }
}

}  // namespace

bool has_bounded_apps(const Totals& totals) {
  std::size_t bytes = 0;
  for (const auto& [name, app] : totals.apps) bytes += name == other_apps ? 0 : packed_bytes(name.size());
  return bytes <= most_packed_bytes;
}

void bound_apps(Totals& totals) {
  if (has_bounded_apps(totals)) return;
  auto apps = named_apps(totals);
  std::ranges::sort(apps, {}, [](Place app) { return std::tuple(app->first.size(), std::string_view(app->first)); });
  auto end = apps.begin();
  for (std::size_t bytes = 0; end != apps.end(); ++end) {
    bytes += packed_bytes((*end)->first.size());
    if (bytes > most_packed_bytes) break;
  }
  join(totals, std::ranges::subrange(end, apps.end()));
}

void keep_top_apps(Totals& totals, std::size_t count) {
  if (totals.apps.size() <= count + 1) return;
  auto apps = named_apps(totals);
  if (apps.size() <= count) return;
  const auto end = apps.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::nth_element(apps, end, [](Place a, Place b) { return is_more_active(*a, *b); });
  join(totals, std::ranges::subrange(end, apps.end()));
}

}  // namespace activitytrack
