#pragma once

#include "seal/stream.hpp"

#include <string>

namespace activitytrack::test {

constexpr std::size_t chunk = 65536;
constexpr std::size_t sealed_chunk = chunk + 17;
constexpr std::size_t header = 122;

/// Bytes that repeat nowhere nearby, so that what stands in a wrong place shows.
inline std::string sample(std::size_t length) {
  std::string bytes(length, '\0');
  std::uint32_t x = 1;
  for (char& byte : bytes) byte = static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  return bytes;
}

inline PrivateKey key_of(std::uint8_t first) {
  PrivateKey key;
  key.bytes.fill(first);
  return key;
}

/// Opens by Opener, given pieces of `piece` bytes.
inline Result<std::string> open_in_pieces(std::string_view file, const PrivateKey& key, std::size_t piece) {
  std::string plain;
  Opener opener(key, [&](std::string_view part) -> Result<void> {
    plain += part;
    return {};
  });
  for (; !file.empty(); file.remove_prefix(std::min(piece, file.size()))) {
    if (const auto written = opener.write(file.substr(0, piece)); !written) return written.error();
  }
  if (const auto finished = opener.finish(); !finished) return finished.error();
  return plain;
}

inline std::string seal_in_pieces(std::string_view plain, const PublicKey& key, std::size_t piece) {
  std::string file;
  Sealer sealer(key, [&](std::string_view part) -> Result<void> {
    file += part;
    return {};
  });
  for (; !plain.empty(); plain.remove_prefix(std::min(piece, plain.size())))
    sealer.write(plain.substr(0, piece)).value();
  sealer.finish().value();
  return file;
}

}  // namespace activitytrack::test
