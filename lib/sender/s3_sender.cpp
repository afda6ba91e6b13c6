#include "sender/s3_sender.hpp"

#include "core/text.hpp"
#include "net/compress.hpp"
#include "s3/s3_client.hpp"
#include "s3/signature.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/s3/s3_options.hpp>
#include <activitytrack/sender/sender.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace activitytrack {
namespace {

constexpr const char* sealed_type = "application/vnd.activitytrack.sealed";

/// "20240115T103000Z", "20240115T103000500000Z"
std::string in_name(Time time) {
  std::string text = format_timestamp(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return text;
}

EventObject object_of(const std::string& machine_id, const std::string& date, std::vector<const EncodedEvent*> events,
                      const std::optional<PublicKey>& seal_for) {
  std::ranges::sort(events, {}, &EncodedEvent::timestamp);
  EventObject object;
  object.key = "events/" + path_segment(machine_id) + "/" + date + "/" + in_name(events.front()->timestamp) + "-" +
               in_name(events.back()->timestamp) + ".jsonl.zst";
  std::string lines;
  for (const EncodedEvent* event : events) (lines += event->json) += '\n';
  object.bytes = compress(lines, ContentCoding::zstd);
  if (!seal_for) return object;
  object.key += ".sealed";
  object.bytes = seal(object.bytes, *seal_for);
  return object;
}

/// Those that can be read, named by what they hold: the row that a damaged one was kept in may say otherwise. They are
/// encoded anew, since a reader that repairs nothing must be able to read them too.
std::vector<EncodedEvent> sound_events(std::span<const EncodedEvent> events,
                                       std::vector<BatchAnswer::Rejected>& rejected) {
  std::vector<EncodedEvent> sound;
  sound.reserve(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Result<Event> event = events[i].decode();
    if (!event) {
      rejected.push_back({i, "", event.error().message});
      continue;
    }
    sound.emplace_back(*event);
  }
  return sound;
}

class S3Sender final : public Sender {
 public:
  S3Sender(std::unique_ptr<S3Client> client, std::optional<PublicKey> seal_for)
      : client_(std::move(client)), seal_for_(seal_for) {}

  /// Whatever a bucket refuses, it is set up wrongly, and not the events' fault: they are kept. What is no event is
  /// rejected here, because a bucket takes anything.
  SendOutcome send(std::span<const EncodedEvent> events, const std::optional<AgentState>&) override {
    SendOutcome outcome;
    const std::vector<EncodedEvent> sound = sound_events(events, outcome.answer.rejected);
    const HttpFields fields{{"Content-Type", seal_for_ ? sealed_type : "application/zstd"}};
    for (const EventObject& object : event_objects(sound, seal_for_)) {
      const Result<void> put = client_->put(object.key, s3_body(object.bytes), fields);
      if (put) continue;
      outcome.error = put.error();
      return outcome;
    }
    outcome.status = SendOutcome::settled;
    outcome.answer.accepted = sound.size();
    return outcome;
  }

  void cancel() noexcept override { client_->cancel(); }

 private:
  std::unique_ptr<S3Client> client_;
  std::optional<PublicKey> seal_for_;
};

/// What a header field can hold: other than plain ASCII is percent-encoded.
std::string field_text(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != '%' && c != ','; });
  return plain ? std::string(text) : uri_encode(text, true);
}

const char* content_type(Screenshot::Format format) {
  switch (format) {
    case Screenshot::Format::jpeg:
      return "image/jpeg";
    case Screenshot::Format::sealed:
      return sealed_type;
    case Screenshot::Format::none:
      break;
  }
  return "application/octet-stream";
}

HttpFields fields_of(const Screenshot& shot) {
  HttpFields fields{{"Content-Type", content_type(shot.format)}};
  const auto add = [&](const std::string& name, std::string_view value) {
    if (!value.empty()) fields.emplace_back("x-amz-meta-" + name, field_text(value));
  };
  add("machine-id", shot.machine_id);
  add("id", shot.id);
  add("taken-at", format_timestamp(shot.taken_at));
  add("timezone", shot.timezone);
  add("utc-offset-min", std::to_string(shot.utc_offset_min));
  add("monitor", shot.monitor);
  add("width", std::to_string(shot.width));
  add("height", std::to_string(shot.height));
  add("format", to_string(shot.format));
  add("same-as", shot.same_as);
  add("sha256", shot.sha256);
  return fields;
}

class S3ScreenshotSender final : public ScreenshotSender {
 public:
  explicit S3ScreenshotSender(std::unique_ptr<S3Client> client) : client_(std::move(client)) {}

  /// Whatever a bucket refuses, it is set up wrongly, and not the picture's fault: it is kept.
  SendOutcome send(const Screenshot& shot, std::string_view bytes) override {
    const Result<void> put = client_->put("screenshots/" + screenshot_path(shot), s3_body(bytes), fields_of(shot));
    if (put) return {.status = SendOutcome::settled};
    const ErrorCode code = put.error().code;
    const bool answered = code != ErrorCode::unavailable && code != ErrorCode::timeout;
    return {.status = SendOutcome::retry, .error = put.error(), .others_may_pass = answered};
  }

  void cancel() noexcept override { client_->cancel(); }

 private:
  std::unique_ptr<S3Client> client_;
};

}  // namespace

std::vector<EventObject> event_objects(std::span<const EncodedEvent> events, const std::optional<PublicKey>& seal_for) {
  std::map<std::pair<std::string, std::string>, std::vector<const EncodedEvent*>> days;
  for (const EncodedEvent& event : events) {
    days[{event.machine_id, utc_date_text(event.timestamp)}].push_back(&event);
  }
  std::vector<EventObject> objects;
  for (auto& [day, of_day] : days) {
    objects.push_back(object_of(day.first, day.second, std::move(of_day), seal_for));
  }
  return objects;
}

Result<std::unique_ptr<Sender>> make_s3_sender(S3Options options, std::optional<PublicKey> seal_for, Log& log) {
  Result<std::unique_ptr<S3Client>> client = S3Client::make(std::move(options), system_clock(), log);
  if (!client) return client.error();
  return std::unique_ptr<Sender>(std::make_unique<S3Sender>(std::move(*client), seal_for));
}

Result<std::unique_ptr<ScreenshotSender>> make_s3_screenshot_sender(S3Options options, Log& log) {
  Result<std::unique_ptr<S3Client>> client = S3Client::make(std::move(options), system_clock(), log);
  if (!client) return client.error();
  return std::unique_ptr<ScreenshotSender>(std::make_unique<S3ScreenshotSender>(std::move(*client)));
}

}  // namespace activitytrack
