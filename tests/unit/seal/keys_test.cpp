#include "print_error.hpp"
#include "samples.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

std::string bytes_of(const MachineKey& key) { return {key.bytes.begin(), key.bytes.end()}; }

}  // namespace

TEST_CASE("keys are read back from their text") {
  const PrivateKey key = make_private_key();
  CHECK(parse_private_key(to_text(key)).value().bytes == key.bytes);
  const PublicKey of_it = public_key_of(key);
  CHECK(parse_public_key(to_text(of_it)).value() == of_it);
  CHECK(make_private_key().bytes != key.bytes);
}

TEST_CASE("a slip in a key's text is found") {
  const std::string text = to_text(public_key_of(key_of(7)));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string slip = text;
    slip[i] = slip[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(parse_public_key(slip).has_value());
    CHECK_FALSE(parse_public_key(text.substr(0, i)).has_value());
  }
  CHECK_FALSE(parse_public_key(text + "A").has_value());
  CHECK_FALSE(parse_public_key(text + " ").has_value());
}

TEST_CASE("a private key that is given for a public one is refused without repeating it") {
  const std::string text = to_text(key_of(7));
  const auto parsed = parse_public_key(text);
  CHECK(parsed.error().message.find("private key") != std::string::npos);
  CHECK(parsed.error().message.find(text.substr(10)) == std::string::npos);
  CHECK_FALSE(parse_private_key(to_text(public_key_of(key_of(7)))).has_value());
}

TEST_CASE("a point that gives everyone the same secret is no public key") {
  CHECK_FALSE(parse_public_key(to_text(PublicKey{})).has_value());
  CHECK_FALSE(parse_public_key(to_text(PublicKey{{1}})).has_value());
}

TEST_CASE("a machine's key is made once, for its owner alone") {
  const TempFolder folder;
  const auto file = folder.path / "new" / "machine_key";
  CHECK(read_machine_key(file).error().code == ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(file));
  const auto made = kept_machine_key(file);
  REQUIRE(made.has_value());
  CHECK(bytes_of(*made) != std::string(32, '\0'));
  CHECK(bytes_of(kept_machine_key(file).value()) == bytes_of(*made));
  CHECK(bytes_of(read_machine_key(file).value()) == bytes_of(*made));
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(status.st_size == 32);
}

TEST_CASE("of several that begin at once, all get the same key") {
  const TempFolder folder;
  std::vector<std::string> keys(8);
  std::vector<std::thread> threads;
  for (std::string& key : keys)
    threads.emplace_back([&] { key = bytes_of(kept_machine_key(folder.path / "machine_key").value()); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& key : keys) CHECK(key == keys[0]);
}

TEST_CASE("a machine's key that others can read, or of another length, is refused and left alone") {
  const TempFolder folder;
  const auto file = folder.write("machine_key", std::string(32, 'k'));
  ::chmod(file.c_str(), 0640);
  CHECK(kept_machine_key(file).error().code == ErrorCode::permission);
  ::chmod(file.c_str(), 0600);
  CHECK(bytes_of(kept_machine_key(file).value()) == std::string(32, 'k'));
  for (const std::size_t length : {0, 31, 33}) {
    const auto wrong = folder.write("wrong", std::string(length, 'k'));
    ::chmod(wrong.c_str(), 0600);
    CHECK(kept_machine_key(wrong).error().code == ErrorCode::corrupt);
    CHECK(std::filesystem::file_size(wrong) == length);
  }
}
