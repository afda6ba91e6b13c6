#include "server/fleet/attention.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

/// A clock that is off by less does no harm to anybody's day.
constexpr auto clock_tolerance = 2min;
constexpr auto rejections_matter_for = 24h;

/// That it concerns a machine.
struct Concern {
  std::optional<Time> since{};
  std::string detail{};
};
using Concerns = std::optional<Concern>;

Concerns fails_to_capture(const FleetRow& row, Time) {
  if (row.state != Liveness::capture_failing) return std::nullopt;
  return Concern{row.since, "The agent sees no input: there is no display, or it cannot be read."};
}

Concerns refuses_configuration(const FleetRow& row, Time) {
  if (!row.configuration.has_failed()) return std::nullopt;
  const std::string key = row.configuration.error_key.empty() ? "" : ", because of " + row.configuration.error_key;
  return Concern{std::nullopt, "The agent has " +
                                   std::string(row.configuration.state == "refused" ? "refused" : "taken back") +
                                   " version " + std::to_string(row.configuration.version) + key + '.'};
}

Concerns waits_for_held(const FleetRow& row, Time) {
  if (row.configuration.held_version == 0) return std::nullopt;
  return Concern{std::nullopt, "Version " + std::to_string(row.configuration.held_version) +
                                   " of the configuration goes to no more machines until somebody decides: " +
                                   row.configuration.held_reason + '.'};
}

Concerns is_offline(const FleetRow& row, Time) {
  if (row.state != Liveness::offline) return std::nullopt;
  return Concern{row.since, "Not heard of for more than three of its intervals, and it did not say that it would be."};
}

/// By its events, which cannot come before they were.
Concerns has_clock_ahead(const FleetRow& row, Time) {
  const auto ahead = row.machine.latest_event - row.machine.last_seen;
  if (ahead <= clock_tolerance) return std::nullopt;
  const auto minutes = std::chrono::floor<std::chrono::minutes>(ahead).count();
  return Concern{std::nullopt, "Its clock is " + std::to_string(minutes) + " min ahead of the server's."};
}

Concerns has_rejected_events(const FleetRow& row, Time now) {
  const auto& rejection = row.machine.latest_rejection;
  if (!rejection || now - rejection->at > rejections_matter_for) return std::nullopt;
  const std::string field = rejection->field.empty() ? "" : rejection->field + ' ';
  return Concern{std::nullopt, "Events were refused within a day: " + field + rejection->error + '.'};
}

struct Cause {
  std::string_view name;
  Concerns (*concerns)(const FleetRow& row, Time now);
};

constexpr std::array causes{
    Cause{"capture_failing", fails_to_capture}, Cause{"configuration_refused", refuses_configuration},
    Cause{"rollout_held", waits_for_held},      Cause{"offline", is_offline},
    Cause{"clock_off", has_clock_ahead},        Cause{"rejected_events", has_rejected_events},
};

constexpr auto names = [] {
  std::array<std::string_view, causes.size()> all;
  for (std::size_t i = 0; i < causes.size(); ++i) all[i] = causes[i].name;
  return all;
}();

/// The detail is that of the first machine; where others have another one it says so.
void add(Attention& attention, const std::string& machine_id, Concern concern) {
  constexpr std::string_view others = " Others differ.";
  if (concern.since) attention.since = std::min(attention.since.value_or(*concern.since), *concern.since);
  if (attention.machines.empty()) {
    attention.detail = std::move(concern.detail);
  } else if (attention.detail != concern.detail && !attention.detail.ends_with(others)) {
    attention.detail += others;
  }
  attention.machines.push_back(machine_id);
}

}  // namespace

std::span<const std::string_view> attention_causes() noexcept { return names; }

std::vector<Attention> attention_of(std::span<const FleetRow> rows, Time now) {
  std::vector<Attention> found;
  for (const Cause& cause : causes) {
    Attention attention{.cause = cause.name};
    for (const FleetRow& row : rows)
      if (auto concern = cause.concerns(row, now)) add(attention, row.machine.machine_id, std::move(*concern));
    if (!attention.machines.empty()) found.push_back(std::move(attention));
  }
  return found;
}

}  // namespace activitytrack::server
