#include "server/http/representation.hpp"

#include "net/compress.hpp"

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
constexpr std::size_t long_body_bytes = 1024;

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

bool is_kept(const Request& request, const Response& response) {
  const auto forbids = [](const auto& field) {
    return boost::algorithm::iequals(field.first, "Set-Cookie") ||
           boost::algorithm::iequals(field.first, "Cache-Control");
  };
  return (request.method == "GET" || request.method == "HEAD") && response.status == 200 && !response.stream &&
         response.content_type == "application/json" && std::ranges::none_of(response.headers, forbids);
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
  const bool is_long = response.body.size() > long_body_bytes;
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

}  // namespace activitytrack::server
