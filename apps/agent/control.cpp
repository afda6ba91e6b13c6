#include "control.hpp"

#include "common/program.hpp"
#include "config/settings_table.hpp"
#include "core/file.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "process.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>

#include <boost/json.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace activitytrack::agent_app {
namespace {

constexpr std::array<std::string_view, 3> command_names{"status", "pause", "resume"};

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

void write_delivery(JsonWriter& json, const AgentStatus::Delivery& delivery) {
  json.key("delivery").begin_object();
  json.field("last_success", known_time(delivery.last_success)).field("last_error", delivery.last_error);
  json.field("sent", delivery.sent).field("rejected", delivery.rejected);
  json.end_object();
}

void write_screenshots(JsonWriter& json, const AgentStatus::Screenshots& status) {
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

void write_paths(JsonWriter& json, const RunningStatus& status) {
  const std::filesystem::path buffer = status.settings.buffer_path;
  json.key("paths").begin_object().field("configuration", status.configuration_file);
  json.field("buffer", buffer.string()).field("state_folder", buffer.parent_path().string()).end_object();
}

void write_configuration(JsonWriter& json, const RunningStatus& status) {
  json.key("configuration").begin_object();
  json.field("file", status.configuration_file).field("error", status.configuration_error);
  json.key("values").begin_object();
  for (const auto& row : settings_table()) json.field(row.key, shown_setting(status.settings, row));
  json.end_object().key("origins").begin_object();
  for (const auto& [key, origin] : status.origins) json.field(key, std::string_view(origin));
  json.end_object().end_object();
}

void write_remote(JsonWriter& json, const RemoteStatus& remote) {
  json.key("server_configuration").begin_object().field("version", remote.version);
  json.field("on_trial", remote.is_candidate).field("needs_restart", remote.needs_restart);
  json.field("may_loosen", remote.may_loosen).field("notice_error", std::string_view(remote.notice_error));
  json.field("settings", remote.keys).field("left_out", remote.left_out);
  json.field("loosened", remote.loosened).field("unknown", remote.unknown);
  if (const auto& failed = remote.failed) {
    json.key("failure").begin_object().field("version", failed->given.version);
    json.field("state", failed->was_reverted ? "reverted" : "refused");
    json.field("key", std::string_view(failed->key)).field("reason", std::string_view(failed->reason)).end_object();
  }
  json.end_object();
}

Error ask_failure(const AgentFiles& files, int errno_value) {
  const bool is_deaf = errno_value == ENOENT || errno_value == ECONNREFUSED;
  if (const auto holder = is_deaf ? program::lock_holder(files.lock) : std::nullopt)
    return {ErrorCode::io, "an agent runs" + shown_holder(*holder) + ", but does not listen on " +
                               files.socket.string() + "; its log says why: mend that, and restart it"};
  if (is_deaf)
    return {ErrorCode::unavailable,
            "no agent is running for " + files.buffer.string() + "; start one with: activitytrack-agent run"};
  if (errno_value == EAGAIN)
    return {ErrorCode::timeout, "the agent does not answer on " + files.socket.string() + "; is it stopped?"};
  return system_error("cannot ask the agent on " + files.socket.string(), errno_value);
}

/// 0, or errno.
int connect_to(int fd, const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  timeval limit{control_timeout.count(), 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return errno;
  // In a folder that others may write to, anybody can listen.
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return errno;
  return peer.uid == ::geteuid() || ::geteuid() == 0 ? 0 : EACCES;
}

int send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return errno;
    if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return 0;
}

int receive_line(int fd, std::string& line) {
  char piece[4096];
  while (!line.ends_with('\n') && line.size() <= max_control_answer) {
    auto got = ::recv(fd, piece, sizeof piece, 0);
    if (got < 0 && errno != EINTR) return errno;
    if (got == 0) return ECONNRESET;
    if (got > 0) line.append(piece, static_cast<std::size_t>(got));
  }
  return line.ends_with('\n') ? 0 : EMSGSIZE;
}

/// The answer's line; the agent's own refusal becomes an error here.
Result<std::string> accepted(std::string line) {
  boost::system::error_code failure;
  auto value = boost::json::parse(line, failure);
  const auto* object = failure ? nullptr : value.if_object();
  const auto* ok = object ? object->if_contains("ok") : nullptr;
  if (!ok || !ok->is_bool()) return Error{ErrorCode::corrupt, "the agent's answer is no JSON; restart it"};
  if (ok->get_bool()) return line;
  const auto* why = object->if_contains("error");
  return Error{ErrorCode::invalid_input, why && why->is_string() ? std::string(why->get_string()) : "refused"};
}

}  // namespace

std::string encode_request(const ControlRequest& request) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("command", command_names[static_cast<std::size_t>(request.command)]);
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

  const auto command = parse_enum<ControlRequest::Command>(command_names, name->get_string());
  if (!command) return invalid("the command is not known to this agent; is it of another version?");

  ControlRequest request{.command = *command};
  if (const auto* minutes = object->if_contains("minutes")) {
    const auto* number = minutes->if_int64();
    if (request.command != ControlRequest::Command::pause) return invalid("minutes go only with pause");
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
  json.field("state", agent.gap ? to_string(*agent.gap) : "collecting").field("since", known_time(agent.since));
  json.field("paused_until", agent.paused_until ? known_time(*agent.paused_until) : std::nullopt);
  json.field("machine_id", agent.interval.machine_id).field("version", ACTIVITYTRACK_VERSION);
  json.field("pid", status.pid).field("started", known_time(status.started));
  json.field("display", agent.display).key("interval").raw(encode_event(agent.interval));
  json.field("collected", agent.collected).field("waiting", agent.waiting);
  json.field("buffer_error", agent.buffer_error);
  write_buffer(json, agent.buffer);
  write_delivery(json, agent.delivery);
  write_screenshots(json, agent.screenshots);
  write_paths(json, status);
  write_configuration(json, status);
  write_remote(json, status.remote);
  json.end_object().end_object();
  return out;
}

std::string encode_done() { return R"({"ok":true})"; }

std::string encode_refusal(std::string_view why) {
  std::string out;
  JsonWriter(out).begin_object().field("ok", false).field("error", why).end_object();
  return out;
}

Result<std::string> ask_agent(const AgentFiles& files, const ControlRequest& request) {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return system_error("cannot open a socket", errno);
  std::string line;
  int failure = connect_to(socket.get(), files.socket);
  if (failure == 0) failure = send_all(socket.get(), encode_request(request) + "\n");
  if (failure == 0) failure = receive_line(socket.get(), line);
  if (failure != 0) return ask_failure(files, failure);
  line.pop_back();
  return accepted(std::move(line));
}

}  // namespace activitytrack::agent_app
