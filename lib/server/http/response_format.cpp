#include "server/http/response_format.hpp"

#include "core/text.hpp"
#include "net/compress.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>
#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace activitytrack::server {
namespace {

/// A body that is shorter fits into one packet whether packed or not.
constexpr std::size_t worth_packing_bytes = 1024;

/// Calls `each` with the elements of a header's list, trimmed.
template <class Each>
void for_each_element(std::string_view list, Each each) {
  while (!list.empty()) {
    const auto end = list.find(',');
    each(stripped(list.substr(0, end)));
    list.remove_prefix(end == list.npos ? list.size() : end + 1);
  }
}

/// Of "gzip;q=0.5": 0.5; without a weight 1.
double weight_of(std::string_view parameters) {
  const auto q = parameters.find("q=");
  if (q == parameters.npos) return 1;
  double weight = 0;
  std::from_chars(parameters.data() + q + 2, parameters.data() + parameters.size(), weight);
  return weight;
}

/// The coding with the greatest weight; zstd before gzip among equals. `*` counts as none: a client that wants zstd
/// names it.
ContentCoding accepted_coding(std::string_view accept_encoding) {
  ContentCoding best = ContentCoding::identity;
  double best_weight = 0;
  for_each_element(accept_encoding, [&](std::string_view element) {
    const auto name_end = std::min(element.find(';'), element.size());
    const auto coding = parse_content_coding(stripped(element.substr(0, name_end)));
    if (!coding || *coding == ContentCoding::identity) return;
    const double weight = weight_of(element.substr(name_end));
    if (weight <= 0 || weight < best_weight) return;
    if (weight == best_weight && best == ContentCoding::zstd) return;
    best = *coding;
    best_weight = weight;
  });
  return best;
}

std::string hash_of(std::string_view body) {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(body.data()), body.size(),
                     nullptr, 0);
  std::array<char, 2 * hash.size() + 1> text;
  return sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
}

/// A strong ETag stands for the very bytes sent: each coding has its own.
std::string etag_of(const std::string& hash, ContentCoding coding) {
  if (coding == ContentCoding::identity) return '"' + hash + '"';
  return '"' + hash + '-' + std::string(to_string(coding)) + '"';
}

/// Whether the client has this body, in whatever coding.
bool is_known(std::string_view if_none_match, const std::string& hash) {
  const auto codings = {ContentCoding::identity, ContentCoding::gzip, ContentCoding::zstd};
  return std::ranges::any_of(codings,
                             [&](ContentCoding coding) { return names_etag(if_none_match, etag_of(hash, coding)); });
}

bool has_field(const Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers,
                             [&](const auto& field) { return boost::algorithm::iequals(field.first, name); });
}

bool is_kept(const Request& request, const Response& response) {
  return is_read(request) && response.status == 200 && !response.stream && !response.live &&
         response.content_type == "application/json" && !has_field(response, "Set-Cookie") &&
         !has_field(response, "Cache-Control");
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const auto begin = out.size();
  out.append(value);
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  out += "\r\n";
}

/// 204 and 304 say by themselves that nothing follows.
bool can_have_body(int status) { return status != 204 && status != 304; }

/// Whether the body's length is known only when it was sent.
bool is_open_ended(const Response& response) {
  return response.live != nullptr || (response.stream && !response.stream_bytes);
}

void append_framing(std::string& out, const Response& response, const AnswerFrame& frame) {
  if (can_have_body(response.status)) {
    append_field(out, "Content-Type", response.content_type);
    if (!is_open_ended(response))
      append_field(out, "Content-Length",
                   std::to_string(response.stream ? *response.stream_bytes : body_of(response).size()));
    else if (frame.chunks())
      append_field(out, "Transfer-Encoding", "chunked");
  }
  if (!frame.keep_alive)
    append_field(out, "Connection", "close");
  else if (frame.version == 10)
    append_field(out, "Connection", "keep-alive");
}

}  // namespace

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  bool named = false;
  for_each_element(if_none_match, [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    named |= tag == "*" || tag == etag;
  });
  return named;
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool accepted = false;
  for_each_element(accept_encoding, [&](std::string_view element) {
    const auto name_end = std::min(element.find(';'), element.size());
    if (parse_content_coding(stripped(element.substr(0, name_end))) == ContentCoding::gzip)
      accepted = weight_of(element.substr(name_end)) > 0;
  });
  return accepted;
}

void choose_representation(const Request& request, Response& response) {
  if (!is_kept(request, response)) return;
  const bool is_long = response.body.size() > worth_packing_bytes;
  const auto coding = is_long ? accepted_coding(request.accept_encoding) : ContentCoding::identity;
  const auto hash = hash_of(response.body);
  response.headers.emplace_back("ETag", etag_of(hash, coding));
  response.headers.emplace_back("Cache-Control", "private, no-cache");
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (is_known(request.if_none_match, hash)) {
    response.status = 304;
    std::string().swap(response.body);  // which would count as an answer under way
    return;
  }
  if (coding == ContentCoding::identity) return;
  response.body = compress(response.body, coding);
  response.headers.emplace_back("Content-Encoding", to_string(coding));
}

void name_request(Response& response, std::string_view id) {
  if (id.empty() || response.content_type != "application/problem+json" || !response.body.ends_with('}')) return;
  add_member(response, "request_id", '"' + std::string(id) + '"');
}

bool has_body(const Response& response, const AnswerFrame& frame) noexcept {
  return !frame.is_head && can_have_body(response.status);
}

std::string format_head(const Response& response, const AnswerFrame& frame) {
  std::string out;
  out.reserve(512);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(status_title(response.status)).append("\r\nDate: ").append(frame.date).append("\r\n");
  append_framing(out, response, frame);
  if (!has_field(response, "Cache-Control")) append_field(out, "Cache-Control", "no-store");
  append_field(out, "X-Content-Type-Options", "nosniff");
  if (!frame.request_id.empty()) append_field(out, "X-Request-Id", frame.request_id);
  if (const auto seconds = frame.hsts_max_age.count(); seconds > 0)
    out.append("Strict-Transport-Security: max-age=").append(std::to_string(seconds)).append("\r\n");
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  out += "\r\n";
  return out;
}

std::string format_chunk(std::string_view piece) {
  std::string out;
  out.reserve(piece.size() + 24);
  std::array<char, 16> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16).ptr);
  out.append("\r\n").append(piece).append("\r\n");
  return out;
}

std::string http_date(std::time_t time) {
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text;
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

}  // namespace activitytrack::server
