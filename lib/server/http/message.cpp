#include "server/http/message.hpp"

#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "net/url.hpp"

#include <activitytrack/core/log.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

/// Far more than any route has. Each is compared with all before it.
constexpr std::size_t max_parameters = 64;

constexpr std::string_view control_character = "holds a control character";

Error bad_target(std::string_view what) { return {ErrorCode::invalid_input, "request target: " + std::string(what)}; }

Result<std::string> decode(std::string_view text) {
  auto decoded = percent_decode(text);
  if (!decoded) return bad_target("\"%\" needs two hexadecimal digits");
  if (!is_utf8(*decoded)) return bad_target("not UTF-8");
  if (decoded->find('\0') != decoded->npos) return bad_target(control_character);
  return decoded;
}

/// Calls `take` with each part between separators, until one fails.
template <class Take>
Result<void> each_part(std::string_view text, char separator, Take take) {
  while (true) {
    const auto end = text.find(separator);
    if (Result<void> taken = take(text.substr(0, end)); !taken) return taken;
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
}

Result<void> add_parameter(Target& target, std::string_view part) {
  if (part.empty()) return {};
  if (target.query.size() == max_parameters) return bad_target("has too many parameters");
  const auto equals = part.find('=');
  const auto name = decode(part.substr(0, equals));
  if (!name) return name.error();
  const auto value = decode(equals == std::string_view::npos ? "" : part.substr(equals + 1));
  if (!value) return value.error();
  if (has_control_characters(*name) || has_control_characters(*value)) return bad_target(control_character);
  if (target.find(*name)) return bad_target("a parameter is given twice");
  target.query.emplace_back(*name, *value);
  return {};
}

/// Takes "http://host:port" off "http://host:port/path", which names the same resource as "/path"; "" without it.
std::string_view take_origin(std::string_view& target) {
  if (!target.starts_with("http://") && !target.starts_with("https://")) return {};
  const auto whole = target;
  const auto path = target.find_first_of("/?", target.find("://") + 3);
  target = path == std::string_view::npos ? "/" : target.substr(path);
  return whole.substr(0, path);
}

/// Of what this server answers.
constexpr std::pair<int, std::string_view> titles[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

constexpr int failure_retry_sec = 30;

/// Of errors that are the client's: what else fails, fails in the server.
constexpr std::pair<ErrorCode, int> statuses[] = {{ErrorCode::invalid_input, 400}, {ErrorCode::unauthorized, 401},
                                                  {ErrorCode::not_found, 404},     {ErrorCode::already_exists, 409},
                                                  {ErrorCode::conflict, 409},      {ErrorCode::too_large, 413}};

}  // namespace

const std::string* Target::find(std::string_view name) const noexcept {
  const auto found =
      std::ranges::find(query, name, [](const auto& parameter) -> std::string_view { return parameter.first; });
  return found == query.end() ? nullptr : &found->second;
}

Result<Target> parse_target(std::string_view text) {
  const auto origin = take_origin(text);
  if (!text.starts_with('/')) return bad_target("must start with \"/\"");
  Target target;
  if (!origin.empty()) target.authority = origin.substr(origin.find("://") + 3);
  if (!origin.empty() && (target.authority.empty() || target.authority.find('@') != std::string::npos))
    return bad_target("its address must be a host");
  const auto mark = text.find('?');
  const auto path = text.substr(0, mark);
  auto parsed = each_part(path.substr(1), '/', [&](std::string_view part) -> Result<void> {
    auto segment = decode(part);
    if (!segment) return segment.error();
    target.as_written.push_back(*segment == part);
    target.segments.push_back(std::move(*segment));
    return {};
  });
  if (parsed && mark != std::string_view::npos) {
    parsed = each_part(text.substr(mark + 1), '&', [&](auto part) { return add_parameter(target, part); });
  }
  if (!parsed) return parsed.error();
  return target;
}

bool is_read(const Request& request) noexcept { return request.method == "GET" || request.method == "HEAD"; }

std::string_view status_title(int status) noexcept {
  const auto found = std::ranges::find(titles, status, [](const auto& title) { return title.first; });
  if (found != std::end(titles)) return found->second;
  return status < 400 ? "OK" : status < 500 ? "Bad Request" : "Internal Server Error";
}

Response problem(int status, std::string_view detail) {
  Response response{.status = status, .content_type = "application/problem+json"};
  JsonWriter(response.body)
      .begin_object()
      .field("type", "about:blank")
      .field("title", status_title(status))
      .field("status", status)
      .field("detail", detail)
      .end_object();
  return response;
}

void add_member(Response& problem, std::string_view name, std::string_view json) {
  problem.body.pop_back();
  problem.body.append(",\"").append(name).append("\":").append(json).append("}");
}

Response come_back_later(int seconds, std::string_view detail) {
  Response response = problem(503, detail);
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

void add_rate_limit(Response& response, const RateLimit& limit) {
  const std::string name = '"' + std::string(limit.policy) + '"';
  std::string policy = name + ";q=" + std::to_string(limit.quota);
  if (!limit.unit.empty()) policy.append(";qu=\"").append(limit.unit).append("\"");
  if (limit.window.count() > 0) policy += ";w=" + std::to_string(limit.window.count());
  response.headers.emplace_back("RateLimit-Policy", std::move(policy));
  std::string left = name + ";r=" + std::to_string(limit.left);
  if (limit.reset.count() > 0) left += ";t=" + std::to_string(limit.reset.count());
  response.headers.emplace_back("RateLimit", std::move(left));
}

Response over_limit(const RateLimit& limit, std::string_view detail) {
  Response response = problem(429, detail);
  response.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(limit.reset.count(), 1)));
  add_rate_limit(response, limit);
  return response;
}

Response failure_answer(const Error& error, const FailureWords& words) {
  if (!is_transient(error.code)) return problem(500, words.failed);
  return come_back_later(failure_retry_sec, error.code == ErrorCode::no_space ? words.full : words.away);
}

Response error_answer(const Error& error, Log& log, const Request& request) {
  const auto status = std::ranges::find(statuses, error.code, [](const auto& pair) { return pair.first; });
  if (status != std::end(statuses)) return problem(status->second, error.message);
  log.error("the store failed", {{"error", error.message}, {"request", std::string_view(request.id)}});
  return failure_answer(error);
}

Response answer_of(Result<Response> made, Log& log, const Request& request) {
  return made ? std::move(*made) : error_answer(made.error(), log, request);
}

}  // namespace activitytrack::server
