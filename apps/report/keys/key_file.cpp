#include "keys/key_file.hpp"

#include "core/small_file.hpp"

#include <algorithm>

namespace activitytrack::report {
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

void erase(std::string& text) {
  volatile char* bytes = text.data();
  for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = 0;
}

}  // namespace

std::filesystem::path usual_key_file() {
  return std::filesystem::path(user_config_folder()) / "screenshots.key";
}

Result<void> write_key_file(const std::filesystem::path& file, const PrivateKey& key) {
  if (const auto made = make_private_folders(file.parent_path()); !made) return made.error();
  std::string secret = to_text(key);
  std::string content = "# The private key of activitytrack's public key\n# " + to_text(public_key_of(key)) +
                        "\n# Whoever has this file can open what is sealed for it. Without it nobody can.\n" +
                        secret + "\n";
  auto written = create_private_file(file, content);
  erase(secret);
  erase(content);
  return written;
}

Result<PrivateKey> read_key_file(const ReportSettings& settings) {
  const std::filesystem::path file =
      settings.key.empty() ? usual_key_file() : std::filesystem::path(settings.key);
  auto text = read_file_start(file, longest_file);
  if (!text) {
    return Error{text.error().code, "the private key " + file.string() + " " + text.error().message +
                                        "; name its file with --key"};
  }
  auto key = parse_private_key(key_line(*text));
  erase(*text);
  if (!key) return Error{key.error().code, file.string() + " " + key.error().message};
  return key;
}

Result<std::optional<PrivateKey>> key_if_there(const ReportSettings& settings) {
  auto key = read_key_file(settings);
  if (key) return std::optional(*key);
  if (settings.key.empty() && key.error().code == ErrorCode::not_found) return std::optional<PrivateKey>();
  return key.error();
}

}  // namespace activitytrack::report
