// What doctor looks at beyond this machine, and where screenshots are taken.
#include "agent_parts.hpp"
#include "dbus/bus.hpp"
#include "doctor.hpp"
#include "net/http_client.hpp"
#include "s3/s3_client.hpp"
#include "sender/http_outcome.hpp"

#include <chrono>
#include <cstdlib>

namespace activitytrack::agent_app {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience{3};
constexpr std::chrono::seconds most_skew{60};

Check check_skew(const HttpResponse& response) {
  auto theirs = parse_http_date(response.field("Date"));
  if (!theirs) return {"server's clock", Finding::ok, "the server does not say"};
  auto skew = std::chrono::duration_cast<std::chrono::seconds>(system_clock().now() - *theirs);
  auto text =
      std::to_string(std::abs(skew.count())) + " s " + (skew.count() < 0 ? "ahead of" : "behind") + " this machine's";
  if (std::chrono::abs(skew) <= most_skew) return {"server's clock", Finding::ok, text};
  return {"server's clock", Finding::wrong, text + "; switch on time synchronization where it is wrong"};
}

/// Asks the server as the agent does, for nothing.
Result<HttpResponse> ask(const Settings& settings, const ServerAccess& server, std::string method, std::string body,
                         const std::string& path) {
  HttpRequest request{.method = std::move(method), .url = server.url, .fields = server.fields("application/json")};
  request.body = std::move(body);
  request.max_answer_bytes = 64 << 10;
  request.total = std::chrono::seconds(10);
  return ask_server(settings, std::move(request), path);
}

/// Whether the server, which takes the credential, takes it for another machine than this one. It says so before it
/// says that there is no such screenshot. A proxy that forbids PUT answers 403 as well, but not in the server's words.
bool is_foreign_credential(const Settings& settings, const ServerAccess& server) {
  const auto id = present_machine_id(settings).value_or("");
  if (id.empty() || server.credential.empty()) return false;
  const auto response = ask(settings, server, "PUT", "", "/api/screenshots/" + id + "/none/content");
  return response && response->status == 403 &&
         problem_text(*response, server.credential).find("of its own machine") != std::string::npos;
}

Check check_credential(const Settings& settings, const ServerAccess& server) {
  const bool is_set = !server.credential.empty();
  const auto response = ask(settings, server, "POST", R"({"events":[]})", "/api/events");
  if (!response) return {"credential", Finding::unchecked, response.error().message};
  const bool is_refused = response->status == 401 || response->status == 403;
  if (is_refused && problem_text(*response, server.credential).empty())
    return {"credential", Finding::wrong,
            server.name + " answers " + std::to_string(response->status) +
                ", and not as an activitytrack server does; is there a proxy that stops it?"};
  if (response->status == 401 && !is_set)
    return {"credential", Finding::wrong,
            "not set; ask for an enrolment token, and run: activitytrack-agent enroll URL TOKEN"};
  if (response->status != 200) {
    const auto refusal = refusal_of(*response, "events", server.name, server.credential);
    if (!is_refused) return {"credential", Finding::unchecked, refusal.error.message};
    return {
        "credential", Finding::wrong,
        refusal.error.message + "; ask for a token made with --replace, and run: activitytrack-agent enroll URL TOKEN"};
  }
  if (is_foreign_credential(settings, server))
    return {"credential", Finding::wrong,
            "it is another machine's than machine_id says; ask for an enrolment token, and run: activitytrack-agent "
            "enroll URL TOKEN"};
  return {"credential", Finding::ok, is_set ? "the server takes it" : "not set, and the server does without"};
}

/// Takes one as the agent would, and keeps nothing of it.
Check check_screen(const Settings& settings) {
  auto source = make_screen_source("", null_log());
  if (!source) return {"screen", Finding::wrong, source.error().message};
  ScreenSource::Request request{.excluded_apps = settings.screenshot_excluded_apps};
  std::string size;
  auto look = [&](const ScreenSource::Picture& picture) -> Result<void> {
    size = std::to_string(picture.width) + "x" + std::to_string(picture.height);
    return {};
  };
  auto state = (*source)->capture(request, look);
  if (!state) return {"screen", Finding::wrong, state.error().message};
  if (*state == ScreenSource::State::visible) return {"screen", Finding::ok, "can be taken, " + size + " px"};
  return {"screen", Finding::ok, "is " + std::string(to_string(*state)) + " just now: no screenshot is taken"};
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
  if (name) return {"notifications", Finding::ok, *name};
  return {"notifications", Finding::wrong,
          "the person cannot be notified of screenshots: " + name.error().message +
              "; run the agent in the desktop session, with a notification service, for example dunst"};
}

}  // namespace

std::vector<Check> check_server(const Settings& settings) {
  if (settings.server_url.empty() && !settings.s3_bucket.empty())
    return {{"server", Finding::ok, "none: events and screenshots go to the bucket"}};
  if (settings.server_url.empty())
    return {{"server", Finding::note, "none: events stay on this machine until server_url or s3.bucket is set"}};
  const auto unreached = [](std::string why) -> std::vector<Check> {
    return {{"server", Finding::wrong, std::move(why)},
            {"server's clock", Finding::unchecked, "the server cannot be asked"},
            {"credential", Finding::unchecked, "the server cannot be asked"}};
  };
  const auto server = server_access(server_options(settings));
  if (!server) return unreached(server.error().message);
  const auto response = ask(settings, *server, "GET", "", "/healthz");
  if (!response) return unreached(response.error().message);
  if (response->status != 200)
    return unreached(server->name + " answers " + std::to_string(response->status) +
                     " to /healthz; is it an activitytrack server, and well?");
  return {
      {"server", Finding::ok, server->name + " answers"}, check_skew(*response), check_credential(settings, *server)};
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
  if (!client) return {{"bucket", Finding::wrong, client.error().message}};
  // There is no such object. If the credentials may only write, the bucket answers 403 with the code AccessDenied.
  auto got = (*client)->get("activitytrack-doctor", max_bytes);
  if (got || got.error().code == ErrorCode::not_found)
    return {{"bucket", Finding::ok, settings.s3_bucket + " answers, and knows the credentials"}};
  if (got.error().code == ErrorCode::unauthorized && got.error().message.find("AccessDenied") != std::string::npos)
    return {
        {"bucket", Finding::ok, settings.s3_bucket + " answers; reading is not allowed, which writing does without"}};
  return {{"bucket", Finding::wrong, got.error().message}};
}

Check check_kept_screenshots(const AgentFiles& files) {
  // Not opened as a buffer: it belongs to the running agent.
  std::error_code unreadable;
  auto count = [&](const fs::path& folder) {
    std::int64_t found = 0;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
      found += at->path().extension() == ".shot";
    if (failed && failed != std::errc::no_such_file_or_directory) unreadable = failed;
    return found;
  };
  auto waiting = count(files.screenshots), aside = count(files.screenshots / "aside");
  if (unreadable)
    return {"screenshots", Finding::wrong,
            "cannot look into " + files.screenshots.string() + ": " + unreadable.message()};
  auto text = std::to_string(waiting) + " wait, " + std::to_string(aside) + " refused or damaged and kept aside";
  if (aside > 0) text += "; " + (files.screenshots / "aside").string() + " holds them, and the reasons";
  return {"screenshots", aside == 0 ? Finding::ok : Finding::wrong, text};
}

}  // namespace activitytrack::agent_app
