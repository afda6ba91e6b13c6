#include "core/file.hpp"
#include "seal/sodium.hpp"

#include <activitytrack/seal/seal.hpp>

#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::size_t longest_file = 4096;

/// The first line that is neither empty nor a comment.
std::string_view key_line(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (!line.empty() && line.front() != '#') return line;
  }
  return {};
}

}  // namespace

Result<PrivateKey> read_private_key(const std::filesystem::path& file) {
  auto text = read_file_start(file, longest_file);
  if (!text) return Error{text.error().code, file.string() + " " + text.error().message};
  auto key = parse_private_key(key_line(*text));
  sodium_memzero(text->data(), text->size());
  if (!key) return Error{key.error().code, file.string() + " " + key.error().message};
  return key;
}

}  // namespace activitytrack
