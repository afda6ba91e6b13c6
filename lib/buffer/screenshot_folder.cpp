#include "buffer/screenshot_folder.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view shot_suffix = ".shot";
constexpr std::string_view magic = "activitytrack-screenshot 1 ";
constexpr std::size_t hash_digits = 16;
constexpr std::size_t head_bytes = magic.size() + hash_digits + 1;
constexpr std::size_t max_head_bytes = 16 << 10;
constexpr std::size_t max_file_bytes = 1 << 30;
constexpr std::string_view count_name = "dropped";
constexpr std::string_view reason_suffix = ".txt";

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

/// What stands before ".MACHINE.shot" in a file's name; "" if it is none.
std::string_view id_in_file_name(std::string_view name) noexcept {
  if (!name.ends_with(shot_suffix)) return {};
  name.remove_suffix(shot_suffix.size());
  if (name.size() < hash_digits + 2 || name[name.size() - hash_digits - 1] != '.') return {};
  name.remove_suffix(hash_digits + 1);
  return is_screenshot_id(name) ? name : std::string_view();
}

std::string encode_screenshot_file(const Screenshot& screenshot, std::string_view sealed) {
  std::string rest = encode_screenshot(screenshot) + "\n";
  rest.append(sealed);
  return std::string(magic) + hash_of(rest) + "\n" + rest;
}

std::optional<struct stat> look_at(const fs::path& file) {
  struct stat info {};
  if (::lstat(file.c_str(), &info) != 0) return std::nullopt;
  return info;
}

/// What create_private_file() has not yet given its name.
bool is_half_written(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == name.npos || name.size() - dot != 7) return false;
  name = name.substr(0, dot);
  if (name.ends_with(reason_suffix)) name.remove_suffix(reason_suffix.size());
  return !id_in_file_name(name).empty() || name.starts_with(count_name);
}

fs::path reason_of(const fs::path& file) { return file.string() + std::string(reason_suffix); }

}  // namespace

std::string screenshot_file_name(const Screenshot& screenshot) {
  return screenshot.id + "." + hash_of(screenshot.machine_id) + std::string(shot_suffix);
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

Error ScreenshotFolder::failure(std::string_view what, int errno_value) const {
  Error error = system_error(std::string(what) + " " + path_.string(), errno_value);
  if (error.code == ErrorCode::no_space) error.message += "; make room there";
  return error;
}

void ScreenshotFolder::take_in(std::int64_t size) {
  ++count_;
  bytes_ += size;
}

Result<void> ScreenshotFolder::open() {
  std::error_code failed;
  for (fs::directory_iterator at(path_, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename();
    const auto info = look_at(at->path());
    if (!info || !S_ISREG(info->st_mode)) continue;
    if (!id_in_file_name(name).empty()) take_in(info->st_size);
    if (is_half_written(name)) ::unlink(at->path().c_str());
  }
  if (!failed || failed == std::errc::no_such_file_or_directory) return {};
  return failure("cannot read the folder of screenshots", failed.value());
}

Result<void> ScreenshotFolder::make() {
  if (const auto made = make_private_folders(path_); !made) return made;
  const auto info = look_at(path_);
  if (!info || !S_ISDIR(info->st_mode) || info->st_uid != ::geteuid()) {
    return Error{ErrorCode::permission,
                 path_.string() + " is no folder of this user; remove it, it is to hold screenshots"};
  }
  if ((info->st_mode & 0777) == 0700 || ::chmod(path_.c_str(), 0700) == 0) return {};
  return failure("cannot make private the folder", errno);
}

Result<void> ScreenshotFolder::write(const Screenshot& screenshot, std::string_view sealed) {
  const fs::path file = path_ / screenshot_file_name(screenshot);
  const std::string content = encode_screenshot_file(screenshot, sealed);
  const Result<void> written = create_private_file(file, content);
  if (written) {
    take_in(static_cast<std::int64_t>(content.size()));
    return {};
  }
  if (written.error().code == ErrorCode::already_exists) return {};  // it is there already
  ::unlink(file.c_str());
  Error error = written.error();
  error.message = "cannot keep a screenshot: " + error.message;
  if (error.code == ErrorCode::no_space) error.message += "; make room there";
  return error;
}

Result<std::vector<std::string>> ScreenshotFolder::names(std::string_view after) const {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(path_, failed), end; !failed && at != end; at.increment(failed)) {
    std::string name = at->path().filename();
    if (id_in_file_name(name) > after) names.push_back(std::move(name));
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return failure("cannot read the folder of screenshots", failed.value());
  }
  std::ranges::sort(names, {},
                    [](const std::string& name) { return std::pair(id_in_file_name(name), std::string_view(name)); });
  return names;
}

Time ScreenshotFolder::taken_at(const std::string& name) const {
  if (const auto screenshot = read_screenshot_head(path_ / name)) return screenshot->taken_at;
  const auto info = look_at(path_ / name);
  return info ? Time(std::chrono::seconds(info->st_mtime)) : Time();
}

Result<void> ScreenshotFolder::remove(const std::string& name) {
  const fs::path file = path_ / name;
  const auto info = look_at(file);
  if (!info) return {};
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return failure("cannot remove a screenshot from", errno);
  ::unlink(reason_of(file).c_str());
  --count_;
  bytes_ -= info->st_size;
  return {};
}

Result<void> ScreenshotFolder::move(const std::string& name, ScreenshotFolder& into, std::string_view reason) {
  const fs::path from = path_ / name, to = into.path_ / name;
  const auto info = look_at(from);
  if (!info) return {};
  if (const auto made = into.make(); !made) return made;
  if (const auto before = look_at(to)) {  // refused once already, and taken anew
    if (const auto removed = into.remove(name); !removed) return removed;
  }
  if (::rename(from.c_str(), to.c_str()) != 0) return failure("cannot put a screenshot aside from", errno);
  // It is aside also if the disk has no room to say why; the log has that as well.
  (void)create_private_file(reason_of(to), std::string(reason) + "\n");
  --count_;
  bytes_ -= info->st_size;
  into.take_in(info->st_size);
  return {};
}

std::int64_t ScreenshotFolder::read_count() const {
  const Result<std::string> text = read_file_start(path_ / count_name, 32);
  std::int64_t count = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), count);
  return count;
}

bool ScreenshotFolder::write_count(std::int64_t count) const {
  return replace_private_file(path_ / count_name, std::to_string(count) + "\n").has_value();
}

}  // namespace activitytrack
