#pragma once

#include "s3/exchange.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace activitytrack {

/// Starts an upload, sends its parts, each as often as it takes, and completes it; aborts it on failure.
Result<void> put_in_parts(S3Exchange& exchange, const std::string& key, const S3Body& body, const HttpFields& fields,
                          std::int64_t part_bytes);

/// A piece of a body; fails also if it is not as long as was asked for.
Result<std::string> read_piece(const S3Body& body, std::int64_t offset, std::size_t length);

/// Content-MD5, by which a service finds damage by itself and which buckets with locked objects ask for.
void add_md5(S3Request& request);

/// An object's size; nullopt if there is none.
Result<std::optional<std::int64_t>> head_object(S3Exchange& exchange, const std::string& key);

}  // namespace activitytrack
