// Any bytes as a sealed file, and as what is done to one: whole or in pieces the same comes out, and nothing
// but the file as it was sealed opens.

#include "seal/stream.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <numeric>

using namespace activitytrack;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// That of the test vectors, which the corpus holds.
PrivateKey test_key() {
  PrivateKey key;
  std::iota(key.bytes.begin(), key.bytes.end(), std::uint8_t{0});
  return key;
}

const PrivateKey key = test_key();
const PublicKey public_key = public_key_of(key);

ByteSink into(std::string& bytes) {
  return [&bytes](std::string_view part) -> Result<void> {
    bytes += part;
    return {};
  };
}

/// Cut into pieces of growing length.
template <class Stream>
Result<std::string> in_pieces(std::string_view bytes) {
  std::string out;
  const auto with = [] {
    if constexpr (std::is_same_v<Stream, Opener>)
      return key;
    else
      return public_key;
  };
  Stream stream(with(), into(out));
  for (std::size_t length = 1; !bytes.empty(); length += length) {
    const auto piece = bytes.substr(0, length);
    if (const auto taken = stream.write(piece); !taken) return taken.error();
    bytes.remove_prefix(piece.size());
  }
  if (const auto finished = stream.finish(); !finished) return finished.error();
  return out;
}

Result<std::string> open_both(std::string_view file) {
  auto whole = open_sealed(file, key);
  const auto pieces = in_pieces<Opener>(file);
  require(whole.has_value() == pieces.has_value());
  require(whole ? *whole == *pieces : whole.error() == pieces.error());
  return whole;
}

/// What the input's bytes, three for each step, do to a file.
std::string altered(std::string file, std::string_view steps) {
  for (; steps.size() >= 3 && !file.empty(); steps.remove_prefix(3)) {
    const std::size_t at = static_cast<unsigned char>(steps[1]) * 257U % file.size();
    const std::size_t length = static_cast<unsigned char>(steps[2]) * 1031U;
    switch (steps[0] & 3) {
      case 0:
        file[at] = static_cast<char>(file[at] ^ steps[2]);
        break;
      case 1:
        file.erase(at, length);
        break;
      case 2:
        file.insert(at, file.substr(at / 2, length));
        break;
      case 3:
        std::rotate(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(at), file.end());
        break;
    }
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  open_both(text);
  require(*open_both(in_pieces<Sealer>(text).value()) == text);

  static const std::string genuine = seal(std::string(70'000, 'x'), public_key);
  const std::string file = altered(genuine, text);
  require(open_both(file).has_value() == (file == genuine));
  return 0;
}
