// What doctor looks at beyond this machine, and where screenshots are taken.
#include "agent_parts.hpp"
#include "dbus/bus.hpp"
#include "doctor.hpp"
#include "net/http_client.hpp"
#include "s3/s3_client.hpp"

#include <chrono>
#include <cstdlib>

namespace activitytrack::agent_app {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience{3};
constexpr std::chrono::seconds most_skew{60};

bool is_loopback(const Url& url) {
  return url.host == "localhost" || url.host == "::1" || url.host.starts_with("127.");
}

Check check_skew(const HttpResponse& response) {
  auto theirs = parse_http_date(response.field("Date"));
  if (!theirs) return {"server's clock", true, "the server does not say"};
  auto skew = std::chrono::duration_cast<std::chrono::seconds>(system_clock().now() - *theirs);
  auto text =
      std::to_string(std::abs(skew.count())) + " s " + (skew.count() < 0 ? "ahead of" : "behind") + " this machine's";
  if (std::chrono::abs(skew) <= most_skew) return {"server's clock", true, text};
  return {"server's clock", false, text + "; switch on time synchronization where it is wrong"};
}

Check check_credential(const Settings& settings, const Url& url) {
  if (!settings.credential.empty()) return {"credential", true, "set"};
  if (is_loopback(url)) return {"credential", true, "not set; a server on this machine may do without"};
  return {"credential", false, "not set; ask for an enrolment token, and run: activitytrack-agent enroll URL TOKEN"};
}

/// Takes one as the agent would, and keeps nothing of it.
Check check_screen(const Settings& settings) {
  auto source = make_screen_source("", null_log());
  if (!source) return {"screen", false, source.error().message};
  ScreenSource::Request request{.excluded_apps = settings.screenshot_excluded_apps};
  std::string size;
  auto look = [&](const ScreenSource::Picture& picture) -> Result<void> {
    size = std::to_string(picture.width) + "x" + std::to_string(picture.height);
    return {};
  };
  auto state = (*source)->capture(request, look);
  if (!state) return {"screen", false, state.error().message};
  if (*state == ScreenSource::State::visible) return {"screen", true, "can be taken, " + size + " px"};
  return {"screen", true, "is " + std::string(to_string(*state)) + " just now: no screenshot is taken"};
}

/// Shows nothing.
Result<std::string> ask_notifier() {
  auto bus = dbus::open_bus(dbus::Which::session, patience);
  if (!bus) return bus.error();
  auto message = dbus::new_call(*bus, "org.freedesktop.Notifications", "/org/freedesktop/Notifications",
                                "org.freedesktop.Notifications", "GetServerInformation");
  if (!message) return message.error();
  auto answer = dbus::call(*bus, *message, patience);
  if (!answer) return answer.error();
  const char* name = nullptr;
  if (sd_bus_message_read(answer->get(), "s", &name) < 0 || !name) return std::string("answers");
  return std::string(name);
}

Check check_notifications() {
  auto name = ask_notifier();
  if (name) return {"notifications", true, *name};
  return {"notifications", false,
          "the person cannot be notified of screenshots: " + name.error().message +
              "; run the agent in the desktop session, with a notification service, for example dunst"};
}

}  // namespace

std::vector<Check> check_server(const Settings& settings) {
  if (settings.server_url.empty() && !settings.s3_bucket.empty())
    return {{"server", true, "none: events and screenshots go to the bucket"}};
  if (settings.server_url.empty())
    return {{"server", true, "none: events stay on this machine until server_url or s3.bucket is set"}};
  auto url = parse_url(settings.server_url);
  if (!url) return {{"server", false, "server_url is " + url.error().message}};

  const auto credential = check_credential(settings, *url);
  auto response =
      ask_server(settings, {.url = *url, .max_answer_bytes = 64 << 10, .total = std::chrono::seconds(10)}, "/healthz");
  if (!response) return {{"server", false, response.error().message}, credential};
  if (response->status != 200)
    return {{"server", false,
             url->origin() + " answers " + std::to_string(response->status) +
                 " to /healthz; is it an activitytrack server, and well?"},
            credential};
  return {{"server", true, url->origin() + " answers"}, check_skew(*response), credential};
}

std::vector<Check> check_screenshots(const Settings& settings) {
  if (!settings.screenshots) return {};
  return {check_screen(settings), check_notifications()};
}

std::vector<Check> check_bucket(const Settings& settings) {
  if (settings.s3_bucket.empty()) return {};
  constexpr std::size_t max_bytes = 64 << 10;
  S3Limits limits;
  limits.keep_trying = patience;
  auto client = S3Client::make(s3_options(settings), system_clock(), null_log(), limits);
  if (!client) return {{"bucket", false, client.error().message}};
  // There is no such object. If the credentials may only write, the bucket answers 403 with the code AccessDenied.
  auto got = (*client)->get("activitytrack-doctor", max_bytes);
  if (got || got.error().code == ErrorCode::not_found)
    return {{"bucket", true, settings.s3_bucket + " answers, and knows the credentials"}};
  if (got.error().code == ErrorCode::unauthorized && got.error().message.find("AccessDenied") != std::string::npos)
    return {{"bucket", true, settings.s3_bucket + " answers; reading is not allowed, which writing does without"}};
  return {{"bucket", false, got.error().message}};
}

Check check_kept_screenshots(const AgentFiles& files) {
  // Not opened as a buffer: it belongs to the running agent.
  auto count = [](const fs::path& folder) {
    std::int64_t found = 0;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
      found += at->path().extension() == ".shot";
    return found;
  };
  auto aside = count(files.screenshots / "aside");
  auto text = std::to_string(count(files.screenshots)) + " wait, " + std::to_string(aside) +
              " refused or damaged and kept aside";
  if (aside > 0) text += "; " + (files.screenshots / "aside").string() + " holds them, and the reasons";
  return {"screenshots", aside == 0, text};
}

}  // namespace activitytrack::agent_app
