#include "server/api/parameters.hpp"
#include "server/api/screenshot_handlers.hpp"
#include "server/http/message.hpp"

#include <limits>

namespace activitytrack::server {
namespace {

constexpr int soon_sec = 1;

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
        ++stats.stored;
        stats.bytes += static_cast<std::uint64_t>(shot_.size);
        return stored_answer();
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
    return come_back_later(soon_sec, "the screenshot is wanted no more: announce it again");
  }

 private:
  static Response taken_over() { return come_back_later(soon_sec, "another connection sends this picture"); }

  Response failed(const Error& error) {
    ++services_.stats.screenshots.failed;
    return picture_problem(error, services_.log);
  }

  Services& services_;
  const Screenshot shot_;
  const Announcer who_;
  const std::shared_ptr<Upload> upload_;
};

/// What of a request needs no look at what there is.
std::optional<Response> refuse_request(const Request& request) {
  if (!asker(request).may_send(request.arguments.at(0)))
    return problem(403, "this credential is good for the screenshots of its own machine alone");
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

std::variant<std::unique_ptr<BodySink>, Response> put_screenshot(const Request& request, Services& services) {
  if (auto refused = refuse_request(request)) return std::move(*refused);
  const auto offset = count_parameter(request.target, "offset", 0, std::numeric_limits<std::int64_t>::max(), 0);
  if (!offset) return problem(400, offset.error().message);
  const auto row = find_screenshot(services.database, request.arguments[0], request.arguments[1]);
  if (!row) return picture_problem(row.error(), services.log);
  if (!*row || (*row)->state == ScreenshotState::going) return problem(404, "this screenshot was not announced");
  if ((*row)->state == ScreenshotState::stored) return stored_answer();
  const Screenshot& shot = (*row)->shot;
  Uploads& uploads = services.screenshots.uploads;
  const auto expected = size_of_upload(uploads, shot);
  if (expected != static_cast<std::int64_t>(*offset)) return wrong_offset(expected);
  if (auto fits = services.screenshots.check_room(shot.size - expected); !fits)
    return picture_problem(fits.error(), services.log);
  const auto upload = uploads.begin(Uploads::name_of(shot.machine_id, shot.id));
  if (!upload && upload.error().code == ErrorCode::busy) return come_back_later(soon_sec, upload.error().message);
  if (!upload) return picture_problem(upload.error(), services.log);
  const auto claim = (*upload)->claim();
  if (!claim) return come_back_later(soon_sec, "another connection sends this picture");
  if ((*upload)->size() != static_cast<std::int64_t>(*offset)) return wrong_offset((*upload)->size());
  const auto room = static_cast<std::uint64_t>(shot.size) - *offset;
  if (request.content_length.value_or(0) > room) return problem(422, "more bytes would come than were announced");
  return std::make_unique<PictureSink>(services, shot, announcer(asker(request)), *upload);
}

}  // namespace activitytrack::server
