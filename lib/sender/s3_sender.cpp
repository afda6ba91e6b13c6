#include <activitytrack/sender/sender.hpp>

#include "s3/s3_client.hpp"
#include "sender/s3_event_objects.hpp"

namespace activitytrack {
namespace {

class S3Sender final : public Sender {
 public:
  S3Sender(std::unique_ptr<S3Client> client, std::optional<PublicKey> seal_for)
      : client_(std::move(client)), seal_for_(seal_for) {}

  /// Whatever a bucket refuses, it is set up wrongly, and not the events' fault: they are kept.
  SendOutcome send(std::span<const Event> events, const std::optional<AgentState>&) override {
    SendOutcome outcome;
    const HttpFields fields{{"Content-Type", seal_for_ ? sealed_type : "application/zstd"}};
    for (const EventObject& object : event_objects(events, seal_for_)) {
      const Result<void> put = client_->put(object.key, body_of(object.bytes), fields);
      if (put) continue;
      outcome.error = put.error();
      return outcome;
    }
    outcome.status = SendStatus::settled;
    outcome.answer.accepted = events.size();
    return outcome;
  }

  void cancel() noexcept override { client_->cancel(); }

 private:
  static constexpr const char* sealed_type = "application/vnd.activitytrack.sealed";

  std::unique_ptr<S3Client> client_;
  std::optional<PublicKey> seal_for_;
};

}  // namespace

Result<std::unique_ptr<Sender>> make_s3_sender(S3Options options, std::optional<PublicKey> seal_for, Log& log) {
  Result<std::unique_ptr<S3Client>> client = S3Client::make(std::move(options), system_clock(), log);
  if (!client) return client.error();
  return std::unique_ptr<Sender>(std::make_unique<S3Sender>(std::move(*client), seal_for));
}

}  // namespace activitytrack
