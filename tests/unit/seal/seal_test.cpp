#include "print_error.hpp"
#include "samples.hpp"
#include "seal/stream.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

const PrivateKey key = key_of(7);
const PublicKey public_key = public_key_of(key);

MachineKey machine_key_of(std::uint8_t first) {
  MachineKey machine;
  machine.bytes.fill(first);
  return machine;
}

/// What is wrong with a file, which both ways of opening must say alike.
Error fault(std::string_view file, const PrivateKey& with = key) {
  const auto opened = open_sealed(file, with);
  REQUIRE_FALSE(opened.has_value());
  const auto in_pieces = open_in_pieces(file, with, 1000);
  REQUIRE_FALSE(in_pieces.has_value());
  REQUIRE(opened.error() == in_pieces.error());
  return opened.error();
}

std::string flipped(std::string file, std::size_t at, char mask) {
  file[at] ^= mask;
  return file;
}

}  // namespace

TEST_CASE("what is sealed opens again, whole or in pieces of any length") {
  for (const std::size_t length : {0UL, 1UL, 1000UL, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 5}) {
    CAPTURE(length);
    const std::string plain = sample(length);
    const std::string file = seal(plain, public_key);
    CHECK(is_sealed(file));
    CHECK(file.size() == header + length + 17 * std::max<std::size_t>(1, (length + chunk - 1) / chunk));
    CHECK(open_sealed(file, key).value() == plain);
    for (const std::size_t piece : {1UL, 121UL, 123UL, chunk, sealed_chunk, 10 * chunk}) {
      CHECK(open_in_pieces(file, key, piece).value() == plain);
      const std::string streamed = seal_in_pieces(plain, public_key, piece);
      CHECK(streamed.size() == file.size());
      CHECK(open_sealed(streamed, key).value() == plain);
    }
    const std::string kept = seal(plain, machine_key_of(3));
    CHECK(is_sealed(kept));
    CHECK(open_sealed(kept, machine_key_of(3)).value() == plain);
  }
}

TEST_CASE("nothing of the content shows, and no two sealed files are alike") {
  const std::string plain(100, 'x');
  const std::string file = seal(plain, public_key);
  CHECK(file.find("xxx") == std::string::npos);
  CHECK(file.substr(18) != seal(plain, public_key).substr(18));
  CHECK(seal(plain, machine_key_of(3)).substr(18) != seal(plain, machine_key_of(3)).substr(18));
}

TEST_CASE("a change of any bit is found") {
  const std::string file = seal("a picture", public_key);
  const std::string kept = seal("a picture", machine_key_of(3));
  for (int bit = 0; bit < 8; ++bit) {
    const char mask = static_cast<char>(1 << bit);
    for (std::size_t at = 0; at < file.size(); ++at) fault(flipped(file, at, mask));
    for (std::size_t at = 0; at < kept.size(); ++at)
      CHECK_FALSE(open_sealed(flipped(kept, at, mask), machine_key_of(3)).has_value());
  }
}

TEST_CASE("a file that is cut off is found out at every length") {
  const std::string file = seal("a picture", public_key);
  for (std::size_t length = 0; length < file.size(); ++length) {
    const Error error = fault(file.substr(0, length));
    CHECK(error.code == ErrorCode::corrupt);
    CHECK(error.message.find("cut off") != std::string::npos);
  }
  const std::string kept = seal("a picture", machine_key_of(3));
  for (std::size_t length = 0; length < kept.size(); ++length)
    CHECK(open_sealed(kept.substr(0, length), machine_key_of(3)).error().code == ErrorCode::corrupt);

  const std::string longer = seal(sample(3 * chunk), public_key);
  for (const std::size_t chunks : {0, 1, 2}) {
    for (const std::size_t more : {0UL, 1UL, 16UL, 17UL, chunk}) {
      const Error error = fault(longer.substr(0, header + chunks * sealed_chunk + more));
      CHECK(error.message.find("cut off") != std::string::npos);
    }
  }
}

TEST_CASE("bytes that are added are found") {
  const std::string file = seal("a picture", public_key);
  CHECK(fault(file + "x").code == ErrorCode::corrupt);
  for (std::size_t at = 0; at < file.size(); ++at) fault(file.substr(0, at) + "x" + file.substr(at));
  CHECK(fault(file + file).code == ErrorCode::corrupt);
  const std::string even = seal(sample(chunk), public_key);
  CHECK(fault(even + "x").message == "is damaged: bytes were added after its end");
  CHECK(fault(even + even).message == "is damaged: bytes were added after its end");
}

TEST_CASE("chunks cannot be swapped, repeated, left out, or taken from another file") {
  const std::string file = seal(sample(4 * chunk), public_key);
  const std::string other = seal(sample(4 * chunk), public_key);
  const auto part = [](const std::string& of, std::size_t i) {
    return of.substr(header + i * sealed_chunk, sealed_chunk);
  };
  const std::string head = file.substr(0, header);
  CHECK(open_sealed(head + part(file, 0) + part(file, 1) + part(file, 2) + part(file, 3), key).has_value());
  fault(head + part(file, 1) + part(file, 0) + part(file, 2) + part(file, 3));
  fault(head + part(file, 0) + part(file, 2) + part(file, 1) + part(file, 3));
  fault(head + part(file, 0) + part(file, 1) + part(file, 1) + part(file, 2) + part(file, 3));
  fault(head + part(file, 0) + part(file, 1) + part(file, 3));
  fault(head + part(file, 3));
  fault(head + part(other, 0) + part(other, 1) + part(other, 2) + part(other, 3));
  fault(head + part(file, 0) + part(file, 1) + part(other, 2) + part(other, 3));
  fault(other.substr(0, header - 24) + file.substr(header - 24));
}

TEST_CASE("a wrong key is told from damage") {
  const std::string file = seal("a picture", public_key);
  const Error other = fault(file, key_of(8));
  CHECK(other.code == ErrorCode::unauthorized);
  CHECK(other.message.starts_with("is sealed for another key ("));
  CHECK(open_sealed(file, machine_key_of(3)).error().code == ErrorCode::unauthorized);

  const std::string kept = seal("a picture", machine_key_of(3));
  CHECK(open_sealed(kept, machine_key_of(4)).error().code == ErrorCode::unauthorized);
  CHECK(fault(kept).code == ErrorCode::unauthorized);
}

TEST_CASE("other files and later versions are told apart") {
  CHECK_FALSE(is_sealed(""));
  CHECK_FALSE(is_sealed("\xff\xd8\xff"));
  CHECK(fault("\xff\xd8\xff, a picture that is not sealed").message == "is no sealed file: its first bytes are others");
  std::string later = seal("a picture", public_key);
  later[8] = 2;
  CHECK(is_sealed(later));
  CHECK(fault(later).code == ErrorCode::unsupported);
}

TEST_CASE("an error of the sink ends the work and stays") {
  const Error full{ErrorCode::no_space, "full"};
  int calls = 0;
  const auto sink = [&](std::string_view) -> Result<void> {
    ++calls;
    return full;
  };
  Sealer sealer(public_key, sink);
  CHECK(sealer.write(sample(2 * chunk)).error() == full);
  CHECK(sealer.write("more").error() == full);
  CHECK(sealer.finish().error() == full);
  CHECK(calls == 1);

  Opener opener(key, sink);
  CHECK(opener.write(seal(sample(2 * chunk), public_key)).error() == full);
  CHECK(opener.finish().error() == full);
  CHECK(calls == 2);
}

TEST_CASE("the opener gives nothing that is not genuine") {
  const std::string file = flipped(seal(sample(3 * chunk), public_key), header + sealed_chunk + 5, 1);
  std::string given;
  Opener opener(key, [&](std::string_view part) -> Result<void> {
    given += part;
    return {};
  });
  CHECK_FALSE(opener.write(file).has_value());
  CHECK(given == sample(chunk));
}
