#pragma once

#include "configuration.hpp"
#include "net/http_client.hpp"

#include <activitytrack/agent/agent.hpp>
#include <activitytrack/s3/s3_options.hpp>
#include <activitytrack/sender/sender.hpp>

#include <string_view>

namespace activitytrack::agent_app {

// What the settings say, as the library takes it.

bool has_display();

/// Whether this is a session of Wayland, by its environment.
bool is_wayland_session();

/// What is counted there.
inline constexpr std::string_view counted_on_wayland =
    "a Wayland session: only what is done in X programs (through Xwayland) is counted";

/// The id of the settings, else the one that is kept beside the buffer, which is made if there is none.
Result<std::string> own_machine_id(const Settings& settings);

/// The same, but "" if there is none yet, and none is made.
Result<std::string> present_machine_id(const Settings& settings);

/// All options but those of screenshots.
AgentOptions agent_options(const Settings& settings);

/// Makes this machine's key if screenshots are on, are not sealed for a receiver, and there is none yet. Fails if that
/// cannot be read or made.
Result<AgentOptions::Screenshots> screenshot_options(const Settings& settings, const AgentFiles& files);

HttpSenderOptions server_options(const Settings& settings);
S3Options s3_options(const Settings& settings);

/// How long what could not be sent is kept, and how much of it.
BufferBounds event_bounds(const Settings& settings);
BufferBounds screenshot_bounds(const Settings& settings);

/// The parts that are on this machine: all but the buffer of events and the senders. `log` is borrowed.
Result<AgentParts> local_parts(const Settings& settings, const AgentFiles& files, Log& log);

/// The sender of events: to the server, else to the bucket; null if the settings name neither. `log` is borrowed.
Result<std::unique_ptr<Sender>> open_sender(const Settings& settings, Log& log);

/// The sender of screenshots: to the bucket, else to the server; null if the settings name neither.
Result<std::unique_ptr<ScreenshotSender>> open_screenshot_sender(const Settings& settings, Log& log);

/// Sends a request of this program, which is no agent's delivery, to `path` below the request's URL.
Result<HttpResponse> ask_server(const Settings& settings, HttpRequest request, std::string_view path);

}  // namespace activitytrack::agent_app
