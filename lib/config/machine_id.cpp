#include "config/setting.hpp"
#include "core/file.hpp"

#include <activitytrack/config/settings.hpp>

#include <pwd.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_id = 128;
constexpr std::size_t longest_part = 48;  // of the host's and of the user's name

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string sanitized(std::string_view name, std::string_view fallback) {
  std::string clean;
  for (const char c : name.substr(0, longest_part)) clean += is_alphanumeric(c) || c == '.' || c == '_' ? c : '-';
  return clean.empty() ? std::string(fallback) : clean;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry ? entry->pw_name : std::to_string(::geteuid());
}

/// Six characters that are hard to mistake for each other: two machines of one image must not share an id.
Result<std::string> random_tail() {
  constexpr std::string_view alphabet = "abcdefghjkmnpqrstuvwxyz123456789";
  static_assert(alphabet.size() == 32, "a byte's low bits choose evenly");
  std::array<unsigned char, 6> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return system_error("cannot draw a random machine id", errno);
  }
  std::string tail;
  for (const unsigned char byte : bytes) tail += alphabet[byte % alphabet.size()];
  return tail;
}

Result<std::string> read_id(const fs::path& file) {
  auto text = read_file_start(file, longest_id + 2);
  if (!text) return Error{text.error().code, file.string() + ": " + text.error().message};
  if (text->ends_with('\n')) text->pop_back();
  if (const auto checked = check_machine_id(*text); !checked) {
    return Error{ErrorCode::corrupt, file.string() + ": holds no machine id (" + checked.error().message +
                                         "); put the id back, or remove the file to be given a new one"};
  }
  return text;
}

}  // namespace

Result<void> check_machine_id(std::string_view id) {
  const auto fits = [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '-'; };
  const bool names_folder = id == "." || id == "..";
  if (!id.empty() && id.size() <= longest_id && std::ranges::all_of(id, fits) && !names_folder) return {};
  return Error{ErrorCode::invalid_input, "must be 1 to 128 characters of A-Z a-z 0-9 . _ : -, and not . or .."};
}

Result<std::string> kept_machine_id(const std::string& folder) {
  const fs::path file = fs::path(folder) / "machine_id";
  auto kept = read_id(file);
  if (kept || kept.error().code != ErrorCode::not_found) return kept;

  if (const auto made = make_private_folders(folder); !made) return made.error();
  const auto tail = random_tail();
  if (!tail) return tail;
  const std::string id = sanitized(host_name(), "host") + "-" + sanitized(user_name(), "user") + "-" + *tail;
  const auto created = create_private_file(file, id + "\n");
  if (created) return id;
  if (created.error().code == ErrorCode::already_exists) return read_id(file);
  return created.error();
}

}  // namespace activitytrack
