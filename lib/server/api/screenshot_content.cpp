#include "server/api/file_name.hpp"
#include "server/api/parameters.hpp"
#include "server/api/screenshot_handlers.hpp"
#include "server/http/message.hpp"
#include "server/http/response_format.hpp"
#include "server/screenshots/thumbnail.hpp"

#include <algorithm>
#include <stdexcept>

namespace activitytrack::server {
namespace {

/// What is no longer is read, and its hash looked at, before the answer begins.
constexpr std::int64_t short_picture_bytes = 1 << 20;
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::int64_t max_thumbnail_source_bytes = 32 << 20;
constexpr std::size_t default_width = 320, min_width = 16, max_width = 1024;

constexpr std::string_view damaged = "the picture is damaged on the server's side; its log says more";

Response found_damaged(const Screenshot& shot, Log& log) {
  log.error("a picture is damaged", {{"path", std::string_view(screenshot_path(shot))}});
  return problem(500, damaged);
}

/// The bytes; or the answer: 404 where they are missing, 500 where they are others.
std::variant<PictureBytes, Response> open_picture(const Screenshot& shot, Services& services) {
  auto bytes = services.screenshots.pictures.open(screenshot_path(shot));
  if (!bytes && bytes.error().code == ErrorCode::not_found) {
    services.log.error("a picture is missing", {{"path", std::string_view(screenshot_path(shot))}});
    return problem(404, "the picture is missing on the server's side; its log says more");
  }
  if (!bytes) return picture_problem(bytes.error(), services.log);
  if (bytes->size != shot.size) return found_damaged(shot, services.log);
  return std::move(*bytes);
}

std::variant<std::string, Response> read_whole(const PictureBytes& bytes, const Screenshot& shot, Services& services) {
  auto all = bytes.read(0, static_cast<std::size_t>(bytes.size));
  if (!all) return picture_problem(all.error(), services.log);
  Sha256 hash;
  hash.add(*all);
  if (hash.hex() != shot.sha256) return found_damaged(shot, services.log);
  return std::move(*all);
}

/// Gives a long picture piece by piece. One that is damaged is found out at its end, and the answer cut short
/// of its last piece.
class PictureSource {
 public:
  PictureSource(PictureBytes bytes, Screenshot shot) : bytes_(std::move(bytes)), shot_(std::move(shot)) {}

  std::string operator()() {
    const auto left = static_cast<std::size_t>(shot_.size - offset_);
    auto piece = bytes_.read(offset_, std::min(piece_bytes, left));
    if (!piece) throw std::runtime_error(piece.error().message);
    hash_.add(*piece);
    offset_ += static_cast<std::int64_t>(piece->size());
    if (offset_ == shot_.size && hash_.hex() != shot_.sha256)
      throw std::runtime_error("a picture is damaged: " + screenshot_path(shot_));
    return std::move(*piece);
  }

 private:
  PictureBytes bytes_;
  Screenshot shot_;
  std::int64_t offset_ = 0;
  Sha256 hash_;
};

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

Response no_picture(const Screenshot& shot) {
  return problem(404, "this screenshot has no picture of its own: the screen looked as in " + shot.same_as);
}

std::string disposition(const Screenshot& shot) {
  const bool is_sealed = shot.format == ScreenshotFormat::sealed;
  return std::string(is_sealed ? "attachment" : "inline") + "; filename=\"" +
         file_name(shot.machine_id + "-" + shot.id, is_sealed ? "jpg.sealed" : "jpg") + '"';
}

}  // namespace

Response get_screenshot_content(const Request& request, Services& services) {
  const auto shown = shown_screenshot(request, services);
  if (const auto* nothing = std::get_if<Response>(&shown)) return *nothing;
  const Screenshot& shot = std::get<ScreenshotRow>(shown).shot;
  if (shot.format == ScreenshotFormat::none) return no_picture(shot);
  const std::string etag = '"' + shot.sha256 + '"';
  if (names_etag(request.if_none_match, etag)) return not_modified(etag);
  auto opened = open_picture(shot, services);
  if (auto* refused = std::get_if<Response>(&opened)) return std::move(*refused);
  auto& bytes = std::get<PictureBytes>(opened);
  Response response{.content_type = std::string(media_type(shot.format))};
  if (shot.size <= short_picture_bytes) {
    auto all = read_whole(bytes, shot, services);
    if (auto* refused = std::get_if<Response>(&all)) return std::move(*refused);
    response.body = std::get<std::string>(std::move(all));
  } else {
    response.stream = PictureSource(std::move(bytes), shot);
    response.stream_bytes = static_cast<std::uint64_t>(shot.size);
  }
  add_headers(response, etag);
  response.headers.emplace_back("Content-Disposition", disposition(shot));
  return response;
}

Response get_screenshot_thumbnail(const Request& request, Services& services) {
  const auto width = count_parameter(request.target, "width", default_width, max_width, min_width);
  if (!width) return problem(400, width.error().message);
  const auto shown = shown_screenshot(request, services);
  if (const auto* nothing = std::get_if<Response>(&shown)) return *nothing;
  const Screenshot& shot = std::get<ScreenshotRow>(shown).shot;
  if (shot.format == ScreenshotFormat::none) return no_picture(shot);
  if (shot.format == ScreenshotFormat::sealed)
    return problem(409, "the picture is sealed: only the holder of the private key can see it");
  const std::string etag = '"' + shot.sha256.substr(0, 32) + "-" + std::to_string(*width) + '"';
  if (names_etag(request.if_none_match, etag)) return not_modified(etag);
  if (shot.size > max_thumbnail_source_bytes) return problem(422, "the picture is too large for a thumbnail");
  auto opened = open_picture(shot, services);
  if (auto* refused = std::get_if<Response>(&opened)) return std::move(*refused);
  const auto all = read_whole(std::get<PictureBytes>(opened), shot, services);
  if (const auto* refused = std::get_if<Response>(&all)) return *refused;
  auto thumbnail = make_thumbnail(std::get<std::string>(all), static_cast<int>(*width));
  if (!thumbnail) return problem(422, "there is no thumbnail of this picture: " + thumbnail.error().message);
  Response response{.content_type = "image/jpeg", .body = std::move(*thumbnail)};
  add_headers(response, etag);
  return response;
}

}  // namespace activitytrack::server
