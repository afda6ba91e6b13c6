// One S3Client on the command line, for process-level tests: options from ACTIVITYTRACK_TEST_S3_*, a command
// and its arguments a line on standard input, a line of answer each. Bytes come from and go to files.

#include "s3/s3_client.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <vector>

using namespace activitytrack;

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv((std::string("ACTIVITYTRACK_TEST_S3_") + name).c_str());
  return value == nullptr ? "" : value;
}

S3Options options() {
  S3Options s3;
  s3.bucket = variable("BUCKET");
  s3.prefix = variable("PREFIX");
  s3.endpoint = variable("ENDPOINT");
  s3.access_key = variable("ACCESS_KEY");
  s3.secret_key = variable("SECRET_KEY");
  s3.session_token = variable("SESSION_TOKEN");
  s3.profile = variable("PROFILE");
  s3.sse = variable("SSE");
  s3.ca_file = variable("CA_FILE");
  s3.path_style = !variable("PATH_STYLE").empty();
  s3.presign_body_hash = variable("PRESIGN_SIZE_ONLY").empty();
  if (const std::string region = variable("REGION"); !region.empty()) s3.region = region;
  return s3;
}

S3Limits limits() {
  S3Limits limits;
  limits.first_wait = std::chrono::milliseconds(20);
  limits.longest_wait = std::chrono::milliseconds(200);
  if (const std::string ms = variable("KEEP_TRYING_MS"); !ms.empty()) {
    limits.keep_trying = std::chrono::milliseconds(std::stoi(ms));
  }
  return limits;
}

/// An error as a line: its code, then its message.
std::string line(const Error& error) { return "error " + std::string(to_string(error.code)) + " " + error.message; }

std::string line(const Result<void>& result, const std::string& good = "ok") {
  return result ? good : line(result.error());
}

std::string put(S3Client& client, const std::string& key, const std::string& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const std::int64_t size = in.tellg();
  const S3Body body{size, [&](std::int64_t offset, std::size_t length) -> Result<std::string> {
                      std::string bytes(length, '\0');
                      in.clear();
                      in.seekg(offset).read(bytes.data(), static_cast<std::streamsize>(length));
                      return bytes.substr(0, static_cast<std::size_t>(in.gcount()));
                    }};
  return line(client.put(key, body, {{"Content-Type", "application/x-test"}, {"x-amz-meta-note", "a  b"}}));
}

std::string get(S3Client& client, const std::string& key, const std::string& file) {
  const Result<std::string> bytes = client.get(key, 64 << 20);
  if (!bytes) return line(bytes.error());
  std::ofstream(file, std::ios::binary) << *bytes;
  return "ok";
}

std::string head(S3Client& client, const std::string& key) {
  const Result<std::optional<std::int64_t>> size = client.head(key);
  if (!size) return line(size.error());
  return *size ? std::to_string(**size) : "none";
}

std::string list(S3Client& client, const std::string& below, const std::string& after) {
  std::string found;
  const Result<void> done = client.list(below, after, [&](const S3Object& object) {
    found += "\t" + std::to_string(object.size) + " " + object.key;
    return Result<void>();
  });
  return line(done, "ok" + found);
}

std::string presign(S3Client& client, const std::string& key, const std::string& size, const std::string& hash) {
  const Result<PresignedPut> put = client.presign_put(key, std::stoll(size), hash, {}, std::chrono::minutes(10));
  if (!put) return line(put.error());
  std::string text = "ok\t" + put->url;
  for (const auto& [name, value] : put->fields) text += "\t" + name + ": " + value;
  return text;
}

std::string answer(S3Client& client, const std::vector<std::string>& words) {
  const auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string(); };
  if (word(0) == "put") return put(client, word(1), word(2));
  if (word(0) == "get") return get(client, word(1), word(2));
  if (word(0) == "head") return head(client, word(1));
  if (word(0) == "list") return list(client, word(1), word(2));
  if (word(0) == "remove") return line(client.remove(word(1)));
  if (word(0) == "presign") return presign(client, word(1), word(2), word(3));
  return "error usage";
}

}  // namespace

int main() {
  const auto log = make_stderr_log(Log::Level::debug);
  const auto client = S3Client::make(options(), system_clock(), *log, limits());
  if (!client) {
    std::cout << line(client.error()) << std::endl;
    return 1;
  }
  for (std::string text; std::getline(std::cin, text);) {
    std::vector<std::string> words;
    std::istringstream in(text);
    for (std::string word; std::getline(in, word, '\t');) words.push_back(word);
    std::cout << answer(**client, words) << std::endl;
  }
}
