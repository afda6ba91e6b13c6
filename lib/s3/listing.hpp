#pragma once

#include "s3/exchange.hpp"

#include <functional>
#include <string>

namespace activitytrack {

/// S3Client::list(): `prefix` is before all keys, and not part of what the sink gets.
Result<void> list_objects(S3Exchange& exchange, const std::string& prefix, const std::string& below,
                          const std::string& after, const std::function<Result<void>(const S3Object&)>& sink);

}  // namespace activitytrack
