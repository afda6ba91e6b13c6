#include "server/http/request_id.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t max_id_bytes = 64;

bool may_stand_in_id(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

}  // namespace

std::string RequestIds::make() {
  std::string id(16, '0');
  auto bits = random_();
  for (char& digit : id) {
    digit = digits[bits & 15];
    bits >>= 4;
  }
  return id;
}

bool is_request_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_id_bytes && std::ranges::all_of(text, may_stand_in_id);
}

}  // namespace activitytrack::server
