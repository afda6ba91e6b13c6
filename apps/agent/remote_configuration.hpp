#pragma once

#include "config/remote_settings.hpp"

#include <activitytrack/core/log.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace activitytrack::agent_app {

/// One version of the server's settings for this machine.
struct GivenSettings {
  std::int64_t version = 0;  ///< 0: the server gave none
  SettingValues values{};
  std::vector<std::string> left_out{};  ///< keys that the server did not send, since this machine would refuse them

  friend bool operator==(const GivenSettings&, const GivenSettings&) = default;
};

/// Reads {"version":7,"settings":{...},"left_out":[...]}; nullopt if it is none: also for a version below 0, for keys
/// that no setting could have, and for more than 256 KiB.
std::optional<GivenSettings> parse_given(std::string_view json);

/// How long to rest after each answer that brings settings, so that a server that has new ones without end costs the
/// machine neither disk nor log nor the person's attention: a second for some, then half a minute each.
class OfferPace {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  std::chrono::seconds rest_after(Instant now);

 private:
  static constexpr int most_at_once = 20;
  static constexpr std::chrono::seconds each{30};

  int left_ = most_at_once;
  Instant refilled_{};  ///< up to when what came back is counted
};

/// Why a version is not in force.
struct FailedSettings {
  GivenSettings given{};
  bool was_reverted = false;  ///< it was in force for some time; else it was refused at once
  std::string key{};          ///< "" if it is about none
  std::string reason{};
};

/// What the server wants of this machine's settings, kept on disk, so that a restart at any moment ends in the last
/// version that is known to be good, or in the new one. A new version is a candidate until the agent has reached the
/// server with it: one by which it does not is taken back. All calls from one thread.
class RemoteConfiguration {
 public:
  /// Reads `file`, which is made with the first version. One that cannot be read counts as none, and is logged. A
  /// candidate that the agent was started with more than twice, and never reached the server, is taken back. `log` is
  /// borrowed.
  RemoteConfiguration(std::filesystem::path file, Log& log);

  /// The version in force.
  const GivenSettings& in_force() const { return candidate_ ? *candidate_ : good_; }
  bool is_candidate() const { return candidate_.has_value(); }
  const std::optional<FailedSettings>& failed() const { return failed_; }

  /// The machine's own settings, with the public key that was pinned.
  OwnSettings own(const Settings& settings) const { return {settings, pinned_key_}; }

  /// The settings with the version in force over them. If the machine's own have changed so that it may not be any
  /// more, none is in force from then on, and the result is the machine's own: the server is to be asked anew, and
  /// leaves out what does not fit.
  RemoteOutcome over(const Settings& own);

  /// Takes a version, and makes it the candidate, on disk before this returns; or refuses it. nullopt if there is
  /// nothing to do: it is in force, or failed before. An error, if the disk does not take it, changes nothing.
  Result<std::optional<RemoteOutcome>> offer(const GivenSettings& given, const Settings& own);

  /// The agent reached the server with the version in force.
  void confirm();

  /// The agent did not: what was good before is in force again.
  void revert(std::string reason);

  /// What failed may be offered again: the machine's own settings have changed.
  void forget_failure();

  /// A version that was offered could not be put in force, for the reason given.
  void refuse(std::string reason);

 private:
  void read();
  void fail_candidate(bool was_reverted, std::string reason);
  Result<void> save() const;
  void save_or_log() const;

  const std::filesystem::path file_;
  Log& log_;
  GivenSettings good_{};
  std::optional<GivenSettings> candidate_{};
  int starts_ = 0;  ///< of the agent with the candidate
  std::optional<FailedSettings> failed_{};
  std::string pinned_key_;
};

}  // namespace activitytrack::agent_app
