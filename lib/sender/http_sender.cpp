#include "sender/http_outcome.hpp"

#include "net/compress.hpp"

namespace activitytrack {
namespace {

constexpr std::size_t most_answer_bytes = 4 << 20;  // a rejection for each of 10,000 events

class HttpSender final : public Sender {
 public:
  explicit HttpSender(ServerAccess server) : server_(std::move(server)), client_(server_.client) {}

  Result<void> prepare() { return client_.prepare(server_.url); }

  SendOutcome send(std::span<const EncodedEvent> events, const std::optional<AgentState>& agent) override {
    HttpRequest request{.method = "POST", .url = server_.url, .fields = server_.fields("application/json")};
    request.fields.insert(request.fields.begin() + 1, {"Content-Encoding", "zstd"});
    request.body = compress(encode_batch(events, agent), ContentCoding::zstd);
    const Result<HttpResponse> response = client_.send(request);
    if (!response) return {.error = response.error()};
    return outcome_of(*response, events.size(), server_.name, server_.credential);
  }

  void cancel() noexcept override { client_.cancel(); }

 private:
  const ServerAccess server_;
  HttpClient client_;
};

}  // namespace

Result<std::unique_ptr<Sender>> make_http_sender(HttpSenderOptions options) {
  Result<ServerAccess> server = server_access(std::move(options));
  if (!server) return server.error();
  server->url.target += "/api/events";
  server->client.max_body_bytes = most_answer_bytes;
  auto sender = std::make_unique<HttpSender>(std::move(*server));
  if (Result<void> ready = sender->prepare(); !ready) return ready.error();
  return std::unique_ptr<Sender>(std::move(sender));
}

}  // namespace activitytrack
