#include <activitytrack/core/event.hpp>

#include "core/event_batch.hpp"
#include "core/event_fields.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <boost/json.hpp>

#include <array>

namespace activitytrack {
namespace {

constexpr std::array<std::string_view, 3> capture_names{"working", "paused", "failing"};
constexpr std::array<std::string_view, 4> configuration_states{"applied", "refused", "reverted", "needs_restart"};

/// Writes one field; an overload for each type a member has.
struct WriteField {
  JsonWriter& json;
  std::string_view name;
  const Event& event;

  template <class T>
  void operator()(T Event::*member) const {
    json.field(name, event.*member);
  }
  template <class T>
  void operator()(std::optional<T> Event::*member) const {
    if (event.*member) json.field(name, *(event.*member));
  }
  void operator()(Time Event::*member) const { json.field(name, format_timestamp(event.*member)); }
  void operator()(Verdict Event::*member) const { json.field(name, to_string(event.*member)); }
  void operator()(std::optional<Gap> Event::*member) const {
    if (event.*member) json.field(name, to_string(*(event.*member)));
  }
  void operator()(std::vector<std::string> Event::*member) const { json.field(name, event.*member); }
  void operator()(InputMeasures Event::*member) const {
    if (!(event.*member).empty()) json.key(name).raw((event.*member).json());
  }
};

void write_configuration(JsonWriter& json, const AgentConfiguration& said) {
  json.field("may_loosen", said.may_loosen)
      .field("configuration_version", said.version)
      .field("configuration_state", to_string(said.state))
      .field("configuration_change", said.change);
  if (said.error_version == 0) return;
  json.field("configuration_error_version", said.error_version)
      .field("configuration_error_key", said.error_key)
      .field("configuration_error", said.error_reason);
}

void write_agent(JsonWriter& json, const AgentState& agent) {
  json.begin_object()
      .field("version", agent.version)
      .field("collect_interval_sec", agent.collect_interval_sec)
      .field("send_interval_sec", agent.send_interval_sec)
      .field("capture", to_string(agent.capture));
  if (!agent.machine_id.empty()) json.field("machine_id", agent.machine_id);
  if (agent.state) json.field("state", to_string(*agent.state)).field("since", format_timestamp(agent.since));
  if (agent.configuration) write_configuration(json, *agent.configuration);
  json.end_object();
}

}  // namespace

void append_event_json(std::string& out, const Event& event) {
  JsonWriter json(out);
  json.begin_object();
  for (const EventField& field : event_fields()) {
    std::visit(WriteField{json, field.name, event}, field.member);
  }
  json.end_object();
}

std::string encode_event(const Event& event) {
  std::string out;
  append_event_json(out, event);
  return out;
}

void append_agent_json(std::string& out, const AgentState& agent) {
  JsonWriter json(out);
  write_agent(json, agent);
}

std::string encode_batch(std::span<const EncodedEvent> events, const std::optional<AgentState>& agent) {
  return json_object([&](JsonWriter& json) {
    if (agent) write_agent(json.key("agent"), *agent);
    json.key("events").array(events, [&](const EncodedEvent& event) { json.raw(event.json); });
  });
}

std::string_view to_string(AgentState::Capture capture) noexcept {
  return capture_names[static_cast<std::size_t>(capture)];
}

std::optional<AgentState::Capture> parse_capture(std::string_view word) noexcept {
  return parse_enum<AgentState::Capture>(capture_names, word);
}

std::string_view to_string(AgentConfiguration::State state) noexcept {
  return configuration_states[static_cast<std::size_t>(state)];
}

std::optional<AgentConfiguration::State> parse_configuration_state(std::string_view word) noexcept {
  return parse_enum<AgentConfiguration::State>(configuration_states, word);
}

std::string encode_answer(const BatchAnswer& answer, std::span<const Adjusted> adjusted) {
  return json_object([&](JsonWriter& json) {
    json.field("accepted", answer.accepted).field("duplicates", answer.duplicates);
    json.key("rejected").array(answer.rejected, [&](const BatchAnswer::Rejected& r) {
      json.begin_object().field("index", r.index).field("field", r.field).field("error", r.error).end_object();
    });
    if (answer.configuration_version) json.field("configuration_version", *answer.configuration_version);
    if (adjusted.empty()) return;
    json.key("adjusted").array(adjusted, [&](const Adjusted& a) {
      json.begin_object().field("index", a.index).field("field", a.field).field("note", a.note).end_object();
    });
  });
}

Result<BatchAnswer> decode_answer(std::string_view text) {
  try {
    const boost::json::value root = boost::json::parse(text);
    const auto& object = root.as_object();
    BatchAnswer answer;
    answer.accepted = object.at("accepted").to_number<std::size_t>();
    answer.duplicates = object.at("duplicates").to_number<std::size_t>();
    for (const auto& item : object.at("rejected").as_array()) {
      const auto& r = item.as_object();
      answer.rejected.push_back({r.at("index").to_number<std::size_t>(), std::string(r.at("field").as_string()),
                                 std::string(r.at("error").as_string())});
    }
    if (const auto* version = object.if_contains("configuration_version"); version && version->is_int64())
      answer.configuration_version = version->get_int64();
    return answer;
  } catch (const std::exception&) {  // Boost.JSON says by exception that a key or a type is not there
    return Error{ErrorCode::invalid_input, "the server's answer is not {\"accepted\",\"duplicates\",\"rejected\"}"};
  }
}

}  // namespace activitytrack
