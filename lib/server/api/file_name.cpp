#include "server/api/file_name.hpp"

#include <algorithm>
#include <cctype>
#include <functional>

namespace activitytrack::server {

std::string file_name(std::string_view stem, std::string_view extension) {
  std::string name(stem);
  const auto is_plain = [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '-' || c == '_' || c == '.');
  };
  std::ranges::replace_if(name, std::not_fn(is_plain), '_');
  if (name.starts_with('.')) name.front() = '_';
  return name + '.' + std::string(extension);
}

}  // namespace activitytrack::server
