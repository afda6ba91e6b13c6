#include "print_error.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

std::string vector(const std::string& name) {
  const char* folder = std::getenv("SEALED_VECTORS_DIR");
  if (!folder) throw std::runtime_error("SEALED_VECTORS_DIR must name tests/unit/seal/vectors");
  std::ifstream file(std::string(folder) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

// These files were sealed once by version 1 and must open for ever: do not make them anew.
TEST_CASE("what was sealed by the first version of the format opens") {
  const std::string text = "The quick brown fox jumps over the lazy dog";
  std::string two_chunks(65537, '\0');
  for (std::size_t i = 0; i < two_chunks.size(); ++i) two_chunks[i] = static_cast<char>(7 * i + i / 256);
  PrivateKey key;
  std::iota(key.bytes.begin(), key.bytes.end(), std::uint8_t{0});
  MachineKey machine_key;
  std::iota(machine_key.bytes.begin(), machine_key.bytes.end(), std::uint8_t{32});

  CHECK(open_sealed(vector("empty.sealed"), key).value() == "");
  CHECK(open_sealed(vector("text.sealed"), key).value() == text);
  CHECK(open_sealed(vector("two-chunks.sealed"), key).value() == two_chunks);
  CHECK(open_in_pieces(vector("two-chunks.sealed"), key, 999).value() == two_chunks);
  CHECK(open_sealed(vector("machine.sealed"), machine_key).value() == text);
  CHECK(to_text(key) == "atkey_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh_V2qun");
  CHECK(to_text(public_key_of(key)) == "atpub_j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF9t7jnS");
}
