#pragma once

#include "configuration.hpp"
#include "net/http_client.hpp"

#include <activitytrack/agent/agent.hpp>
#include <activitytrack/s3/s3_options.hpp>

namespace activitytrack::agent_app {

// What the settings say, as the library takes it.

bool has_display();

/// The id of the settings, else the one that is kept beside the buffer, which is made if there is none.
Result<std::string> own_machine_id(const Settings& settings);

/// All options but those of screenshots.
AgentOptions agent_options(const Settings& settings);

/// Makes this machine's key if screenshots are on, are not sealed for a receiver, and there is none yet. Fails if that
/// cannot be read or made.
Result<AgentOptions::Screenshots> screenshot_options(const Settings& settings, const AgentFiles& files);

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
