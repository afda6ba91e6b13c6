#include "keys/key_file.hpp"

#include "core/file.hpp"

#include <string.h>

namespace activitytrack::report {

std::filesystem::path usual_key_file() { return std::filesystem::path(user_config_folder()) / "screenshots.key"; }

Result<void> write_key_file(const std::filesystem::path& file, const PrivateKey& key) {
  if (const auto made = make_private_folders(file.parent_path()); !made) return made.error();
  std::string secret = to_text(key);
  std::string content = "# The private key of activitytrack's public key\n# " + to_text(public_key_of(key)) +
                        "\n# Whoever has this file can open what is sealed for it. Without it nobody can.\n" + secret +
                        "\n";
  auto written = create_private_file(file, content);
  explicit_bzero(secret.data(), secret.size());
  explicit_bzero(content.data(), content.size());
  return written;
}

Result<PrivateKey> read_key_file(const ReportSettings& settings) {
  const std::filesystem::path file = settings.key.empty() ? usual_key_file() : std::filesystem::path(settings.key);
  auto key = read_private_key(file);
  if (key || key.error().code == ErrorCode::invalid_input) return key;
  return Error{key.error().code, "the private key " + key.error().message + "; name its file with --key"};
}

Result<std::optional<PrivateKey>> key_if_there(const ReportSettings& settings) {
  auto key = read_key_file(settings);
  if (key) return std::optional(*key);
  if (settings.key.empty() && key.error().code == ErrorCode::not_found) return std::optional<PrivateKey>();
  return key.error();
}

}  // namespace activitytrack::report
