#include "server/configuration/layers.hpp"

#include "core/json_reader.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

constexpr std::array<std::string_view, 4> kinds{"defaults", "group", "machine", "order"};

/// A machine with these values of its own, for the rules of config/remote_settings.hpp.
OwnSettings machine_of(const SettingValues& own_bounds, bool may_loosen) {
  OwnSettings own;
  own.settings.remote_may_loosen = true;  // its own values it may have
  own.settings = take_remote(own, own_bounds).settings;
  own.settings.remote_may_loosen = may_loosen;
  return own;
}

void lay_over(const Layer& layer, WantedSettings& wanted) {
  for (const auto& [key, value] : layer.values) wanted.values[key] = value;
}

const Layer* find(const std::map<std::string, Layer, std::less<>>& layers, std::string_view name) {
  const auto found = layers.find(name);
  return found == layers.end() ? nullptr : &found->second;
}

}  // namespace

std::string Scope::text() const {
  std::string text(kinds[static_cast<std::size_t>(kind)]);
  if (kind == Kind::group || kind == Kind::machine) (text += '/') += name;
  return text;
}

std::optional<Scope> Scope::parse(std::string_view text) {
  const std::string_view word = text.substr(0, text.find('/'));
  const auto kind = parse_enum<Kind>(kinds, word);
  const bool is_named = kind == Kind::group || kind == Kind::machine;
  if (!kind || is_named != (word.size() + 1 < text.size())) return std::nullopt;
  if (!is_named) return word.size() == text.size() ? std::optional(Scope{*kind}) : std::nullopt;
  return Scope{*kind, std::string(text.substr(word.size() + 1))};
}

std::string Layer::text() const {
  return json_object([&](JsonWriter& json) {
    json.key("settings").raw(format_values(values));
    if (!groups.empty()) json.field("groups", groups);
  });
}

std::optional<Layer> Layer::parse(std::string_view text) {
  const auto object = parse_json_object(text);
  const auto* settings = object ? object->if_contains("settings") : nullptr;
  if (!settings) return std::nullopt;
  auto values = parse_values(boost::json::serialize(*settings));
  if (!values) return std::nullopt;
  Layer layer{.values = std::move(*values)};
  if (const auto* groups = object->if_contains("groups"); groups && groups->is_array()) {
    for (const auto& group : groups->get_array())
      if (group.is_string()) layer.groups.emplace_back(group.get_string());
  }
  return layer;
}

void Layers::take(std::int64_t version, const Scope& scope, std::optional<Layer> layer) {
  if (before_) {  // machines that wait have it, too
    auto before = std::make_shared<Layers>(*before_);
    before->take(version, scope, layer);
    before_ = std::move(before);
  }
  version_ = std::max(version_, version);
  if (layer) layer->version = version;
  switch (scope.kind) {
    case Scope::Kind::defaults:
      defaults_ = layer ? std::move(*layer) : Layer{.version = version};
      return;
    case Scope::Kind::order:
      order_ = layer ? std::move(*layer) : Layer{.version = version};
      return;
    case Scope::Kind::group:
      layer ? void(groups_[scope.name] = std::move(*layer)) : void(groups_.erase(scope.name));
      return;
    case Scope::Kind::machine:  // one that was removed still counts as a change of its machine
      machines_[scope.name] = layer ? std::move(*layer) : Layer{.version = version};
      return;
  }
}

std::vector<std::string> Layers::order() const {
  std::vector<std::string> all;
  for (const std::string& group : order_.groups)
    if (groups_.contains(group)) all.push_back(group);
  for (const auto& [group, layer] : groups_)
    if (std::ranges::find(all, group) == all.end()) all.push_back(group);
  return all;
}

Layer Layers::of(const Scope& scope) const {
  if (scope.kind == Scope::Kind::defaults) return defaults_;
  if (scope.kind == Scope::Kind::order) return order_;
  const Layer* found = find(scope.kind == Scope::Kind::group ? groups_ : machines_, scope.name);
  return found ? *found : Layer{};
}

std::vector<std::string> Layers::groups_of(std::string_view machine_id) const {
  const Layer* machine = find(machines_, machine_id);
  if (!machine || machine->groups.empty()) return {};
  std::vector<std::string> mine = order();
  std::erase_if(mine, [&](const std::string& group) { return !std::ranges::binary_search(machine->groups, group); });
  return mine;
}

void Layers::take_rollouts(std::vector<Rollout> rollouts, std::shared_ptr<const Layers> before) {
  rollouts_ = std::move(rollouts);
  before_ = std::move(before);
}

const Rollout* Layers::rollout() const {
  const auto found = std::ranges::find_if(rollouts_, &Rollout::is_under_way);
  return found == rollouts_.end() ? nullptr : &*found;
}

template <class Take>
void Layers::each_version(std::string_view machine_id, Take take) const {
  take(defaults_.version);
  const Layer* machine = find(machines_, machine_id);
  if (!machine) return;
  take(machine->version);
  std::size_t groups = 0;
  for (const std::string& name : machine->groups) {
    const Layer* group = find(groups_, name);
    if (!group) continue;
    ++groups;
    take(group->version);
  }
  if (groups > 1) take(order_.version);
}

bool Layers::concerned(std::string_view machine_id, std::int64_t version) const {
  bool is_one_of = false;
  each_version(machine_id, [&](std::int64_t each) { is_one_of |= each == version; });
  return is_one_of;
}

std::optional<std::size_t> Layers::waits_for_wave(std::string_view machine_id,
                                                  const MachineConfigurationState& said) const {
  if (!before_) return std::nullopt;
  for (const Rollout& rollout : rollouts_) {
    if (rollout.state == Rollout::State::done || !concerned(machine_id, rollout.version)) continue;
    const auto wave = wave_of(rollout, machine_id);
    const bool has_begun = wave <= rollout.wave;
    if (has_begun && (rollout.state == Rollout::State::running || has_met(rollout, said))) continue;
    return wave;
  }
  return std::nullopt;
}

WantedSettings Layers::wanted(std::string_view machine_id, const MachineConfigurationState& said) const {
  if (waits_for_wave(machine_id, said)) return before_->wanted(machine_id);
  WantedSettings wanted;
  lay_over(defaults_, wanted);
  for (const std::string& group : groups_of(machine_id)) lay_over(groups_.at(group), wanted);
  if (const Layer* machine = find(machines_, machine_id)) lay_over(*machine, wanted);
  wanted.version = wanted_version(machine_id, said);
  return wanted;
}

std::int64_t Layers::wanted_version(std::string_view machine_id, const MachineConfigurationState& said) const {
  if (waits_for_wave(machine_id, said)) return before_->wanted_version(machine_id);
  std::int64_t version = 0;
  each_version(machine_id, [&](std::int64_t each) { version = std::max(version, each); });
  for (const Rollout& rollout : rollouts_)
    if (concerned(machine_id, rollout.version)) version = number_with(rollout, version);
  return version;
}

std::string value_in(const SettingValues& values, std::string_view key) {
  const auto found = values.find(key);
  return found == values.end() ? "" : found->second;
}

std::vector<std::string> leave_out(SettingValues& values, const SettingValues& own_bounds, bool may_loosen) {
  std::vector<std::string> left_out;
  const OwnSettings machine = machine_of(own_bounds, may_loosen);
  for (const auto& [key, value] : values) {
    const auto* row = find_setting(key);
    if (row && !why_not(machine, *row, value).empty()) left_out.push_back(key);
  }
  for (const std::string& key : left_out) values.erase(key);
  return left_out;
}

Result<void> check_group_name(std::string_view name) {
  constexpr std::size_t most = 64;
  const bool fits =
      !name.empty() && name.size() <= most && name.front() != '.' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
      });
  if (fits) return {};
  return Error{ErrorCode::invalid_input, "must be 1 to 64 of A-Z a-z 0-9 . _ -, and not begin with a point"};
}

}  // namespace activitytrack::server
