#include "s3/signature.hpp"

#include "core/text.hpp"
#include "net/digest.hpp"

#include <activitytrack/core/clock.hpp>

#include <openssl/crypto.h>

#include <algorithm>
#include <map>
#include <vector>

namespace activitytrack {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

void wipe(std::string& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

std::string scope_of(const std::string& day, const std::string& region) {
  return day + "/" + region + "/s3/aws4_request";
}

/// Without space at its ends, and with one where there were several.
std::string trimmed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c != ' ' && c != '\t') {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string_view, std::string_view>> parts;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    const auto equals = part.find('=');
    parts.emplace_back(part.substr(0, equals), equals == part.npos ? std::string_view() : part.substr(equals + 1));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
  }
  std::ranges::sort(parts);
  std::string out;
  for (const auto& [name, value] : parts) {
    if (!out.empty()) out += '&';
    ((out += name) += '=') += value;
  }
  return out;
}

std::map<std::string, std::string> canonical_fields(const HttpRequest& request) {
  std::map<std::string, std::string> fields{{"host", request.url.authority()}};
  for (const auto& [name, value] : request.fields) {
    std::string& known = fields[lower_case(name)];
    known += (known.empty() ? "" : ",") + trimmed(value);
  }
  return fields;
}

}  // namespace

std::string uri_encode(std::string_view text, bool keep_slashes) {
  return percent_encode(text, keep_slashes ? "/" : "");
}

std::string amz_date(Time time) {
  std::string out = format_timestamp(std::chrono::floor<std::chrono::seconds>(time));
  std::erase_if(out, [](char c) { return c == '-' || c == ':'; });
  return out;
}

std::string canonical_request(const HttpRequest& request, std::string_view payload_hash, std::string& signed_names) {
  const std::string_view target = request.url.target;
  const auto question = target.find('?');
  const std::string_view query = question == target.npos ? std::string_view() : target.substr(question + 1);
  std::string text = request.method + "\n";
  ((text += target.substr(0, question)) += '\n') += canonical_query(query);
  text += '\n';
  signed_names.clear();
  for (const auto& [name, value] : canonical_fields(request)) {
    text += name + ":" + value + "\n";
    signed_names += (signed_names.empty() ? "" : ";") + name;
  }
  ((text += '\n') += signed_names) += '\n';
  return text += payload_hash;
}

Signer::~Signer() {
  wipe(key_);
  wipe(key_for_);
}

const std::string& Signer::key_for(const std::string& day, const std::string& region, const std::string& secret) {
  std::string wanted = day + "/" + region + "/" + secret;
  if (wanted == key_for_) {
    wipe(wanted);
    return key_;
  }
  std::string start = "AWS4" + secret;
  key_ = hmac_sha256(hmac_sha256(hmac_sha256(hmac_sha256(start, day), region), "s3"), "aws4_request");
  wipe(start);
  wipe(key_for_);
  key_for_ = std::move(wanted);
  return key_;
}

std::string Signer::signature(std::string_view canonical, const S3Credentials& credentials, const std::string& region,
                              Time now) {
  const std::string date = amz_date(now), day = date.substr(0, 8);
  const std::string text =
      std::string(algorithm) + "\n" + date + "\n" + scope_of(day, region) + "\n" + hex(sha256(canonical));
  return hex(hmac_sha256(key_for(day, region, credentials.secret_key), text));
}

void Signer::sign(HttpRequest& request, std::string_view payload_hash, const S3Credentials& credentials,
                  const std::string& region, Time now) {
  const std::string date = amz_date(now);
  request.fields.emplace_back("x-amz-content-sha256", payload_hash);
  request.fields.emplace_back("x-amz-date", date);
  if (!credentials.session_token.empty()) {
    request.fields.emplace_back("x-amz-security-token", credentials.session_token);
  }
  std::string names;
  const std::string canonical = canonical_request(request, payload_hash, names);
  std::string authorization(algorithm);
  authorization += " Credential=" + credentials.access_key + "/" + scope_of(date.substr(0, 8), region);
  authorization += ",SignedHeaders=" + names;
  authorization += ",Signature=" + signature(canonical, credentials, region, now);
  request.fields.emplace_back("Authorization", std::move(authorization));
}

void Signer::presign(HttpRequest& request, std::string_view payload_hash, const S3Credentials& credentials,
                     const std::string& region, Time now, std::chrono::seconds valid) {
  const std::string date = amz_date(now);
  std::string names;
  canonical_request(request, payload_hash, names);  // only for the names
  std::string& target = request.url.target;
  target += target.find('?') == target.npos ? '?' : '&';
  (target += "X-Amz-Algorithm=") += algorithm;
  target += "&X-Amz-Credential=" + uri_encode(credentials.access_key + "/" + scope_of(date.substr(0, 8), region));
  target += "&X-Amz-Date=" + date + "&X-Amz-Expires=" + std::to_string(valid.count());
  if (!credentials.session_token.empty()) {
    target += "&X-Amz-Security-Token=" + uri_encode(credentials.session_token);
  }
  target += "&X-Amz-SignedHeaders=" + uri_encode(names);
  const std::string canonical = canonical_request(request, payload_hash, names);
  target += "&X-Amz-Signature=" + signature(canonical, credentials, region, now);
}

}  // namespace activitytrack
