#include "server/api/content.hpp"

#include "net/compress.hpp"
#include "server/http/message.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>

namespace activitytrack::server {
namespace {

bool is_json(const std::string& content_type) {
  const auto type = boost::algorithm::trim_copy(content_type.substr(0, content_type.find(';')));
  return type.empty() || boost::algorithm::iequals(type, "application/json") ||
         boost::algorithm::iequals(type, "application/merge-patch+json");
}

}  // namespace

std::variant<std::string, Response> json_body(const Request& request, std::size_t max_bytes) {
  if (!is_json(request.content_type)) return problem(415, "Content-Type must be application/json");
  const auto coding = parse_content_coding(request.content_encoding);
  if (!coding) {
    Response refused = problem(415, "Content-Encoding must be identity, gzip or zstd");
    refused.headers.emplace_back("Accept-Encoding", "gzip, zstd");
    return refused;
  }
  auto body = decompress(request.body, *coding, max_bytes);
  if (body) return std::move(*body);
  const bool too_large = body.error().code == ErrorCode::no_space;
  return problem(too_large ? 413 : 400, "body: " + body.error().message);
}

}  // namespace activitytrack::server
