#include "control_protocol.hpp"

#include "settings_view.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event_json.hpp>

#include <boost/json.hpp>

#include "core/json_writer.hpp"

namespace activitytrack::agent_app {

namespace {

struct CommandName {
  std::string_view word;
  ControlRequest::Command command;
};
constexpr CommandName command_names[] = {
    {"status", ControlRequest::Command::status},
    {"pause", ControlRequest::Command::pause},
    {"resume", ControlRequest::Command::resume},
};

Error invalid(std::string what) { return {ErrorCode::invalid_input, std::move(what)}; }

std::optional<std::string> known_time(Time time) {
  if (time == Time::min()) return std::nullopt;
  return format_timestamp(std::chrono::floor<std::chrono::seconds>(time));
}

void write_buffer(JsonWriter& json, const BufferStats& stats) {
  json.key("buffer").begin_object();
  json.field("pending", stats.pending).field("aside", stats.aside).field("dropped", stats.dropped);
  json.field("bytes", stats.bytes).field("oldest", known_time(stats.oldest));
  json.end_object();
}

void write_delivery(JsonWriter& json, const DeliveryStatus& delivery) {
  json.key("delivery").begin_object();
  json.field("last_success", known_time(delivery.last_success)).field("last_error", delivery.last_error);
  json.field("sent", delivery.sent).field("rejected", delivery.rejected);
  json.end_object();
}

void write_screenshots(JsonWriter& json, const ScreenshotsStatus& status) {
  json.key("screenshots").begin_object().field("on", status.on);
  json.field("taken", status.taken).field("unchanged", status.unchanged);
  json.field("skipped", status.skipped).field("failed", status.failed);
  json.field("last_taken", known_time(status.last_taken)).field("last_skip", status.last_skip);
  json.field("last_error", status.last_error).field("notice_error", status.notice_error);
  json.field("pending", status.buffer.pending).field("bytes", status.buffer.bytes);
  json.field("aside", status.buffer.aside).field("dropped", status.buffer.dropped);
  write_delivery(json, status.delivery);
  json.end_object();
}

void write_configuration(JsonWriter& json, const RunningStatus& status) {
  json.key("configuration").begin_object();
  json.field("file", status.configuration_file).field("error", status.configuration_error);
  json.key("values").begin_object();
  for (const auto& row : settings_table()) json.field(row.key, shown_setting(status.settings, row));
  json.end_object().end_object();
}

}  // namespace

std::string encode_request(const ControlRequest& request) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  for (const auto& each : command_names)
    if (each.command == request.command) json.field("command", each.word);
  if (request.duration) json.field("minutes", request.duration->count());
  json.end_object();
  return out;
}

Result<ControlRequest> decode_request(std::string_view line) {
  namespace bj = boost::json;
  boost::system::error_code failure;
  auto value = bj::parse({line.data(), line.size()}, failure);
  const auto* object = failure ? nullptr : value.if_object();
  if (!object) return invalid("the request is not a JSON object");
  const auto* name = object->if_contains("command");
  if (!name || !name->is_string()) return invalid("the request names no command");

  ControlRequest request;
  bool known = false;
  for (const auto& each : command_names) {
    if (each.word != std::string_view(name->get_string())) continue;
    request.command = each.command;
    known = true;
  }
  if (!known) return invalid("the command is not known to this agent; is it of another version?");

  if (const auto* minutes = object->if_contains("minutes")) {
    const auto* number = minutes->if_int64();
    if (request.command != ControlRequest::Command::pause) return invalid("minutes go with pause alone");
    if (!number || *number < 1 || *number > max_pause_minutes)
      return invalid("minutes must be a whole number from 1 to " + std::to_string(max_pause_minutes));
    request.duration = std::chrono::minutes(*number);
  }
  return request;
}

std::string encode_status(const RunningStatus& status) {
  const auto& agent = status.agent;
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("ok", true).key("status").begin_object();
  json.field("state", agent.paused ? "paused" : "collecting");
  json.field("paused_until", agent.paused_until ? known_time(*agent.paused_until) : std::nullopt);
  json.field("machine_id", agent.interval.machine_id).field("version", ACTIVITYTRACK_VERSION);
  json.field("pid", status.pid).field("started", known_time(status.started));
  json.field("display", agent.display).key("interval").raw(encode_event(agent.interval));
  json.field("collected", agent.collected).field("waiting", agent.waiting);
  json.field("buffer_error", agent.buffer_error);
  write_buffer(json, agent.buffer);
  write_delivery(json, agent.delivery);
  write_screenshots(json, agent.screenshots);
  write_configuration(json, status);
  json.end_object().end_object();
  return out;
}

std::string encode_done() { return R"({"ok":true})"; }

std::string encode_refusal(std::string_view why) {
  std::string out;
  JsonWriter(out).begin_object().field("ok", false).field("error", why).end_object();
  return out;
}

}  // namespace activitytrack::agent_app
