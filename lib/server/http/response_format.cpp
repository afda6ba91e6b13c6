#include "server/http/response_format.hpp"

#include "net/compress.hpp"
#include "server/http/message.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace activitytrack::server {
namespace {

/// What is shorter fits into one packet whether packed or not.
constexpr std::size_t worth_packing_bytes = 1024;

/// Calls `each` with the elements of a header's list, trimmed.
template <class Each>
void for_each_element(std::string_view list, Each each) {
  while (!list.empty()) {
    const auto end = list.find(',');
    each(boost::algorithm::trim_copy(std::string(list.substr(0, end))));
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

/// The coding with the greatest weight; zstd before gzip among equals. `*` is none: who means zstd says so.
ContentCoding accepted_coding(std::string_view accept_encoding) {
  ContentCoding best = ContentCoding::identity;
  double best_weight = 0;
  for_each_element(accept_encoding, [&](const std::string& element) {
    const auto name_end = std::min(element.find(';'), element.size());
    const auto coding = parse_content_coding(boost::algorithm::trim_copy(element.substr(0, name_end)));
    if (!coding || *coding == ContentCoding::identity) return;
    const double weight = weight_of(std::string_view(element).substr(name_end));
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
  return (request.method == "GET" || request.method == "HEAD") && response.status == 200 && !response.stream &&
         response.content_type == "application/json" && !has_field(response, "Set-Cookie") &&
         !has_field(response, "Cache-Control");
}

void append_number(std::string& out, std::size_t number, int base = 10) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), end);
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

void append_framing(std::string& out, const Response& response, const AnswerFrame& frame) {
  if (can_have_body(response.status)) {
    append_field(out, "Content-Type", response.content_type);
    if (!response.stream || response.stream_bytes) {
      out += "Content-Length: ";
      append_number(out, response.stream ? *response.stream_bytes : response.body.size());
      out += "\r\n";
    } else if (frame.chunks()) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  if (!frame.keep_alive) {
    out += "Connection: close\r\n";
  } else if (frame.version == 10) {
    out += "Connection: keep-alive\r\n";
  }
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
    response.body.clear();
    return;
  }
  if (coding == ContentCoding::identity) return;
  response.body = compress(response.body, coding);
  response.headers.emplace_back("Content-Encoding", to_string(coding));
}

bool has_body(const Response& response, const AnswerFrame& frame) noexcept {
  return !frame.is_head && can_have_body(response.status);
}

std::string format_head(const Response& response, const AnswerFrame& frame) {
  std::string out;
  out.reserve(512);
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out.append(" ").append(status_title(response.status)).append("\r\nDate: ").append(frame.date).append("\r\n");
  append_framing(out, response, frame);
  if (!has_field(response, "Cache-Control")) out += "Cache-Control: no-store\r\n";
  out += "X-Content-Type-Options: nosniff\r\n";
  if (frame.hsts_max_age.count() > 0) {
    out += "Strict-Transport-Security: max-age=";
    append_number(out, static_cast<std::size_t>(frame.hsts_max_age.count()));
    out += "\r\n";
  }
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  out += "\r\n";
  return out;
}

std::string format_chunk(std::string_view piece) {
  std::string out;
  out.reserve(piece.size() + 24);
  append_number(out, piece.size(), 16);
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
