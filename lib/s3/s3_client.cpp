#include "s3/s3_client.hpp"

#include "core/text.hpp"
#include "net/digest.hpp"
#include "s3/exchange.hpp"
#include "s3/multipart.hpp"
#include "s3/xml.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace activitytrack {
namespace {

constexpr std::size_t max_page_bytes = 8 << 20;  // 1000 keys of 1024 bytes, each byte percent-encoded

struct Page {
  std::vector<S3Object> objects;
  bool encoded = false;
  bool truncated = false;
  std::string next;
};

/// A key as encoding-type=url has it, where a space may be "+".
Result<std::string> decode_key(std::string text) {
  for (char& c : text) c = c == '+' ? ' ' : c;
  return percent_decode(text);
}

Result<Page> read_page(const std::string& xml) {
  Page page;
  S3Object object;
  bool good = true;
  const auto take = [&](std::string_view path, std::string_view text) {
    constexpr std::string_view root = "ListBucketResult/";
    if (!path.starts_with(root)) return;
    path.remove_prefix(root.size());
    if (path == "Contents/Key") object.key = text;
    if (path == "Contents/Size") {
      const auto size = parse_number<std::int64_t>(text);
      good = good && size;
      object.size = size.value_or(0);
    }
    if (path == "Contents") page.objects.push_back(std::exchange(object, {}));
    if (path == "IsTruncated") page.truncated = text == "true";
    if (path == "EncodingType") page.encoded = text == "url";
    if (path == "NextContinuationToken") page.next = text;
  };
  const Result<void> read = read_xml(xml, take);
  if (!read || !good) return Error{ErrorCode::invalid_input, "a list that cannot be read"};
  for (S3Object& o : page.objects) {
    if (!page.encoded) break;
    Result<std::string> key = decode_key(std::move(o.key));
    if (!key) return Error{ErrorCode::invalid_input, "a list with a key that cannot be read"};
    o.key = std::move(*key);
  }
  return page;
}

/// S3Client::list(): `prefix` is before all keys, and not part of what the sink gets.
Result<void> list_objects(S3Exchange& exchange, const std::string& prefix, const std::string& below,
                          const std::string& after, const std::function<Result<void>(const S3Object&)>& sink) {
  const std::string query = "list-type=2&encoding-type=url&prefix=" + uri_encode(prefix + below);
  std::set<std::string> tokens;
  std::string from = after.empty() ? "" : "&start-after=" + uri_encode(prefix + after);
  for (;;) {
    const S3Answer answer = exchange.run({.query = query + from, .max_answer_bytes = max_page_bytes});
    if (!answer) return answer.error().error;
    const Result<Page> page = read_page(answer->body);
    if (!page) return Error{ErrorCode::unavailable, exchange.place() + " answered " + page.error().message};
    for (const S3Object& object : page->objects) {
      // Not every service knows start-after.
      if (!object.key.starts_with(prefix + below) || object.key <= prefix + after) continue;
      if (Result<void> taken = sink({object.key.substr(prefix.size()), object.size}); !taken) return taken;
    }
    if (!page->truncated) return {};
    if (page->next.empty()) {
      return Error{ErrorCode::unavailable, exchange.place() + " answered a list that ends in its middle"};
    }
    if (!tokens.insert(page->next).second) {
      return Error{ErrorCode::unavailable, exchange.place() + " answered a list that begins anew"};
    }
    from = "&continuation-token=" + uri_encode(page->next);
  }
}

constexpr std::size_t max_key_bytes = 1024;
constexpr std::chrono::seconds longest_valid = std::chrono::hours(7 * 24);

Error wrong(std::string_view what) { return {ErrorCode::invalid_input, std::string(what)}; }

Result<void> check(const S3Options& options) {
  if (!options.sse.empty() && options.sse != "AES256" && options.sse != "aws:kms") {
    return wrong("s3.sse must be AES256 or aws:kms");
  }
  if (!options.sse_kms_key.empty() && options.sse != "aws:kms") {
    return wrong("s3.sse_kms_key needs s3.sse to be aws:kms");
  }
  return {};
}

}  // namespace

S3Body s3_body(std::string_view bytes) {
  return {static_cast<std::int64_t>(bytes.size()), [bytes](std::int64_t offset, std::size_t length) {
            return Result<std::string>(std::string(bytes.substr(static_cast<std::size_t>(offset), length)));
          }};
}

struct S3Client::State {
  State(const S3Options& with, S3Address address, Clock& clock, Log& log, const S3Limits& l)
      : options(with), limits(l), exchange(options, std::move(address), limits, clock, log) {}

  Result<std::string> whole(const std::string& key) const {
    std::string text = options.prefix.empty() ? key : options.prefix + "/" + key;
    if (key.empty()) return wrong("an object's key must not be empty");
    if (text.size() > max_key_bytes) return wrong("an object's key is longer than 1024 bytes");
    return text;
  }

  HttpFields with_encryption(HttpFields fields) const {
    if (!options.sse.empty()) fields.emplace_back("x-amz-server-side-encryption", options.sse);
    if (!options.sse_kms_key.empty()) {
      fields.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", options.sse_kms_key);
    }
    return fields;
  }

  S3Options options;
  S3Limits limits;
  S3Exchange exchange;
};

S3Client::S3Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
S3Client::~S3Client() = default;

Result<std::unique_ptr<S3Client>> S3Client::make(S3Options options, Clock& clock, Log& log, const S3Limits& limits) {
  if (Result<void> good = check(options); !good) return good.error();
  while (options.prefix.starts_with('/')) options.prefix.erase(0, 1);
  while (options.prefix.ends_with('/')) options.prefix.pop_back();
  Result<S3Address> address = S3Address::make(options);
  if (!address) return address.error();
  auto state = std::make_unique<State>(options, std::move(*address), clock, log, limits);
  if (Result<void> ready = state->exchange.prepare(); !ready) return ready.error();
  return std::unique_ptr<S3Client>(new S3Client(std::move(state)));
}

Result<void> S3Client::put(const std::string& key, const S3Body& body, const HttpFields& fields) {
  const Result<std::string> whole = state_->whole(key);
  if (!whole) return whole.error();
  HttpFields all = state_->with_encryption(fields);
  if (body.size > state_->limits.part_bytes) {
    return put_in_parts(state_->exchange, *whole, body, all, state_->limits.part_bytes);
  }
  Result<std::string> bytes = read_piece(body, 0, static_cast<std::size_t>(body.size));
  if (!bytes) return bytes.error();
  S3Request request{.method = "PUT", .key = *whole, .fields = std::move(all), .body = std::move(*bytes)};
  add_md5(request);
  const S3Answer answer = state_->exchange.run(std::move(request));
  if (!answer) return answer.error().error;
  return {};
}

Result<std::string> S3Client::get(const std::string& key, std::size_t max_bytes) {
  const Result<std::string> whole = state_->whole(key);
  if (!whole) return whole.error();
  S3Answer answer = state_->exchange.run({.key = *whole, .max_answer_bytes = max_bytes});
  if (!answer) return answer.error().error;
  return std::move(answer->body);
}

Result<std::string> S3Client::get(const std::string& key, std::int64_t offset, std::size_t length) {
  const Result<std::string> whole = state_->whole(key);
  if (!whole) return whole.error();
  if (length == 0) return std::string();
  const auto last = offset + static_cast<std::int64_t>(length) - 1;
  S3Answer answer = state_->exchange.run({
      .key = *whole,
      .fields = {{"Range", "bytes=" + std::to_string(offset) + "-" + std::to_string(last)}},
      .max_answer_bytes = length,
      .is_small = true,
  });
  if (!answer) return answer.error().error;
  // A service that knows no pieces answers with all of it.
  const bool is_piece = answer->status == 206 || offset == 0;
  if (!is_piece || answer->body.size() != length)
    return Error{ErrorCode::invalid_input, "S3 gave other bytes of an object than were asked for"};
  return std::move(answer->body);
}

Result<std::optional<std::int64_t>> S3Client::head(const std::string& key) {
  const Result<std::string> whole = state_->whole(key);
  if (!whole) return whole.error();
  return head_object(state_->exchange, *whole);
}

Result<void> S3Client::list(const std::string& below, const std::string& after,
                            const std::function<Result<void>(const S3Object&)>& sink) {
  const std::string prefix = state_->options.prefix.empty() ? "" : state_->options.prefix + "/";
  return list_objects(state_->exchange, prefix, below, after, sink);
}

Result<void> S3Client::remove(const std::string& key) {
  const Result<std::string> whole = state_->whole(key);
  if (!whole) return whole.error();
  const S3Answer answer = state_->exchange.run({.method = "DELETE", .key = *whole, .is_small = true});
  if (!answer && answer.error().code != "NoSuchKey") return answer.error().error;
  return {};
}

Result<PresignedPut> S3Client::presign_put(const std::string& key, std::int64_t size, const std::string& hash,
                                           const HttpFields& fields, std::chrono::seconds valid) {
  const Result<std::string> whole = state_->whole(key);
  if (!whole) return whole.error();
  const std::string digest = unhex(hash);
  if (digest.size() != 32 || size < 0) return wrong("a presigned upload needs a size and a SHA-256");
  valid = std::clamp(valid, std::chrono::seconds(1), longest_valid);
  PresignedPut put;
  put.fields = state_->with_encryption(fields);
  const bool with_hash = state_->options.presign_body_hash;
  if (with_hash) put.fields.emplace_back("x-amz-content-sha256", hash);
  if (!with_hash || state_->options.endpoint.empty()) {
    put.fields.emplace_back("x-amz-checksum-sha256", base64(digest));
  }
  S3Request request{.method = "PUT", .key = *whole, .fields = put.fields};
  request.fields.emplace_back("content-length", std::to_string(size));
  Result<HttpRequest> signed_request = state_->exchange.presign(request, with_hash ? hash : "UNSIGNED-PAYLOAD", valid);
  if (!signed_request) return signed_request.error();
  put.url = signed_request->url.origin() + signed_request->url.target;
  put.expires = state_->exchange.service_now() + valid;
  return put;
}

void S3Client::cancel() noexcept { state_->exchange.cancel(); }

}  // namespace activitytrack
