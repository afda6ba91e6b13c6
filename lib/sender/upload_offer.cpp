#include "sender/upload_offer.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace activitytrack {
namespace {

namespace json = boost::json;

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

}  // namespace

Result<std::optional<UploadOffer>> read_upload_offer(std::string_view answer, const Url& server, std::size_t size) {
  boost::system::error_code failed;
  const json::value root = json::parse({answer.data(), answer.size()}, failed);
  const json::object* object = failed ? nullptr : root.if_object();
  const json::value* state = object ? find(*object, "state") : nullptr;
  if (!state || !state->is_string()) return wrong("cannot be trusted: it tells no state; check server_url");
  if (state->get_string() == "stored") return std::optional<UploadOffer>();
  if (state->get_string() != "wanted") return wrong("tells a state that this agent does not know");

  const json::value* put = find(*object, "put");
  const json::value* url = put && put->is_object() ? find(put->get_object(), "url") : nullptr;
  if (!url || !url->is_string()) return wrong("tells no URL");
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

}  // namespace activitytrack
