#include "buffer/screenshot_file.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <array>
#include <cstdint>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".shot";
constexpr std::string_view magic = "activitytrack-screenshot 1 ";
constexpr std::size_t hash_digits = 16;
constexpr std::size_t head_bytes = magic.size() + hash_digits + 1;
constexpr std::size_t max_head_bytes = 16 << 10;
constexpr std::size_t max_file_bytes = 1 << 30;

/// Against what disks and crashes do. Against people there is the seal.
std::string hash_of(std::string_view text) {
  std::uint64_t hash = fnv1a(text);
  std::string digits(hash_digits, '0');
  for (std::size_t i = hash_digits; i-- > 0; hash >>= 4) digits[i] = "0123456789abcdef"[hash & 15];
  return digits;
}

Error damaged(const fs::path& file) {
  return {ErrorCode::corrupt, "the screenshot's file " + file.string() + " is damaged"};
}

Result<std::string> read(const fs::path& file, std::size_t max_bytes) {
  Result<std::string> text = read_file_start(file, max_bytes);
  if (!text) return Error{text.error().code, file.string() + " " + text.error().message};
  if (text->size() < head_bytes || !text->starts_with(magic) || (*text)[head_bytes - 1] != '\n') {
    return damaged(file);
  }
  return text;
}

}  // namespace

std::string screenshot_file_name(const Screenshot& screenshot) {
  return screenshot.id + "." + hash_of(screenshot.machine_id) + std::string(suffix);
}

std::string_view id_in_file_name(std::string_view name) noexcept {
  if (!name.ends_with(suffix)) return {};
  name.remove_suffix(suffix.size());
  if (name.size() < hash_digits + 2 || name[name.size() - hash_digits - 1] != '.') return {};
  name.remove_suffix(hash_digits + 1);
  return is_screenshot_id(name) ? name : std::string_view();
}

std::string encode_screenshot_file(const Screenshot& screenshot, std::string_view sealed) {
  std::string rest = encode_screenshot(screenshot) + "\n";
  rest.append(sealed);
  return std::string(magic) + hash_of(rest) + "\n" + rest;
}

Result<Screenshot> read_screenshot_head(const fs::path& file) {
  const Result<std::string> text = read(file, max_head_bytes);
  if (!text) return text.error();
  const std::size_t end = text->find('\n', head_bytes);
  if (end == text->npos) return damaged(file);
  Result<Screenshot> screenshot = decode_screenshot(std::string_view(*text).substr(head_bytes, end - head_bytes));
  if (!screenshot || screenshot_file_name(*screenshot) != file.filename()) return damaged(file);
  return screenshot;
}

Result<std::string> read_screenshot_bytes(const fs::path& file) {
  Result<std::string> text = read(file, max_file_bytes);
  if (!text) return text.error();
  const std::size_t end = text->find('\n', head_bytes);
  const bool whole = end != text->npos && hash_of(std::string_view(*text).substr(head_bytes)) ==
                                              std::string_view(*text).substr(magic.size(), hash_digits);
  if (!whole) return damaged(file);
  text->erase(0, end + 1);
  return text;
}

}  // namespace activitytrack
