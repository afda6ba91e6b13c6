#pragma once

#include "s3/exchange.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/s3/s3_options.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

struct S3Object {
  std::string key;  ///< without the prefix
  std::int64_t size = 0;
};

/// What an upload carries: pieces by place, so that each can be sent again and none but the present one is in
/// memory.
struct S3Body {
  std::int64_t size = 0;
  std::function<Result<std::string>(std::int64_t offset, std::size_t length)> read;
};
S3Body s3_body(std::string_view bytes);  ///< borrows them

/// A request that S3 takes from anyone who has it, until it expires.
struct PresignedPut {
  std::string url;
  HttpFields fields;  ///< that must be sent along as they are
  Time expires{};
};

/// One bucket. Signs by Signature Version 4, every body's hash included; retries what S3 says is transient (500,
/// 503 SlowDown, cut connections), with growing, jittered waits, for about a minute; corrects for a clock
/// that is off by what the service's answers say; follows the bucket to its region. Keys are given without
/// the prefix. One thread uses it; `cancel` may come from any. Errors: `unauthorized` for 403 (with S3's own
/// code), `not_found`, `unavailable` and `timeout` for what is transient, `invalid_input` for what will never be
/// taken.
class S3Client {
 public:
  /// Sends nothing. Fails on options that cannot be used.
  static Result<std::unique_ptr<S3Client>> make(S3Options options, Clock& clock, Log& log = null_log(),
                                                const S3Limits& limits = {});

  /// Stores an object, in parts where it is larger than 8 MiB; an upload in parts that fails is aborted, so
  /// that nothing of it is kept or paid for. `fields`: Content-Type, x-amz-meta-...
  Result<void> put(const std::string& key, const S3Body& body, const HttpFields& fields);

  Result<std::string> get(const std::string& key, std::size_t max_bytes);

  /// A piece of it, all of which the object must have.
  Result<std::string> get(const std::string& key, std::int64_t offset, std::size_t length);

  /// The object's size; nullopt if there is none.
  Result<std::optional<std::int64_t>> head(const std::string& key);

  /// All objects below `below` (a part of a key, "" for all), in order of key, from after `after` on. The
  /// sink's error ends it.
  Result<void> list(const std::string& below, const std::string& after,
                    const std::function<Result<void>(const S3Object&)>& sink);

  /// Also if it was not there.
  Result<void> remove(const std::string& key);

  /// For a body of exactly this size and SHA-256 (hexadecimal), sent with Content-Length; no longer than 7
  /// days. Asks for credentials, and else sends nothing.
  Result<PresignedPut> presign_put(const std::string& key, std::int64_t size, const std::string& sha256,
                                   const HttpFields& fields, std::chrono::seconds valid);

  /// Whether there are credentials, which are kept. Sends the bucket nothing.
  Result<void> find_credentials() { return exchange_.find_credentials(); }

  /// Makes what is under way, and all later calls, fail with `unavailable` at once.
  void cancel() noexcept;

 private:
  S3Client(S3Options options, S3Address address, Clock& clock, Log& log, const S3Limits& limits);
  Result<std::string> whole(const std::string& key) const;
  HttpFields with_encryption(HttpFields fields) const;

  S3Options options_;
  S3Limits limits_;
  S3Exchange exchange_;
};

}  // namespace activitytrack
