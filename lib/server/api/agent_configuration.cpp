#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "server/accounts/access.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/configuration/feed.hpp"
#include "server/http/message.hpp"

// Agents ask for their configuration, say which is in force, and wait for the next.

namespace activitytrack::server {
namespace {

constexpr std::size_t max_wait_sec = 300, max_reason_bytes = 500, max_key_bytes = 100;
constexpr int too_many_wait_sec = 60;

Response settings_response(const SentSettings& sent) {
  Response response;
  JsonWriter json(response.body);
  json.begin_object().field("version", sent.version).key("settings").raw(format_values(sent.values));
  if (!sent.left_out.empty()) json.field("left_out", sent.left_out);
  json.end_object();
  return response;
}

std::int64_t version_in(Parameters& parameters, std::string_view name) {
  return static_cast<std::int64_t>(parameters.count(name, 0, INT64_MAX, 0));
}

/// A text that an agent says, cut to what is kept.
std::string said(Parameters& parameters, std::string_view name, std::size_t most) {
  const std::string* given = parameters.find(name);
  return given ? clean_utf8(*given, most) : "";
}

/// The machine that asks: by its credential; where everyone may do everything, as it says.
std::string machine_of(Parameters& parameters, const Principal& who) {
  const std::string* named = parameters.find("machine_id");
  return named ? *named : who.name;
}

MachineConfigurationState::State state_in(Parameters& parameters) {
  const std::string* word = parameters.find("state");
  if (!word)
    return parameters.find("error") ? MachineConfigurationState::State::refused
                                    : MachineConfigurationState::State::applied;
  const auto state = parse_configuration_state(*word);
  if (!state) parameters.refuse("state", "must be applied, refused, reverted or needs_restart");
  return state.value_or(MachineConfigurationState::State::applied);
}

/// What the query says of the machine.
MachineConfigurationState read_state(Parameters& parameters, Time now) {
  MachineConfigurationState machine{.asked_at = now, .applied_version = version_in(parameters, "version")};
  machine.error_key = said(parameters, "error_key", max_key_bytes);
  machine.error_reason = said(parameters, "error", max_reason_bytes);
  machine.error_version = version_in(parameters, "error_version");
  machine.state = state_in(parameters);
  machine.change = version_in(parameters, "change");
  if (const std::string* may = parameters.find("may_loosen")) machine.may_loosen = *may == "true";
  if (const std::string* bounds = parameters.find("bounds")) {
    auto values = parse_values(*bounds);
    if (!values) parameters.refuse("bounds", "must be a JSON object of settings");
    machine.own_bounds = std::move(values).value_or(SettingValues());
  }
  return machine;
}

/// Sends a machine what is new to it, and notes of which rollout that tells it.
void send(const SentSettings& sent, const std::string& machine_id, Services& services, const Answer& answer) {
  if (sent.rollout > 0) services.machine_states.note_told(machine_id, sent.rollout, services.clock.now());
  answer(settings_response(sent));
}

/// Answers when something is new for the machine.
std::function<void()> let_wait(Services& services, const std::string& machine_id, MachineConfigurationState machine,
                               std::int64_t checked, std::chrono::seconds time, const Answer& answer) {
  machine.error_key.clear();  // many wait for long: no more is kept than the answer needs
  machine.error_reason.clear();
  const auto number = services.configuration.wait(
      machine_id, {.machine = std::move(machine),
                   .checked = checked,
                   .until = std::chrono::steady_clock::now() + time,
                   .answer = [answer, machine_id, &services](const SentSettings* news) {
                     news ? send(*news, machine_id, services, answer) : answer({.status = 304});
                   }});
  if (number) return [&services, machine_id, number = *number] { services.configuration.give_up(machine_id, number); };
  answer(come_back_later(too_many_wait_sec, "too many agents wait for their configuration"));
  return nullptr;
}

}  // namespace

std::function<void()> get_agent_configuration(const Request& request, Services& services, Answer answer) {
  const auto answered = [&](Response response) {
    answer(std::move(response));
    return nullptr;
  };
  Parameters parameters(request.target);
  auto machine = read_state(parameters, services.clock.now());
  const std::chrono::seconds wait(parameters.count("wait", 0, max_wait_sec, 0));
  if (parameters.wrong()) return answered(problem(400, parameters.wrong()->message));
  const std::string machine_id = machine_of(parameters, asker(request));
  if (!asker(request).may_send(machine_id)) return answered(problem(403, "this credential is not that machine's"));
  const auto layers = services.configuration.layers();
  if (!layers) return answered(come_back_later(too_many_wait_sec, "the configuration cannot be read now"));
  const SentSettings sent = settings_for(*layers, machine_id, machine);
  if (machine.error_version == 0 && machine.state == MachineConfigurationState::State::refused)
    machine.error_version = sent.version;
  services.machine_states.note(machine_id, machine);
  if (!is_known(machine, sent.version)) {
    send(sent, machine_id, services, answer);
    return nullptr;
  }
  if (wait.count() == 0) return answered(Response{.status = 304});
  return let_wait(services, machine_id, std::move(machine), layers->change(), wait, answer);
}

}  // namespace activitytrack::server
