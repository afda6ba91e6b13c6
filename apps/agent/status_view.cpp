#include "status_view.hpp"

#include <activitytrack/core/clock.hpp>

#include <boost/json.hpp>

#include <charconv>

namespace activitytrack::agent_app {

namespace bj = boost::json;

namespace {

/// Reads what may be missing: an agent of another version may say less.
class Fields {
 public:
  explicit Fields(const bj::value* value) : object_(value ? value->if_object() : nullptr) {}

  const bj::value* at(std::string_view name) const {
    return object_ ? object_->if_contains({name.data(), name.size()}) : nullptr;
  }
  Fields under(std::string_view name) const { return Fields(at(name)); }
  std::string text(std::string_view name) const {
    const auto* value = at(name);
    return value && value->is_string() ? std::string(value->get_string()) : "";
  }
  double number(std::string_view name) const {
    const auto* value = at(name);
    return value && value->is_number() ? value->to_number<double>() : 0;
  }
  std::string count(std::string_view name) const { return std::to_string(static_cast<std::int64_t>(number(name))); }
  std::string words(std::string_view name) const {
    std::string text;
    const auto* value = at(name);
    if (const auto* list = value ? value->if_array() : nullptr)
      for (const auto& word : *list)
        if (word.is_string()) text.append(text.empty() ? "" : "; ").append(std::string_view(word.get_string()));
    return text;
  }
  const bj::object* object() const { return object_; }

 private:
  const bj::object* object_;
};

bj::value parse(std::string_view answer) {
  boost::system::error_code failure;
  return bj::parse({answer.data(), answer.size()}, failure);
}

std::string size_text(double bytes) {
  if (bytes < 1024 * 1024) return std::to_string(static_cast<std::int64_t>(bytes / 1024)) + " KiB";
  return std::to_string(static_cast<std::int64_t>(bytes / 1024 / 1024)) + " MiB";
}

std::string seconds_text(double seconds) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, seconds, std::chars_format::fixed, 0).ptr};
}

std::string ago(const std::string& when, Time now) {
  auto time = parse_timestamp(when);
  if (!time) return when;
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *time).count();
  if (seconds < 0) return when;
  if (seconds < 120) return when + " (" + std::to_string(seconds) + " s ago)";
  if (seconds < 7200) return when + " (" + std::to_string(seconds / 60) + " min ago)";
  if (seconds < 172'800) return when + " (" + std::to_string(seconds / 3600) + " h ago)";
  return when + " (" + std::to_string(seconds / 86'400) + " days ago)";
}

/// A line of the list.
void put(std::string& list, std::string_view name, const std::string& text, std::size_t indent = 0) {
  std::string line(indent, ' ');
  line.append(name);
  line.resize(std::max(line.size() + 1, std::size_t{16} + 14 * (indent > 0)), ' ');
  list += line + (text.empty() ? "-" : text) + '\n';
}

std::string headline(const Fields& status, Time now) {
  auto until = status.text("paused_until");
  auto since = status.text("since");
  auto state =
      status.text("state") + (since.empty() ? "" : " since " + since) + (until.empty() ? "" : " until " + until);
  return state + ", pid " + status.count("pid") + ", started " + ago(status.text("started"), now);
}

/// The person sees what others will: a lead, not proof.
void add_judgement(std::string& list, const Fields& event) {
  auto verdict = event.text("input_verdict");
  bool in_part = verdict == "mixed";
  if (verdict != "scripted" && !in_part)
    return put(list, "Judged", verdict == "genuine" ? "looks genuine" : "no input yet");
  put(list, "Judged", in_part ? "looks scripted in part, which is not counted" : "looks scripted, and is not counted");
  put(list, "", event.words("scripted_reasons"));
  put(list, "", "a lead, not proof: docs/genuine-input.md");
}

void add_interval(std::string& list, const Fields& event) {
  put(list, "This interval", seconds_text(event.number("interval_sec")) + " s since " + event.text("timestamp"));
  put(list, "",
      event.count("key_count") + " keys, " + event.count("mouse_clicks") + " clicks, " +
          event.count("mouse_distance_px") + " px, " + event.count("scroll_count") + " notches; active " +
          seconds_text(event.number("active_sec")) + " s; scripted " + event.count("scripted_count"));
  add_judgement(list, event);
  put(list, "Focus", event.text("active_app"));
}

void add_delivery(std::string& list, const Fields& status, Time now) {
  auto buffer = status.under("buffer"), delivery = status.under("delivery");
  auto oldest = buffer.text("oldest");
  put(list, "Buffered",
      buffer.count("pending") + " events, " + size_text(buffer.number("bytes")) +
          (oldest.empty() ? "" : ", oldest " + oldest));
  put(list, "",
      buffer.count("aside") + " refused and kept aside, " + buffer.count("dropped") + " dropped, " +
          status.count("collected") + " collected since the start");
  auto last = delivery.text("last_success");
  put(list, "Last sent",
      (last.empty() ? "never" : ago(last, now)) + ", " + delivery.count("sent") + " events since the start");
  auto send_error = delivery.text("last_error"), buffer_error = status.text("buffer_error");
  if (!buffer_error.empty()) put(list, "Buffer error", buffer_error + "; " + status.count("waiting") + " events wait");
  put(list, "Last error", send_error.empty() ? "none" : send_error);
}

std::string captures_text(const Fields& shots, Time now) {
  auto text = "on; " + shots.count("taken") + " taken";
  if (shots.number("unchanged") > 0) text += ", " + shots.count("unchanged") + " unchanged";
  if (shots.number("skipped") > 0)
    text += ", " + shots.count("skipped") + " prevented (last: " + shots.text("last_skip") + ")";
  if (shots.number("failed") > 0) text += ", " + shots.count("failed") + " failed";
  auto last = shots.text("last_taken");
  return text + "; last " + (last.empty() ? "never" : ago(last, now));
}

std::string no_captures_text(const Fields& shots) {
  return shots.text("last_error").empty() ? "on, but there is no display to take them of" : "on, but none can be taken";
}

void add_screenshots(std::string& list, const Fields& status, Time now) {
  auto shots = status.under("screenshots"), delivery = shots.under("delivery");
  auto wanted = status.under("configuration").under("values").text("features.screenshots") == "true";
  const auto* on = shots.at("on");
  bool taken = on && on->is_bool() && on->get_bool();
  put(list, "Screenshots", taken ? captures_text(shots, now) : wanted ? no_captures_text(shots) : "off");
  if (shots.number("pending") + shots.number("aside") + shots.number("dropped") > 0)
    put(list, "",
        shots.count("pending") + " wait, " + size_text(shots.number("bytes")) + "; " + shots.count("aside") +
            " refused and kept aside, " + shots.count("dropped") + " dropped");
  auto sent = delivery.text("last_success");
  if (!sent.empty()) put(list, "", delivery.count("sent") + " sent since the start, last " + ago(sent, now));
  for (const auto& error : {shots.text("last_error"), shots.text("notice_error"), delivery.text("last_error")})
    if (!error.empty()) put(list, "", "error: " + error);
}

bool is_true(const Fields& fields, std::string_view name) {
  const auto* value = fields.at(name);
  return value && value->is_bool() && value->get_bool();
}

/// Of a version that is not in force, with what to do; "" if there is none.
std::string failure_text(const Fields& server) {
  const auto failure = server.under("failure");
  if (!failure.object()) return "";
  const auto key = failure.text("key");
  return "version " + failure.count("version") + " " + failure.text("state") + ": " + (key.empty() ? "" : key + " ") +
         failure.text("reason") + "; it is not tried again until it is changed at the server";
}

void add_server_configuration(std::string& list, const Fields& server) {
  if (!server.object()) return;
  const auto known = server.words("settings"), failure = failure_text(server);
  put(list, "From server",
      server.number("version") == 0
          ? "nothing"
          : "version " + server.count("version") + (is_true(server, "on_trial") ? ", on trial" : "") +
                (known.empty() ? ": no setting" : ": " + known));
  const auto add = [&](std::string_view name, std::string_view what) {
    if (auto keys = server.words(name); !keys.empty()) put(list, "", std::string(what) + keys);
  };
  add("loosened", "looser than this machine's own, which its file allows: ");
  add("left_out", "left out, since this machine does not allow it: ");
  add("unknown", "passed over, since this agent does not know it: ");
  if (is_true(server, "needs_restart")) put(list, "", "some of it changes only when the agent is restarted");
  if (!failure.empty()) put(list, "", "not in force: " + failure);
  if (auto error = server.text("notice_error"); !error.empty())
    put(list, "", "what was loosened could not be told on the desktop: " + error);
  put(list, "", std::string(loosening_text(is_true(server, "may_loosen"))));
}

void add_configuration(std::string& list, const Fields& status) {
  auto paths = status.under("paths"), configuration = status.under("configuration");
  put(list, "Buffer", paths.text("buffer"));
  put(list, "State folder", paths.text("state_folder"));
  auto file = configuration.text("file"), error = configuration.text("error");
  put(list, "Configuration", file.empty() ? "no file; defaults, environment and options" : file);
  if (!error.empty())
    put(list, "", "refused, and the last good one stays in force: " + error.substr(0, error.find('\n')));
  add_server_configuration(list, status.under("server_configuration"));
  const auto values = configuration.under("values"), origins = configuration.under("origins");
  if (!values.object()) return;
  for (const auto& [key, value] : *values.object()) {
    const auto origin = origins.text({key.data(), key.size()});
    const std::string from = origin.empty() ? "" : "  (" + origin + ")";
    put(list, {key.data(), key.size()}, (value.is_string() ? std::string(value.get_string()) : "") + from, 2);
  }
}

}  // namespace

std::string format_status(std::string_view answer, Time now) {
  auto value = parse(answer);
  auto status = Fields(&value).under("status");
  std::string list;
  put(list, "State", headline(status, now));
  put(list, "Machine", status.text("machine_id"));
  put(list, "Display", status.text("display"));
  add_interval(list, status.under("interval"));
  add_delivery(list, status, now);
  add_screenshots(list, status, now);
  add_configuration(list, status);
  return list;
}

std::string status_headline(std::string_view answer, Time now) {
  auto value = parse(answer);
  return headline(Fields(&value).under("status"), now);
}

std::map<std::string, std::string> status_origins(std::string_view answer) {
  auto value = parse(answer);
  const auto origins = Fields(&value).under("status").under("configuration").under("origins");
  std::map<std::string, std::string> found;
  for (const auto& [key, origin] : origins.object() ? *origins.object() : bj::object())
    if (origin.is_string()) found.emplace(key, origin.get_string());
  return found;
}

ServerSettings status_server_settings(std::string_view answer) {
  auto value = parse(answer);
  const auto server = Fields(&value).under("status").under("server_configuration");
  const auto failure = failure_text(server), told = server.text("notice_error");
  const auto number_of = [&](std::string_view name) {
    const auto* keys = server.at(name);
    return keys && keys->is_array() ? keys->get_array().size() : 0;
  };
  std::string text = server.number("version") == 0
                         ? "nothing is set by the server"
                         : "version " + server.count("version") +
                               (is_true(server, "on_trial") ? " on trial, " : " in force, ") +
                               std::to_string(number_of("settings")) + " settings from the server";
  for (const auto& [name, what] : {std::pair("loosened", "looser than this machine's own"),
                                   std::pair("left_out", "left out, as this machine does not allow it"),
                                   std::pair("unknown", "passed over, as this agent does not know it")})
    if (const auto number = number_of(name); number > 0)
      text += ", " + std::to_string(number) + " " + what + ": " + server.words(name);
  if (is_true(server, "needs_restart")) text += ", some of it only after a restart of the agent";
  if (!failure.empty()) text += "; " + failure;
  if (!told.empty()) text += "; what was loosened could not be told on the desktop: " + told;
  return {std::move(text), is_true(server, "may_loosen"), !failure.empty() || !told.empty()};
}

std::string_view loosening_text(bool may_loosen) {
  return may_loosen ? "this machine lets its server loosen what protects the person (remote.may_loosen)"
                    : "this machine does not let its server loosen what protects the person";
}

std::string status_json(std::string_view answer) {
  auto value = parse(answer);
  const auto* status = Fields(&value).at("status");
  return status ? bj::serialize(*status) : "{}";
}

}  // namespace activitytrack::agent_app
