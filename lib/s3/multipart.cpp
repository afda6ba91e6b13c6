#include "s3/multipart.hpp"

#include "core/text.hpp"
#include "net/digest.hpp"
#include "s3/xml.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace activitytrack {
namespace {

constexpr std::int64_t most_parts = 10'000;

Error not_understood(const S3Exchange& exchange, std::string_view what) {
  return {ErrorCode::unavailable,
          exchange.place() + ": the answer to " + std::string(what) + " is not what S3 answers; check s3.endpoint"};
}

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
    Result<std::string> bytes = read_piece(body_, offset, static_cast<std::size_t>(length));
    if (!bytes) return bytes.error();
    S3Request request{.method = "PUT", .key = key_, .body = std::move(*bytes)};
    request.query = "partNumber=" + std::to_string(etags_.size() + 1) + "&uploadId=" + uri_encode(id_);
    add_md5(request);
    const S3Answer answer = exchange_.run(std::move(request));
    if (!answer) return answer.error().error;
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

}  // namespace

Result<void> put_in_parts(S3Exchange& exchange, const std::string& key, const S3Body& body, const HttpFields& fields,
                          std::int64_t part_bytes) {
  Upload upload(exchange, key, body);
  if (Result<void> started = upload.start(fields); !started) return started;
  Result<void> done = upload.send_parts(part_bytes);
  if (done) done = upload.complete();
  if (!done) upload.abort();
  return done;
}

Result<std::string> read_piece(const S3Body& body, std::int64_t offset, std::size_t length) {
  Result<std::string> bytes = length == 0 ? Result<std::string>(std::string()) : body.read(offset, length);
  if (bytes && bytes->size() != length) {
    return Error{ErrorCode::io, "what is to be uploaded has become shorter or longer"};
  }
  return bytes;
}

void add_md5(S3Request& request) {
  if (const std::string digest = md5(request.body); !digest.empty()) {
    request.fields.emplace_back("Content-MD5", base64(digest));
  }
}

Result<std::optional<std::int64_t>> head_object(S3Exchange& exchange, const std::string& key) {
  const S3Answer answer = exchange.run({.method = "HEAD", .key = key, .is_small = true});
  if (!answer && answer.error().status == 404) return std::optional<std::int64_t>();
  if (!answer) return answer.error().error;
  const auto size = parse_number<std::int64_t>(answer->field("Content-Length"));
  if (!size || *size < 0) return not_understood(exchange, "HEAD");
  return size;
}

}  // namespace activitytrack
