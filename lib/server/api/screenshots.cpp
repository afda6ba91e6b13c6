#include "server/screenshots/screenshots.hpp"
#include "server/accounts/audit.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/events/admission.hpp"
#include "server/events/store.hpp"
#include "server/http/message.hpp"
#include "server/http/response_format.hpp"
#include "server/screenshots/screenshot_rows.hpp"
#include "server/screenshots/thumbnail.hpp"

#include <algorithm>
#include <stdexcept>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_screenshots = 1000;

/// A picture up to this size is read, and its hash compared, before the answer begins.
constexpr std::int64_t short_picture_bytes = 1 << 20;
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::int64_t max_thumbnail_source_bytes = 32 << 20;
constexpr std::size_t default_width = 320, min_width = 16, max_width = 1024;

std::string screenshot_cursor(const ScreenshotRow& last) {
  return make_name_cursor(join_place(last.shot.taken_at, '/', last.shot.id));
}

std::optional<std::pair<Time, std::string>> read_screenshot_cursor(Parameters& parameters) {
  const std::string text = parameters.name_cursor();
  const auto place = split_place(text, '/');
  if (place && is_screenshot_id(place->second)) return std::pair(place->first, std::string(place->second));
  if (!text.empty()) parameters.refuse_cursor();
  return std::nullopt;
}

/// The asked days, on the clock of a zone or of the machine.
Result<void> set_days(const AskedDays& asked, Date first, Date last, ScreenshotQuery& query) {
  if (asked.zone.empty()) {
    query.local = {Time(std::chrono::sys_days(first)), Time(std::chrono::sys_days(last) + std::chrono::days(1))};
    query.taken = {day_anywhere(first).start, day_anywhere(last).end};
    return {};
  }
  const auto begin = day_in_zone(first, asked.zone), end = day_in_zone(last, asked.zone);
  if (!begin || !end) return (begin ? end : begin).error();
  query.taken = {begin->start, end->end};
  return {};
}

Result<ScreenshotQuery> read_screenshot_query(const Target& target, const std::string& machine_zone, Time now) {
  Parameters parameters(target);
  ScreenshotQuery query;
  const AskedDays asked = parameters.days();
  query.limit = parameters.count("limit", max_screenshots, max_screenshots) + 1;
  query.after = read_screenshot_cursor(parameters);
  if (parameters.wrong()) return *parameters.wrong();
  const Date first = asked.from ? *asked.from : asked.date.value_or(today(machine_zone, asked.zone, now));
  if (auto set = set_days(asked, first, asked.to.value_or(first), query); !set)
    return Error{ErrorCode::invalid_input, "tz: " + set.error().message};
  return query;
}

Error no_screenshots() { return {ErrorCode::not_found, "there are no screenshots of this machine"}; }
Error no_such_screenshot() { return {ErrorCode::not_found, "there is no such screenshot"}; }

/// The one that a request names; not_found if it is not shown.
Result<ScreenshotRow> shown_screenshot(const Request& request, Services& services) {
  const auto erased = is_being_erased(services.database, request.arguments.at(0));
  if (!erased) return erased.error();
  auto row = find_screenshot(services.database, request.arguments[0], request.arguments.at(1));
  if (!row) return row.error();
  const bool is_shown = !*erased && *row && (*row)->state == ScreenshotState::stored;
  if (!is_shown) return no_such_screenshot();
  return std::move(**row);
}

Response found_damaged(const Screenshot& shot, Log& log) {
  log.error("a picture is damaged", {{"path", std::string_view(screenshot_path(shot))}});
  return problem(500, "the picture is damaged on the server's side; its log says more");
}

/// The bytes; or the answer: 404 where they are missing, 500 where they are others.
Result<PictureBytes, Response> open_picture(const Screenshot& shot, Services& services) {
  auto bytes = services.screenshots.pictures.open(screenshot_path(shot));
  if (!bytes && bytes.error().code == ErrorCode::not_found) {
    services.log.error("a picture is missing", {{"path", std::string_view(screenshot_path(shot))}});
    return problem(404, "the picture is missing on the server's side; its log says more");
  }
  if (!bytes) return picture_failure(bytes.error(), services.log);
  if (bytes->size != shot.size) return found_damaged(shot, services.log);
  return std::move(*bytes);
}

Result<std::string, Response> read_whole(const PictureBytes& bytes, const Screenshot& shot, Services& services) {
  auto all = bytes.read(0, static_cast<std::size_t>(bytes.size));
  if (!all) return picture_failure(all.error(), services.log);
  Sha256 hash;
  hash.add(*all);
  if (hash.hex() != shot.sha256) return found_damaged(shot, services.log);
  return std::move(*all);
}

/// Returns a long picture piece by piece. A damaged one is found out at its end, and the answer is cut short of its
/// last piece.
BodySource picture_source(PictureBytes bytes, const Screenshot& shot) {
  return [bytes = std::move(bytes), shot, offset = std::int64_t{0}, hash = Sha256()]() mutable {
    auto piece = bytes.read(offset, std::min(piece_bytes, static_cast<std::size_t>(shot.size - offset)));
    if (!piece) throw std::runtime_error(piece.error().message);
    hash.add(*piece);
    offset += static_cast<std::int64_t>(piece->size());
    if (offset == shot.size && hash.hex() != shot.sha256)
      throw std::runtime_error("a picture is damaged: " + screenshot_path(shot));
    return std::move(*piece);
  };
}

/// Browsers ask again each time, and run nothing of it.
void add_headers(Response& response, const std::string& etag) {
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", "private, no-cache");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
}

Response not_modified(const std::string& etag) {
  Response response{.status = 304};
  add_headers(response, etag);
  return response;
}

Error no_picture(const Screenshot& shot) {
  return {ErrorCode::not_found, "this screenshot has no picture of its own: the screen looked as in " + shot.same_as};
}

std::string picture_disposition(const Screenshot& shot) {
  const bool is_sealed = shot.format == Screenshot::Format::sealed;
  return content_disposition(is_sealed ? "attachment" : "inline", shot.machine_id + "-" + shot.id,
                             is_sealed ? "jpg.sealed" : "jpg");
}

}  // namespace

Response picture_failure(const Error& error, Log& log) {
  log.error("pictures cannot be kept or read", {{"error", error.message}});
  return failure_answer(error, {.full = "the server's disk is full, or nearly so; nothing was stored",
                                .away = "the server cannot get at its pictures now",
                                .failed = "the server failed to keep or read a picture; its log says more"});
}

Result<Response> get_screenshots(const Request& request, Services& services) {
  const std::string& machine_id = request.arguments.at(0);
  const auto machine = services.reader.machine(machine_id);
  if (!machine) return machine.error();
  const std::string zone = *machine ? (*machine)->timezone : "";
  const auto query = read_screenshot_query(request.target, zone, services.clock.now());
  if (!query) return query.error();
  const auto erased = is_being_erased(services.database, machine_id);
  if (!erased) return erased.error();
  if (*erased) return no_screenshots();
  const auto rows = list_screenshots(services.database, machine_id, *query);
  if (!rows) return rows.error();
  if (rows->empty() && !*machine) {
    const auto any = every_screenshot(services.database, machine_id, std::nullopt, 1);
    if (!any) return any.error();
    if (any->empty()) return no_screenshots();
  }
  const auto append = [](std::string& json, const ScreenshotRow& row) { json += screenshot_json(row); };
  return page_response("screenshots", rows, query->limit - 1, append, screenshot_cursor);
}

Result<Response> get_screenshot(const Request& request, Services& services) {
  const auto shown = shown_screenshot(request, services);
  if (!shown) return shown.error();
  return Response{.body = screenshot_json(*shown)};
}

Result<Response> get_screenshot_content(const Request& request, Services& services) {
  const auto shown = shown_screenshot(request, services);
  if (!shown) return shown.error();
  const Screenshot& shot = shown->shot;
  if (shot.format == Screenshot::Format::none) return no_picture(shot);
  const std::string etag = '"' + shot.sha256 + '"';
  if (names_etag(request.if_none_match, etag)) return not_modified(etag);
  auto bytes = open_picture(shot, services);
  if (!bytes) return bytes.error();
  Response response{.content_type = std::string(media_type(shot.format))};
  if (shot.size <= short_picture_bytes) {
    auto all = read_whole(*bytes, shot, services);
    if (!all) return all.error();
    response.body = std::move(*all);
  } else {
    response.stream = picture_source(std::move(*bytes), shot);
    response.stream_bytes = static_cast<std::uint64_t>(shot.size);
  }
  add_headers(response, etag);
  response.headers.emplace_back("Content-Disposition", picture_disposition(shot));
  return response;
}

Result<Response> get_screenshot_thumbnail(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const auto width = parameters.count("width", default_width, max_width, min_width);
  if (parameters.wrong()) return *parameters.wrong();
  const auto shown = shown_screenshot(request, services);
  if (!shown) return shown.error();
  const Screenshot& shot = shown->shot;
  if (shot.format == Screenshot::Format::none) return no_picture(shot);
  if (shot.format == Screenshot::Format::sealed)
    return problem(409, "the picture is sealed: only the holder of the private key can see it");
  const std::string etag = '"' + shot.sha256.substr(0, 32) + "-" + std::to_string(width) + '"';
  if (names_etag(request.if_none_match, etag)) return not_modified(etag);
  if (shot.size > max_thumbnail_source_bytes) return problem(422, "the picture is too large for a thumbnail");
  const auto bytes = open_picture(shot, services);
  if (!bytes) return bytes.error();
  const auto all = read_whole(*bytes, shot, services);
  if (!all) return all.error();
  auto thumbnail = make_thumbnail(*all, static_cast<int>(width));
  if (!thumbnail) return problem(422, "there is no thumbnail of this picture: " + thumbnail.error().message);
  Response response{.content_type = "image/jpeg", .body = std::move(*thumbnail)};
  add_headers(response, etag);
  return response;
}

Result<Response> delete_screenshot(const Request& request, Services& services) {
  const auto shown = shown_screenshot(request, services);
  if (!shown) return shown.error();
  const Screenshot& shot = shown->shot;
  const auto begun = audited(request, services, 200, [&](AuditEntry&) -> Result<void> {
    const auto going = begin_removal(services.database, shot.machine_id, shot.id);
    if (!going) return going.error();
    if (!*going) return no_such_screenshot();
    return {};
  });
  if (!begun) return begun.error();
  // It is shown no more; what fails here is done again by the maintenance.
  if (auto removed = services.screenshots.remove(shot); !removed)
    services.log.warning("a picture will be removed later", {{"error", std::string_view(removed.error().message)}});
  return Response{.body = "{}"};
}

}  // namespace activitytrack::server
