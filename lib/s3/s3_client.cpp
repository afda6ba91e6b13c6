#include "s3/s3_client.hpp"

#include "core/text.hpp"
#include "net/digest.hpp"
#include "s3/xml.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

namespace activitytrack {
namespace {

constexpr std::int64_t most_parts = 10'000;

Error not_understood(const S3Exchange& exchange, std::string_view what) {
  return {ErrorCode::unavailable,
          exchange.place() + ": the answer to " + std::string(what) + " is not what S3 answers; check s3.endpoint"};
}

/// Sends a piece of `body` as the body of `request`; fails also if it is not as long as was asked for.
Result<HttpResponse> send_piece(S3Exchange& exchange, S3Request request, const S3Body& body, std::int64_t offset,
                                std::int64_t length) {
  Result<std::string> bytes =
      length == 0 ? Result<std::string>(std::string()) : body.read(offset, static_cast<std::size_t>(length));
  if (!bytes) return bytes.error();
  if (bytes->size() != static_cast<std::size_t>(length))
    return Error{ErrorCode::io, "what is to be uploaded has become shorter or longer"};
  request.body = std::move(*bytes);
  // Content-MD5, by which a service finds damage by itself and which buckets with locked objects ask for.
  if (const std::string digest = md5(request.body); !digest.empty())
    request.fields.emplace_back("Content-MD5", base64(digest));
  S3Answer answer = exchange.run(std::move(request));
  if (!answer) return answer.error().error;
  return std::move(*answer);
}

/// An object's size; nullopt if there is none.
Result<std::optional<std::int64_t>> head_object(S3Exchange& exchange, const std::string& key) {
  const S3Answer answer = exchange.run({.method = "HEAD", .key = key, .is_small = true});
  if (!answer && answer.error().status == 404) return std::optional<std::int64_t>();
  if (!answer) return answer.error().error;
  const auto size = parse_number<std::int64_t>(answer->field("Content-Length"));
  if (!size || *size < 0) return not_understood(exchange, "HEAD");
  return size;
}

/// An upload in parts, each sent as often as it takes.
class Upload {
 public:
  Upload(S3Exchange& exchange, const std::string& key, const S3Body& body)
      : exchange_(exchange), key_(key), body_(body) {}

  Result<void> start(const HttpFields& fields) {
    const S3Answer answer = exchange_.run({.method = "POST", .key = key_, .query = "uploads=", .fields = fields});
    if (!answer) return answer.error().error;
    id_ = xml_text(answer->body, "InitiateMultipartUploadResult/UploadId");
    if (id_.empty()) return not_understood(exchange_, "the start of an upload");
    return {};
  }

  Result<void> send_parts(std::int64_t part_bytes) {
    part_bytes = std::max(part_bytes, (body_.size + most_parts - 1) / most_parts);
    for (std::int64_t offset = 0; offset < body_.size; offset += part_bytes) {
      const Result<void> sent = send_part(offset, std::min(part_bytes, body_.size - offset));
      if (!sent) return sent;
    }
    return {};
  }

  Result<void> complete() {
    S3Request request{.method = "POST", .key = key_, .query = "uploadId=" + uri_encode(id_)};
    request.fields = {{"Content-Type", "application/xml"}};
    request.body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (std::size_t i = 0; i < etags_.size(); ++i) {
      request.body +=
          "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + etags_[i] + "</ETag></Part>";
    }
    request.body += "</CompleteMultipartUpload>";
    const S3Answer answer = exchange_.run(std::move(request));
    if (!answer) return done_all_the_same(answer.error());
    if (!xml_text(answer->body, "CompleteMultipartUploadResult/ETag").empty()) return {};
    return not_understood(exchange_, "the completion of an upload");
  }

  /// Without a word if it fails: the bucket's lifecycle is there for what is left over.
  void abort() {
    std::ignore = exchange_.run({.method = "DELETE", .key = key_, .query = "uploadId=" + uri_encode(id_)});
  }

 private:
  Result<void> send_part(std::int64_t offset, std::int64_t length) {
    const std::string query = "partNumber=" + std::to_string(etags_.size() + 1) + "&uploadId=" + uri_encode(id_);
    const auto answer = send_piece(exchange_, {.method = "PUT", .key = key_, .query = query}, body_, offset, length);
    if (!answer) return answer.error();
    const std::string_view etag = answer->field("ETag");
    if (etag.empty() || etag.find_first_of("<>&") != etag.npos) return not_understood(exchange_, "a part");
    etags_.emplace_back(etag);
    return {};
  }

  /// The answer of an earlier try to complete it may have been lost on its way.
  Result<void> done_all_the_same(const S3Failure& failure) {
    if (failure.code != "NoSuchUpload") return failure.error;
    const Result<std::optional<std::int64_t>> size = head_object(exchange_, key_);
    if (size && *size && **size == body_.size) return {};
    return failure.error;
  }

  S3Exchange& exchange_;
  const std::string& key_;
  const S3Body& body_;
  std::string id_;
  std::vector<std::string> etags_;
};

/// Starts an upload, sends its parts and completes it; aborts it on failure.
Result<void> put_in_parts(S3Exchange& exchange, const std::string& key, const S3Body& body, const HttpFields& fields,
                          std::int64_t part_bytes) {
  Upload upload(exchange, key, body);
  if (Result<void> started = upload.start(fields); !started) return started;
  Result<void> done = upload.send_parts(part_bytes);
  if (done) done = upload.complete();
  if (!done) upload.abort();
  return done;
}

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

S3Client::S3Client(S3Options options, S3Address address, Clock& clock, Log& log, const S3Limits& limits)
    : options_(std::move(options)), limits_(limits), exchange_(options_, std::move(address), limits_, clock, log) {}

/// The key with the prefix.
Result<std::string> S3Client::whole(const std::string& key) const {
  std::string text = options_.prefix.empty() ? key : options_.prefix + "/" + key;
  if (key.empty()) return wrong("an object's key must not be empty");
  if (text.size() > max_key_bytes) return wrong("an object's key is longer than 1024 bytes");
  return text;
}

HttpFields S3Client::with_encryption(HttpFields fields) const {
  if (!options_.sse.empty()) fields.emplace_back("x-amz-server-side-encryption", options_.sse);
  if (!options_.sse_kms_key.empty()) {
    fields.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", options_.sse_kms_key);
  }
  return fields;
}

Result<std::unique_ptr<S3Client>> S3Client::make(S3Options options, Clock& clock, Log& log, const S3Limits& limits) {
  if (Result<void> good = check(options); !good) return good.error();
  while (options.prefix.starts_with('/')) options.prefix.erase(0, 1);
  while (options.prefix.ends_with('/')) options.prefix.pop_back();
  Result<S3Address> address = S3Address::make(options);
  if (!address) return address.error();
  std::unique_ptr<S3Client> made(new S3Client(std::move(options), std::move(*address), clock, log, limits));
  if (Result<void> ready = made->exchange_.prepare(); !ready) return ready.error();
  return made;
}

Result<void> S3Client::put(const std::string& key, const S3Body& body, const HttpFields& fields) {
  const Result<std::string> object = whole(key);
  if (!object) return object.error();
  HttpFields all = with_encryption(fields);
  if (body.size > limits_.part_bytes) {
    return put_in_parts(exchange_, *object, body, all, limits_.part_bytes);
  }
  const auto answer =
      send_piece(exchange_, {.method = "PUT", .key = *object, .fields = std::move(all)}, body, 0, body.size);
  if (!answer) return answer.error();
  return {};
}

Result<std::string> S3Client::get(const std::string& key, std::size_t max_bytes) {
  const Result<std::string> object = whole(key);
  if (!object) return object.error();
  S3Answer answer = exchange_.run({.key = *object, .max_answer_bytes = max_bytes});
  if (!answer) return answer.error().error;
  return std::move(answer->body);
}

Result<std::string> S3Client::get(const std::string& key, std::int64_t offset, std::size_t length) {
  const Result<std::string> object = whole(key);
  if (!object) return object.error();
  if (length == 0) return std::string();
  const auto last = offset + static_cast<std::int64_t>(length) - 1;
  S3Answer answer = exchange_.run({
      .key = *object,
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
  const Result<std::string> object = whole(key);
  if (!object) return object.error();
  return head_object(exchange_, *object);
}

Result<void> S3Client::list(const std::string& below, const std::string& after,
                            const std::function<Result<void>(const S3Object&)>& sink) {
  const std::string prefix = options_.prefix.empty() ? "" : options_.prefix + "/";
  return list_objects(exchange_, prefix, below, after, sink);
}

Result<void> S3Client::remove(const std::string& key) {
  const Result<std::string> object = whole(key);
  if (!object) return object.error();
  const S3Answer answer = exchange_.run({.method = "DELETE", .key = *object, .is_small = true});
  if (!answer && answer.error().code != "NoSuchKey") return answer.error().error;
  return {};
}

Result<PresignedPut> S3Client::presign_put(const std::string& key, std::int64_t size, const std::string& hash,
                                           const HttpFields& fields, std::chrono::seconds valid) {
  const Result<std::string> object = whole(key);
  if (!object) return object.error();
  const std::string digest = unhex(hash);
  if (digest.size() != 32 || size < 0) return wrong("a presigned upload needs a size and a SHA-256");
  valid = std::clamp(valid, std::chrono::seconds(1), longest_valid);
  PresignedPut put;
  put.fields = with_encryption(fields);
  const bool with_hash = options_.presign_body_hash;
  if (with_hash) put.fields.emplace_back("x-amz-content-sha256", hash);
  if (!with_hash || options_.endpoint.empty()) {
    put.fields.emplace_back("x-amz-checksum-sha256", base64(digest));
  }
  S3Request request{.method = "PUT", .key = *object, .fields = put.fields};
  request.fields.emplace_back("content-length", std::to_string(size));
  Result<HttpRequest> signed_request = exchange_.presign(request, with_hash ? hash : "UNSIGNED-PAYLOAD", valid);
  if (!signed_request) return signed_request.error();
  put.url = signed_request->url.origin() + signed_request->url.target;
  put.expires = exchange_.service_now() + valid;
  return put;
}

void S3Client::cancel() noexcept { exchange_.cancel(); }

}  // namespace activitytrack
