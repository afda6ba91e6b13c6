#include "sender/http_screenshot_sender.hpp"

#include "sender/http_outcome.hpp"

#include <activitytrack/sender/sender.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace activitytrack {
namespace {

namespace json = boost::json;

/// A server that asks for the same again and again is given up for this time.
constexpr int most_offers = 3;

constexpr std::size_t max_answer_bytes = 64 << 10;

/// A large picture on a slow line takes its time; one that is cut goes on where it ended.
constexpr std::chrono::minutes patience{10};

constexpr std::size_t most_fields = 32;
constexpr std::size_t most_field_bytes = 4096;
constexpr std::string_view own_path = "/api/screenshots/";

Error wrong(std::string_view what) {
  return {ErrorCode::unavailable, "the server's answer about a screenshot " + std::string(what)};
}

/// What the client itself says, or what would change where and as whom the request goes.
bool is_taken(std::string_view name) {
  constexpr std::array<std::string_view, 7> taken{"host",       "authorization", "content-length",   "connection",
                                                  "user-agent", "cookie",        "transfer-encoding"};
  const auto same = [&](std::string_view other) {
    return std::ranges::equal(name, other, {}, [](unsigned char c) { return std::tolower(c); });
  };
  return std::ranges::any_of(taken, same);
}

bool is_field_name(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || marks.find(static_cast<char>(c)) != marks.npos);
  });
}

bool is_field_value(std::string_view value) {
  return value.size() <= most_field_bytes && std::ranges::all_of(value, [](char c) { return c >= ' ' && c < 0x7F; });
}

bool is_target(std::string_view target) {
  return std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F; });
}

const json::value* find(const json::object& object, std::string_view name) {
  return object.if_contains({name.data(), name.size()});
}

Result<HttpFields> read_fields(const json::value* value) {
  HttpFields fields;
  if (!value) return fields;
  const json::object* object = value->if_object();
  if (!object || object->size() > most_fields) return wrong("holds header fields that are none");
  for (const auto& [key, text] : *object) {
    const std::string_view name(key.data(), key.size());
    const auto* string = text.if_string();
    if (!string || !is_field_name(name) || is_taken(name) || !is_field_value(*string)) {
      return wrong("holds header fields that must not be sent");
    }
    fields.emplace_back(name, std::string(*string));
  }
  return fields;
}

/// "/api/...": at the server, below its prefix. Else absolute.
Result<UploadOffer> read_place(std::string_view text, const Url& server) {
  if (!is_target(text)) return wrong("holds a URL that is none");
  if (text.starts_with('/')) {
    if (!text.starts_with(own_path)) return wrong("points to a place where no screenshots go");
    UploadOffer offer{server, {}, 0, true};
    offer.url.target += text;
    return offer;
  }
  Result<Url> url = parse_url(text);
  if (!url) return wrong("holds a URL that " + url.error().message);
  if (!url->user.empty() || !url->password.empty()) return wrong("holds a URL with a user or password");
  if (server.secure() && !url->secure()) {
    return wrong("would have it sent in clear, to " + url->origin() +
                 ": give the server an https endpoint for its bucket");
  }
  return UploadOffer{std::move(*url), {}, 0, false};
}

class HttpScreenshotSender final : public ScreenshotSender {
 public:
  explicit HttpScreenshotSender(ServerAccess server)
      : server_(std::move(server)), client_(server_.client), elsewhere_(server_.client) {}

  Result<void> prepare() { return client_.prepare(server_.url); }

  SendOutcome send(const Screenshot& screenshot, std::string_view bytes) override {
    SendOutcome refused;
    for (int offers = 0; offers < most_offers; ++offers) {
      const Result<HttpResponse> answer = client_.send(announcement(screenshot));
      if (!answer) return retry(answer.error());
      if (answer->status != 200) return outcome_of_announcement(*answer);
      const Result<std::optional<UploadOffer>> offer = read_upload_offer(answer->body, server_.url, bytes.size());
      if (!offer) return retry(offer.error());
      if (!*offer) return {.status = SendOutcome::settled};
      const Result<HttpResponse> put = upload(**offer, screenshot, bytes);
      if (!put) {  // cut: the server may have kept a part
        refused = retry(put.error());
        continue;
      }
      if (is_stored(**offer, *put, bytes.size())) return {.status = SendOutcome::settled};
      refused = outcome_of_upload(**offer, *put);
      if (refused.status != SendOutcome::settled && !may_ask_again(**offer, put->status)) return refused;
      // Whatever was said of the bytes, the server is asked what it has.
    }
    if (refused.status != SendOutcome::settled) return refused;
    refused = retry({ErrorCode::unavailable, server_.name + " wants a screenshot again that it was just given"});
    refused.others_may_pass = true;
    return refused;
  }

  void cancel() noexcept override {
    client_.cancel();
    elsewhere_.cancel();
  }

 private:
  static SendOutcome retry(Error error) { return {.error = std::move(error)}; }

  HttpRequest announcement(const Screenshot& screenshot) const {
    HttpRequest request{.method = "POST", .url = server_.url, .fields = server_.fields("application/json")};
    request.url.target += "/api/screenshots";
    request.body = encode_screenshot(screenshot);
    return request;
  }

  Result<HttpResponse> upload(const UploadOffer& offer, const Screenshot& screenshot, std::string_view bytes) {
    HttpRequest request{.method = "PUT", .url = offer.url, .fields = offer.fields, .body = {}};
    request.body = bytes.substr(offer.offset);
    request.send_once = true;  // a second try begins where the first was cut
    if (!offer.to_the_server) return elsewhere_.send(request);
    request.fields.emplace_back(
        "Content-Type", screenshot.format == Screenshot::Format::jpeg ? "image/jpeg" : "application/octet-stream");
    if (!server_.credential.empty()) request.fields.emplace_back("Authorization", "Bearer " + server_.credential);
    return client_.send(request);
  }

  SendOutcome outcome_of_announcement(const HttpResponse& answer) const {
    SendOutcome refusal = refusal_of(answer, "screenshots", server_.name, server_.credential);
    // Another picture has its name: asking again would not change that.
    if (answer.status == 409) return {.status = SendOutcome::refused, .error = std::move(refusal.error)};
    return refusal;
  }

  /// The server says so itself; what a bucket took, the server looks at when it is asked again.
  bool is_stored(const UploadOffer& offer, const HttpResponse& answer, std::size_t size) const {
    if (!offer.to_the_server || answer.status != 200) return false;
    const auto more = read_upload_offer(answer.body, server_.url, size);
    return more && !*more;
  }

  /// A bucket that refuses is set up wrongly, or its URL has expired: that is not the picture's fault. Nor is
  /// it the credential's if the server forbids what it has just asked for.
  SendOutcome outcome_of_upload(const UploadOffer& offer, const HttpResponse& answer) const {
    if (answer.status / 100 == 2) return {.status = SendOutcome::settled};
    const std::string asked = offer.to_the_server ? server_.name : offer.url.origin();
    SendOutcome refusal = refusal_of(answer, "screenshots", asked, server_.credential);
    if (!offer.to_the_server || refusal.status == SendOutcome::forbidden) refusal.status = SendOutcome::retry;
    const bool may_pass_soon = answer.status / 100 == 5 || answer.status == 429;
    refusal.others_may_pass = refusal.status == SendOutcome::retry && !may_pass_soon;
    return refusal;
  }

  /// Answers to an upload that a new offer may put right: 404 and 409, the server has it otherwise than it
  /// said; 422, it dropped what was changed on the way; 403 of a bucket, the URL has expired.
  static bool may_ask_again(const UploadOffer& offer, int status) {
    if (!offer.to_the_server) return status == 403;
    return status == 404 || status == 409 || status == 422;
  }

  const ServerAccess server_;
  HttpClient client_;
  HttpClient elsewhere_;  // of its own, so that the connection to the server is kept
};

}  // namespace

Result<std::optional<UploadOffer>> read_upload_offer(std::string_view answer, const Url& server, std::size_t size) {
  boost::system::error_code failed;
  const json::value root = json::parse({answer.data(), answer.size()}, failed);
  const json::object* object = failed ? nullptr : root.if_object();
  const json::value* state = object ? find(*object, "state") : nullptr;
  if (!state || !state->is_string()) return wrong("cannot be trusted: it has no state; check server_url");
  if (state->get_string() == "stored") return std::optional<UploadOffer>();
  if (state->get_string() != "wanted") return wrong("names a state that this agent does not know");

  const json::value* put = find(*object, "put");
  const json::value* url = put && put->is_object() ? find(put->get_object(), "url") : nullptr;
  if (!url || !url->is_string()) return wrong("has no URL");
  Result<UploadOffer> offer = read_place(url->get_string(), server);
  if (!offer) return offer.error();
  Result<HttpFields> fields = read_fields(find(put->get_object(), "fields"));
  if (!fields) return fields.error();
  offer->fields = std::move(*fields);

  const json::value* offset = find(*object, "offset");
  const auto number = offset ? offset->to_number<std::uint64_t>(failed) : 0;
  if (failed || number > size) return wrong("wants bytes that there are not");
  if (number > 0 && !offer->to_the_server) return wrong("wants a part for a place that takes wholes");
  offer->offset = static_cast<std::size_t>(number);
  return std::optional(std::move(*offer));
}

Result<std::unique_ptr<ScreenshotSender>> make_http_screenshot_sender(HttpSenderOptions options) {
  Result<ServerAccess> server = server_access(std::move(options));
  if (!server) return server.error();
  server->client.max_body_bytes = max_answer_bytes;
  server->client.timeouts.write = server->client.timeouts.total = patience;
  auto sender = std::make_unique<HttpScreenshotSender>(std::move(*server));
  if (const Result<void> ready = sender->prepare(); !ready) return ready.error();
  return std::unique_ptr<ScreenshotSender>(std::move(sender));
}

}  // namespace activitytrack
