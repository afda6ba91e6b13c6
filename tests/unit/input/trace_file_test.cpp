#include <activitytrack/input/input_source.hpp>

#include "input/trace_parser.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <zlib.h>

#include <fstream>

using namespace activitytrack;

namespace {

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) {
    char name[] = "/tmp/activitytrack-trace-XXXXXX";
    int fd = mkstemp(name);
    REQUIRE(fd >= 0);
    ::close(fd);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string gzip(const std::string& plain) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, plain.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// More than a few reading buffers, so that lines are cut by the pieces' edges.
std::string many_rows(int count) {
  std::string csv = "t_us,kind,a,b\n";
  for (int i = 0; i < count; ++i) csv += std::to_string(i * 17) + ",move," + std::to_string(i % 1000) + ",5\n";
  return csv;
}

Result<std::vector<InputSample>> read_bytes(const std::string& bytes) {
  return read_trace(TemporaryFile(bytes).path());
}

}  // namespace

TEST_CASE("a file reads as its text does, packed or not") {
  auto csv = many_rows(50'000);
  auto expected = parse_trace(csv);
  REQUIRE(expected.has_value());
  REQUIRE(expected->size() == 50'000);
  CHECK(*read_bytes(csv) == *expected);
  CHECK(*read_bytes(gzip(csv)) == *expected);

  auto half = csv.size() / 2;
  CHECK(*read_bytes(gzip(csv.substr(0, half)) + gzip("") + gzip(csv.substr(half))) == *expected);
}

TEST_CASE("damaged gzip is an error, wherever it is cut") {
  auto packed = gzip(many_rows(200));
  for (std::size_t length = 2; length < packed.size(); length += 7) {
    auto trace = read_bytes(packed.substr(0, length));
    REQUIRE_FALSE(trace.has_value());
    CHECK(trace.error().code == ErrorCode::corrupt);
    CHECK(trace.error().message.ends_with("the gzip data is cut short; make the file anew"));
  }
  CHECK(read_bytes(packed + "rubbish").error().code == ErrorCode::corrupt);
  packed[packed.size() - 5] ^= 1;  // the checksum
  CHECK(read_bytes(packed).error().message.ends_with("the gzip data is damaged; make the file anew"));
}

TEST_CASE("a gzip bomb is refused at its first bad line") {
  auto trace = read_bytes(gzip("t_us,kind,a,b\n" + std::string(32 << 20, '0')));
  REQUIRE_FALSE(trace.has_value());
  CHECK(trace.error().message.ends_with("line 2: longer than 128 bytes; this is no trace"));
}

TEST_CASE("an error names the file") {
  CHECK(read_trace("/nonexistent/x.csv").error().code == ErrorCode::not_found);
  CHECK(read_trace("/nonexistent/x.csv").error().message.find("/nonexistent/x.csv") != std::string::npos);
  CHECK_FALSE(read_trace("/tmp").has_value());
  TemporaryFile file("t_us,kind,a,b\n1,wiggle,0,0\n");
  CHECK(read_trace(file.path()).error().message.starts_with(file.path().string() + ": line 2: unknown kind"));
}
