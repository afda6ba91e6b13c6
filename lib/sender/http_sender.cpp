#include <activitytrack/sender/sender.hpp>

#include "net/compress.hpp"
#include "net/http_client.hpp"
#include "sender/http_outcome.hpp"
#include "sender/server_url.hpp"

namespace activitytrack {
namespace {

constexpr std::size_t max_answer_bytes = 4 << 20;  // a rejection for each of 10,000 events

class HttpSender final : public Sender {
 public:
  HttpSender(Url events_url, std::string credential, HttpClientOptions client)
      : url_(std::move(events_url)), credential_(std::move(credential)), client_(std::move(client)) {}

  Result<void> prepare() { return client_.prepare(url_); }

  SendOutcome send(std::span<const Event> events, const std::optional<AgentState>& agent) override {
    const Result<HttpResponse> response = client_.send(request(events, agent));
    if (response) return outcome_of(*response, events.size(), url_.origin(), credential_);
    SendOutcome outcome;
    outcome.error = response.error();
    return outcome;
  }

  void cancel() noexcept override { client_.cancel(); }

 private:
  HttpRequest request(std::span<const Event> events, const std::optional<AgentState>& agent) const {
    HttpRequest request;
    request.method = "POST";
    request.url = url_;
    request.fields = {{"Content-Type", "application/json"},
                      {"Content-Encoding", "zstd"},
                      {"Accept", "application/json, application/problem+json"}};
    if (!credential_.empty()) request.fields.emplace_back("Authorization", "Bearer " + credential_);
    request.body = compress(encode_batch(events, agent), ContentCoding::zstd);
    return request;
  }

  Url url_;
  std::string credential_;
  HttpClient client_;
};

}  // namespace

Result<std::unique_ptr<Sender>> make_http_sender(HttpSenderOptions options) {
  Result<Url> url = parse_server_url(options.server_url);
  if (!url) return url.error();
  url->target += "/api/events";
  if (const Result<void> fits = check_credential(options.credential); !fits) return fits.error();
  HttpClientOptions client;
  client.user_agent = std::move(options.user_agent);
  client.ca_file = std::move(options.ca_file);
  client.max_body_bytes = max_answer_bytes;
  auto sender = std::make_unique<HttpSender>(std::move(*url), std::move(options.credential), std::move(client));
  if (Result<void> ready = sender->prepare(); !ready) return ready.error();
  return std::unique_ptr<Sender>(std::move(sender));
}

}  // namespace activitytrack
