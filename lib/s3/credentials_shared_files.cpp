#include "core/file.hpp"
#include "core/text.hpp"
#include "s3/credentials.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::string_view blanks = " \t\r";

/// Without what a "#" or ";" behind a blank begins.
std::string_view without_comment(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if ((text[i] == '#' || text[i] == ';') && blanks.find(text[i - 1]) != blanks.npos) return text.substr(0, i);
  }
  return text;
}

bool heads(std::string_view section, std::string_view name, bool config) {
  constexpr std::string_view word = "profile";
  if (config && section.starts_with(word) && section.size() > word.size() &&
      blanks.find(section[word.size()]) != blanks.npos) {
    section = stripped(section.substr(word.size()));
  } else if (config && section != "default") {
    return false;
  }
  if (section.size() > 1 && section.front() == '"' && section.back() == '"') {
    section = section.substr(1, section.size() - 2);
  }
  return section == name;
}

constexpr std::size_t max_file_bytes = 1 << 20;

std::string take(const Profile& profile, std::string_view key) {
  const auto found = profile.find(key);
  return found == profile.end() ? std::string() : found->second;
}

/// ~/.aws/credentials and ~/.aws/config, read anew at each call: other programs renew what is in them.
class SharedFilesSource final : public CredentialSource {
 public:
  SharedFilesSource(const S3Options& options, GetVariable variable)
      : profile_(options.profile), variable_(std::move(variable)), web_identity_(options, variable_) {}

  std::string_view name() const noexcept override { return "the shared files"; }

  Result<S3Credentials> get() override {
    const std::string wanted = first_of({profile_, value_of(variable_, "AWS_PROFILE")});
    const std::string name = wanted.empty() ? "default" : wanted;
    const std::string credentials = path("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
    const std::string config = path("AWS_CONFIG_FILE", "/.aws/config");
    Profile profile;
    const Result<bool> in_credentials = read(credentials, name, false, profile);
    if (!in_credentials) return in_credentials.error();
    const Result<bool> in_config = read(config, name, true, profile);
    if (!in_config) return in_config.error();
    if (*in_credentials || *in_config) return use(name, profile, wanted.empty());
    return Error{wanted.empty() ? ErrorCode::not_found : ErrorCode::invalid_input,
                 "no profile " + name + " in " + credentials + " or " + config};
  }

  void cancel() noexcept override { web_identity_.cancel(); }

 private:
  static std::string first_of(std::initializer_list<std::string> texts) {
    for (const std::string& text : texts) {
      if (!text.empty()) return text;
    }
    return {};
  }

  std::string path(const char* given, const char* below_home) const {
    return first_of({value_of(variable_, given), value_of(variable_, "HOME") + below_home});
  }

  static Result<bool> read(const std::string& file, const std::string& name, bool config, Profile& profile) {
    Result<std::string> text = read_file_start(file, max_file_bytes);
    if (text) return read_profile(*text, name, config, profile);
    if (text.error().code == ErrorCode::not_found) return false;
    return Error{text.error().code, file + ": " + text.error().message};
  }

  Result<S3Credentials> use(const std::string& name, const Profile& profile, bool by_default) {
    S3Credentials keys(take(profile, "aws_access_key_id"), take(profile, "aws_secret_access_key"),
                       take(profile, "aws_session_token"));
    if (!keys.access_key.empty() && !keys.secret_key.empty()) return keys;
    const WebIdentity identity{take(profile, "web_identity_token_file"), take(profile, "role_arn"),
                               take(profile, "role_session_name")};
    if (!identity.token_file.empty() && !identity.role_arn.empty()) return web_identity_.get(identity);
    for (const char* key : {"role_arn", "sso_session", "sso_start_url", "credential_process"}) {
      if (!profile.contains(key)) continue;
      return Error{ErrorCode::unsupported,
                   "profile " + name + " has " + key + ", which is not read here: give keys, or a web identity"};
    }
    return Error{by_default ? ErrorCode::not_found : ErrorCode::invalid_input,
                 "profile " + name + " has no aws_access_key_id and aws_secret_access_key"};
  }

  std::string profile_;
  GetVariable variable_;
  WebIdentityClient web_identity_;
};

}  // namespace

bool read_profile(std::string_view file, std::string_view name, bool config, Profile& profile) {
  bool inside = false, found = false;
  while (!file.empty()) {
    const std::string_view line = take_line(file);
    // What is indented belongs to the key above it, and is none of ours.
    if (line.empty() || line[0] == '#' || line[0] == ';' || blanks.find(line[0]) != blanks.npos) continue;
    if (line[0] == '[') {
      const auto end = line.find(']');
      inside = end != line.npos && heads(stripped(line.substr(1, end - 1)), name, config);
      found = found || inside;
      continue;
    }
    const auto equals = line.find('=');
    if (!inside || equals == line.npos) continue;
    profile.emplace(stripped(line.substr(0, equals)), stripped(without_comment(line.substr(equals + 1))));
  }
  return found;
}

std::unique_ptr<CredentialSource> make_shared_files_source(const S3Options& options, GetVariable variable) {
  return std::make_unique<SharedFilesSource>(options, std::move(variable));
}

}  // namespace activitytrack
