#include "server/api/content.hpp"
#include "server/api/screenshot_handlers.hpp"
#include "server/http/message.hpp"

#include "core/json_writer.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_announcement_bytes = 16 * 1024;
constexpr std::size_t max_machine_id_bytes = 128;
constexpr std::size_t max_folder_name_bytes = 200;
constexpr int soon_sec = 10, much_later_sec = 3600;
constexpr Time first_time{}, end_of_times{std::chrono::sys_days(std::chrono::year(2200) / 1 / 1)};

/// What fits neither a database nor a file's name.
Result<void> check_texts(const Screenshot& shot) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  for (const std::string* text : {&shot.machine_id, &shot.timezone, &shot.monitor}) {
    if (std::ranges::any_of(*text, is_control))
      return Error{ErrorCode::invalid_input, "machine_id, timezone and monitor must hold no control characters"};
  }
  if (shot.machine_id.size() > max_machine_id_bytes || path_segment(shot.machine_id).size() > max_folder_name_bytes)
    return Error{ErrorCode::invalid_input, "machine_id is too long for a folder's name"};
  if (shot.taken_at < first_time || shot.taken_at >= end_of_times)
    return Error{ErrorCode::invalid_input, "taken_at must be from 1970 to 2199"};
  return {};
}

std::string wanted_body(const Screenshot& shot, const Screenshots::Next& next) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().field("state", "wanted").field("offset", next.offset).key("put").begin_object();
  json.field("url", next.put ? next.put->url
                             : "/api/screenshots/" + path_segment(shot.machine_id) + "/" + shot.id +
                                   "/content?offset=" + std::to_string(next.offset));
  json.key("fields").begin_object();
  if (next.put) {
    for (const auto& [name, value] : next.put->fields) json.field(name, value);
  }
  json.end_object().end_object().end_object();
  return body;
}

Response refuse(ScreenshotStats::Count& count, Response response) {
  ++count;
  return response;
}

Response answer_to(const Screenshot& shot, const Screenshots::Next& next, Services& services) {
  ScreenshotStats& stats = services.stats.screenshots;
  switch (next.what) {
    case Announced::wanted:
      return {.body = wanted_body(shot, next)};
    case Announced::stored:
      ++(next.is_new ? stats.stored : stats.duplicates);
      if (next.is_new) stats.bytes += static_cast<std::uint64_t>(shot.size);
      return stored_answer();
    case Announced::conflict:
      return refuse(stats.conflicts, problem(409, "a screenshot of this id is known with other bytes"));
    case Announced::shut_out:
      return problem(401, "this credential is not good any more");
    case Announced::over_limit: {
      Response full = problem(507, "this machine has as many screenshots as it may");
      full.headers.emplace_back("Retry-After", std::to_string(much_later_sec));
      return refuse(stats.over_limit, std::move(full));
    }
    case Announced::too_many:
      return refuse(stats.over_limit,
                    come_back_later(much_later_sec, "as many screenshots of this machine are awaited as may be"));
    case Announced::going:
      break;
  }
  return refuse(stats.failed, come_back_later(soon_sec, "the screenshot is being removed just now"));
}

}  // namespace

Response post_screenshot(const Request& request, Services& services) {
  ScreenshotStats& stats = services.stats.screenshots;
  const auto body = json_body(request, max_announcement_bytes);
  if (const auto* refused = std::get_if<Response>(&body)) return refuse(stats.invalid, *refused);
  const auto shot = decode_screenshot(std::get<std::string>(body));
  if (!shot) return refuse(stats.invalid, problem(422, "body: " + shot.error().message));
  const Principal& who = asker(request);
  if (!who.may_send(shot->machine_id))
    return problem(403, "this credential is good for the screenshots of its own machine alone");
  if (auto fits = check_texts(*shot); !fits) return refuse(stats.invalid, problem(422, fits.error().message));
  const std::int64_t most = services.screenshots.limits.max_bytes;
  if (shot->size > most) {
    return refuse(stats.invalid, problem(413, "the picture is larger than " + std::to_string(most >> 20) +
                                                  " MiB (max_screenshot_mib)"));
  }
  const auto next = services.screenshots.announce(*shot, announcer(who));
  if (!next) return refuse(stats.failed, picture_problem(next.error(), services.log));
  return answer_to(*shot, *next, services);
}

}  // namespace activitytrack::server
