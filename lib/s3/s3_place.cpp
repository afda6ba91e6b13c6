#include <activitytrack/s3/s3_options.hpp>

namespace activitytrack {

Result<void> set_s3_place(std::string_view url, S3Options& options) {
  constexpr std::string_view scheme = "s3://";
  if (!url.starts_with(scheme)) return Error{ErrorCode::invalid_input, "must be s3://BUCKET/PREFIX"};
  url.remove_prefix(scheme.size());
  const auto slash = url.find('/');
  const std::string_view bucket = url.substr(0, slash);
  std::string_view prefix = slash == url.npos ? std::string_view() : url.substr(slash + 1);
  if (bucket.empty()) return Error{ErrorCode::invalid_input, "names no bucket; as in s3://BUCKET/PREFIX"};
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  options.bucket = bucket;
  options.prefix = prefix;
  return {};
}

}  // namespace activitytrack
