#include "core/event_fields.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "server/accounts/access.hpp"
#include "server/api/handlers.hpp"
#include "server/api/monitoring.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"
#include "server/screenshots/screenshots.hpp"

namespace activitytrack::server {
namespace {

constexpr std::size_t max_announcement_bytes = 16 * 1024;
constexpr std::size_t max_folder_name_bytes = 200;
constexpr int busy_retry_sec = 1, going_retry_sec = 10, much_later_sec = 3600;
constexpr Time first_time{}, end_of_times{std::chrono::sys_days(std::chrono::year(2200) / 1 / 1)};

constexpr std::string_view foreign_machine = "this credential is good only for the screenshots of its own machine";

/// What fits neither a database nor a file's name.
Result<void> check_texts(const Screenshot& shot) {
  if (const auto wrong = machine_id_fault(shot.machine_id); !wrong.empty())
    return Error{ErrorCode::invalid_input, "machine_id " + std::string(wrong)};
  if (has_control_characters(shot.timezone) || has_control_characters(shot.monitor))
    return Error{ErrorCode::invalid_input, "timezone and monitor must hold no control characters"};
  if (path_segment(shot.machine_id).size() > max_folder_name_bytes)
    return Error{ErrorCode::invalid_input, "machine_id is too long for a folder's name"};
  if (shot.taken_at < first_time || shot.taken_at >= end_of_times)
    return Error{ErrorCode::invalid_input, "taken_at must be from 1970 to 2199"};
  return {};
}

/// Whose credential the database is asked for, beside the gate.
Announcer announcer(const Principal& who) {
  return who.kind == Principal::Kind::machine ? Announcer(who.id) : std::nullopt;
}

Response stored_answer() { return {.body = R"({"state":"stored"})"}; }

Response newly_stored(const Screenshot& shot, ScreenshotStats& stats) {
  ++stats.stored;
  stats.bytes += static_cast<std::uint64_t>(shot.size);
  return stored_answer();
}

Response taken_over() { return come_back_later(busy_retry_sec, "another connection sends this picture"); }

/// The bytes are to come from `offset` on.
Response wrong_offset(std::int64_t offset) {
  Response response = problem(409, "the bytes must come from " + std::to_string(offset) + " on");
  add_member(response, "offset", std::to_string(offset));
  return response;
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

Response refuse_counted(ScreenshotStats::Count& count, Response response) {
  ++count;
  return response;
}

Response answer_to(const Screenshot& shot, const Screenshots::Next& next, Services& services) {
  ScreenshotStats& stats = services.stats.screenshots;
  switch (next.what) {
    case Announced::wanted:
      return {.body = wanted_body(shot, next)};
    case Announced::stored:
      if (next.is_new) return newly_stored(shot, stats);
      ++stats.duplicates;
      return stored_answer();
    case Announced::conflict:
      return refuse_counted(stats.conflicts, problem(409, "a screenshot of this id is known with other bytes"));
    case Announced::shut_out:
      return problem(401, "this credential is not good any more");
    case Announced::over_limit: {
      Response full = problem(507, "this machine has as many screenshots as it may");
      full.headers.emplace_back("Retry-After", std::to_string(much_later_sec));
      return refuse_counted(stats.over_limit, std::move(full));
    }
    case Announced::too_many:
      return refuse_counted(
          stats.over_limit,
          come_back_later(much_later_sec, "as many screenshots of this machine are awaited as may be"));
    case Announced::going:
      break;
  }
  return refuse_counted(stats.failed, come_back_later(going_retry_sec, "the screenshot is being removed just now"));
}

/// Brings a picture's bytes into its upload, and from there to where they belong.
class PictureSink : public BodySink {
 public:
  PictureSink(Services& services, Screenshot shot, Announcer who, std::shared_ptr<Upload> upload)
      : services_(services), shot_(std::move(shot)), who_(who), upload_(std::move(upload)) {}

  std::optional<Response> write(std::string_view piece) override {
    const auto claim = upload_->claim();
    if (!claim) return taken_over();
    const std::int64_t room = shot_.size - upload_->size();
    if (static_cast<std::int64_t>(piece.size()) > room) return problem(422, "more bytes came than were announced");
    if (auto fits = services_.screenshots.check_room(static_cast<std::int64_t>(piece.size())); !fits)
      return failed(fits.error());
    if (auto written = upload_->write(piece); !written) return failed(written.error());
    return std::nullopt;
  }

  Response finish() override {
    const auto claim = upload_->claim();
    if (!claim) return taken_over();
    const auto kept = services_.screenshots.keep(shot_, who_, *upload_);
    if (!kept) return failed(kept.error());
    ScreenshotStats& stats = services_.stats.screenshots;
    switch (*kept) {
      case Screenshots::Kept::stored:
        return newly_stored(shot_, stats);
      case Screenshots::Kept::short_of_bytes:
        return wrong_offset(upload_->size());
      case Screenshots::Kept::damaged:
        ++stats.damaged;
        return problem(422,
                       "the bytes are not those that were announced: their SHA-256 is another. Send them all anew");
      case Screenshots::Kept::unwanted:
        break;
    }
    ++stats.failed;
    return come_back_later(busy_retry_sec, "the screenshot is wanted no more: announce it again");
  }

 private:
  Response failed(const Error& error) {
    ++services_.stats.screenshots.failed;
    return picture_failure(error, services_.log);
  }

  Services& services_;
  const Screenshot shot_;
  const Announcer who_;
  const std::shared_ptr<Upload> upload_;
};

/// What of a request needs no look at what there is.
std::optional<Response> refuse_request(const Request& request) {
  if (!asker(request).may_send(request.arguments.at(0))) return problem(403, foreign_machine);
  if (!is_screenshot_id(request.arguments.at(1))) return problem(404, "there is no such screenshot");
  if (!request.content_encoding.empty() && request.content_encoding != "identity")
    return problem(415, "pictures are sent as they are, without Content-Encoding");
  return std::nullopt;
}

/// How much has come of it.
std::int64_t size_of_upload(Uploads& uploads, const Screenshot& shot) {
  const std::string name = Uploads::name_of(shot.machine_id, shot.id);
  const std::int64_t size = uploads.size(name);
  if (size <= shot.size) return size;
  uploads.remove(name);  // of another picture that had its id
  return 0;
}

}  // namespace

Result<Response> post_screenshot(const Request& request, Services& services) {
  ScreenshotStats& stats = services.stats.screenshots;
  const auto body = json_body(request, max_announcement_bytes);
  if (!body) return refuse_counted(stats.invalid, body.error());
  const auto shot = decode_screenshot(*body);
  if (!shot) return refuse_counted(stats.invalid, problem(422, "body: " + shot.error().message));
  const Principal& who = asker(request);
  if (!who.may_send(shot->machine_id)) return problem(403, foreign_machine);
  if (auto fits = check_texts(*shot); !fits) return refuse_counted(stats.invalid, problem(422, fits.error().message));
  const std::int64_t most = services.screenshots.limits.max_bytes;
  if (shot->size > most) {
    return refuse_counted(stats.invalid, problem(413, "the picture is larger than " + std::to_string(most >> 20) +
                                                          " MiB (max_screenshot_mib)"));
  }
  const auto next = services.screenshots.announce(*shot, announcer(who));
  if (!next) return refuse_counted(stats.failed, picture_failure(next.error(), services.log));
  return answer_to(*shot, *next, services);
}

BegunStream put_screenshot(const Request& request, Services& services) {
  if (auto refused = refuse_request(request)) return std::move(*refused);
  Parameters parameters(request.target);
  const auto offset = static_cast<std::int64_t>(parameters.count("offset", 0, INT64_MAX, 0));
  if (parameters.wrong()) return error_answer(*parameters.wrong(), services.log, request);
  const auto row = find_screenshot(services.database, request.arguments[0], request.arguments[1]);
  if (!row) return picture_failure(row.error(), services.log);
  if (!*row || (*row)->state == ScreenshotState::going) return problem(404, "this screenshot was not announced");
  if ((*row)->state == ScreenshotState::stored) return stored_answer();
  const Screenshot& shot = (*row)->shot;
  Uploads& uploads = services.screenshots.uploads;
  const auto expected = size_of_upload(uploads, shot);
  if (expected != offset) return wrong_offset(expected);
  if (auto fits = services.screenshots.check_room(shot.size - expected); !fits)
    return picture_failure(fits.error(), services.log);
  const auto upload = uploads.begin(Uploads::name_of(shot.machine_id, shot.id));
  if (!upload && upload.error().code == ErrorCode::busy) return come_back_later(busy_retry_sec, upload.error().message);
  if (!upload) return picture_failure(upload.error(), services.log);
  const auto claim = (*upload)->claim();
  if (!claim) return taken_over();
  if ((*upload)->size() != offset) return wrong_offset((*upload)->size());
  const auto room = static_cast<std::uint64_t>(shot.size - offset);
  if (request.content_length.value_or(0) > room) return problem(422, "more bytes would come than were announced");
  return std::make_unique<PictureSink>(services, shot, announcer(asker(request)), *upload);
}

}  // namespace activitytrack::server
