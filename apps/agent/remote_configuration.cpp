#include "remote_configuration.hpp"

#include "core/file.hpp"
#include "core/json_reader.hpp"
#include "core/json_writer.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace activitytrack::agent_app {

namespace bj = boost::json;

namespace {

/// Of one version, as it is kept. Three of them and the rest fit into the file.
constexpr std::size_t max_given_bytes = 256 << 10;
constexpr std::size_t max_remote_bytes = 1 << 20;
constexpr int most_starts = 2;

void write_given(JsonWriter& json, std::string_view name, const GivenSettings& given) {
  json.key(name).begin_object().field("version", given.version).key("settings").raw(format_values(given.values));
  json.field("left_out", given.left_out).end_object();
}

std::optional<GivenSettings> given_in(const bj::object& object, std::string_view name) {
  const auto* given = object.if_contains({name.data(), name.size()});
  return given ? parse_given(bj::serialize(*given)) : std::nullopt;
}

/// Whether it may be a setting's key, of any version of this program: keys are shown in terminals, and logged.
bool is_key(std::string_view text) {
  constexpr std::size_t longest = 64;
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

/// What a server may say at all: more would not fit where it is kept.
bool is_sane(const GivenSettings& given) {
  std::size_t bytes = format_values(given.values).size();
  for (const std::string& key : given.left_out) bytes += key.size() + 3;
  return given.version >= 0 && bytes <= max_given_bytes && std::ranges::all_of(given.left_out, is_key) &&
         std::ranges::all_of(given.values, [](const auto& value) { return is_key(value.first); });
}

std::optional<FailedSettings> failed_in(const bj::object& object) {
  const auto* failed = object.if_contains("failed");
  const auto* members = failed ? failed->if_object() : nullptr;
  auto given = members ? given_in(*members, "given") : std::nullopt;
  if (!given) return std::nullopt;
  return FailedSettings{std::move(*given), json_text(*members, "state") == "reverted", json_text(*members, "key"),
                        json_text(*members, "reason")};
}

}  // namespace

std::optional<GivenSettings> parse_given(std::string_view json) {
  const auto object = parse_json_object(json);
  const auto* version = object ? object->if_contains("version") : nullptr;
  const auto* settings = object ? object->if_contains("settings") : nullptr;
  if (!version || !version->is_int64() || !settings) return std::nullopt;
  auto values = parse_values(bj::serialize(*settings));
  if (!values) return std::nullopt;
  GivenSettings given{version->get_int64(), std::move(*values)};
  const auto* left_out = object->if_contains("left_out");
  const auto* keys = left_out ? left_out->if_array() : nullptr;
  for (const auto& key : keys ? *keys : bj::array())
    if (key.is_string()) given.left_out.emplace_back(key.get_string());
  return is_sane(given) ? std::optional(std::move(given)) : std::nullopt;
}

std::chrono::seconds OfferPace::rest_after(Instant now) {
  const auto back = (now - refilled_) / each;
  if (left_ + back >= most_at_once) {
    left_ = most_at_once;
    refilled_ = now;
  } else {
    left_ += static_cast<int>(back);
    refilled_ += back * each;
  }
  if (left_ == 0) return each;
  --left_;
  return std::chrono::seconds(1);
}

RemoteConfiguration::RemoteConfiguration(std::filesystem::path file, Log& log) : file_(std::move(file)), log_(log) {
  read();
  if (!candidate_) return;
  if (++starts_ > most_starts) {
    revert("the agent was started with it several times, and never reached the server");
  } else {
    save_or_log();
  }
}

RemoteOutcome RemoteConfiguration::over(const Settings& settings) {
  auto outcome = take_remote(own(settings), in_force().values);
  if (!outcome.refused) return outcome;
  log_.warning("the server's settings do not fit those of this machine any more, and are not in force",
               {{"version", in_force().version},
                {"key", std::string_view(outcome.refused->key)},
                {"reason", std::string_view(outcome.refused->reason)}});
  candidate_.reset();
  good_ = {};
  save_or_log();
  return take_remote(own(settings), {});
}

Result<std::optional<RemoteOutcome>> RemoteConfiguration::offer(const GivenSettings& given, const Settings& settings) {
  if (given == in_force() || (failed_ && failed_->given == given)) return std::optional<RemoteOutcome>();
  auto outcome = take_remote(own(settings), given.values);
  const auto before = std::tuple(candidate_, starts_, failed_);
  if (outcome.refused) {
    failed_ = FailedSettings{given, false, outcome.refused->key, outcome.refused->reason};
  } else {
    candidate_ = given;
    starts_ = 0;
    failed_.reset();
  }
  if (auto saved = save(); !saved) {
    std::tie(candidate_, starts_, failed_) = before;
    return saved.error();
  }
  return std::optional(std::move(outcome));
}

void RemoteConfiguration::confirm() {
  if (!candidate_) return;
  good_ = std::move(*std::exchange(candidate_, std::nullopt));
  starts_ = 0;
  if (const auto key = good_.values.find("screenshots.public_key"); key != good_.values.end() && pinned_key_.empty()) {
    const auto text = bj::parse(key->second);
    if (text.is_string()) pinned_key_ = std::string(text.get_string());
  }
  save_or_log();
}

void RemoteConfiguration::revert(std::string reason) {
  if (!candidate_) return;
  log_.warning("the server's settings are taken back",
               {{"version", candidate_->version}, {"reason", std::string_view(reason)}});
  fail_candidate(true, std::move(reason));
}

void RemoteConfiguration::refuse(std::string reason) {
  if (candidate_) fail_candidate(false, std::move(reason));
}

void RemoteConfiguration::fail_candidate(bool was_reverted, std::string reason) {
  failed_ = FailedSettings{std::move(*std::exchange(candidate_, std::nullopt)), was_reverted, "", std::move(reason)};
  starts_ = 0;
  save_or_log();
}

void RemoteConfiguration::forget_failure() {
  if (std::exchange(failed_, std::nullopt)) save_or_log();
}

void RemoteConfiguration::read() {
  const auto text = read_file_start(file_.string(), max_remote_bytes);
  if (!text && text.error().code == ErrorCode::not_found) return;
  const auto object = text ? parse_json_object(*text) : std::nullopt;
  if (!object) return log_.warning("what the server set cannot be read; it is asked again", {{"file", file_.string()}});
  good_ = given_in(*object, "good").value_or(GivenSettings{});
  candidate_ = given_in(*object, "candidate");
  const auto* starts = object->if_contains("starts");
  starts_ = starts && starts->is_int64() ? static_cast<int>(std::clamp<std::int64_t>(starts->get_int64(), 0, 1000)) : 0;
  failed_ = failed_in(*object);
  pinned_key_ = json_text(*object, "public_key");
}

Result<void> RemoteConfiguration::save() const {
  return replace_private_file(
      file_.string(), json_object([&](JsonWriter& json) {
        write_given(json, "good", good_);
        if (candidate_) write_given(json, "candidate", *candidate_);
        json.field("starts", starts_).field("public_key", pinned_key_);
        if (!failed_) return;
        json.key("failed").begin_object();
        write_given(json, "given", failed_->given);
        json.field("state", failed_->was_reverted ? "reverted" : "refused").field("key", failed_->key);
        json.field("reason", failed_->reason).end_object();
      }));
}

/// What is not on disk is asked of the server again after a restart.
void RemoteConfiguration::save_or_log() const {
  if (auto saved = save(); !saved)
    log_.warning("what the server set cannot be kept", {{"error", std::string_view(saved.error().message)}});
}

}  // namespace activitytrack::agent_app
