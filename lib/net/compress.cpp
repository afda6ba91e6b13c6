#include "net/compress.hpp"

#include <zlib.h>
#include <zstd.h>
#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <new>

namespace activitytrack {
namespace {

constexpr int zstd_level = 3;
constexpr int zstd_window_log = 17;      // 128 KiB, and tables to match
constexpr int zstd_max_window_log = 23;  // what RFC 9659 asks of a receiver
constexpr int gzip_window = 15 + 16;     // 32 KiB; 16 asks zlib for gzip's own header
constexpr std::size_t chunk_bytes = 16384;
constexpr std::array<std::string_view, 3> coding_names{"identity", "gzip", "zstd"};  // in the order of ContentCoding

/// Collects output up to a limit.
class LimitedOutput {
 public:
  explicit LimitedOutput(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  char* chunk() { return chunk_.data(); }
  bool take(std::size_t bytes) {
    if (bytes > max_bytes_ - text_.size()) return false;
    text_.append(chunk_.data(), bytes);
    return true;
  }
  std::string finish() { return std::move(text_); }
  Error too_large() const {
    return {ErrorCode::too_large, "unpacks to more than " + std::to_string(max_bytes_) + " bytes"};
  }

 private:
  std::array<char, chunk_bytes> chunk_;
  std::size_t max_bytes_;
  std::string text_;
};

Error damaged(ContentCoding coding, std::string_view how) {
  return {ErrorCode::invalid_input, std::string(to_string(coding)) + " data is " + std::string(how)};
}

std::string zstd_pack(std::string_view data) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  if (!context) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, zstd_level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, zstd_window_log);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_hashLog, 14);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_chainLog, 14);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(data.size()), '\0');
  const std::size_t size = ZSTD_compress2(context.get(), out.data(), out.size(), data.data(), data.size());
  if (ZSTD_isError(size)) throw std::bad_alloc();  // with room and sane parameters, nothing else can fail
  out.resize(size);
  return out;
}

Result<std::string> zstd_unpack(std::string_view data, std::size_t max_bytes) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  if (!stream) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, zstd_max_window_log);
  // What is beyond a frame's own word is found out here, and not at its end.
  const std::size_t declared = most_unpacked(data, ContentCoding::zstd);
  LimitedOutput output(std::min(max_bytes, declared));
  ZSTD_inBuffer in{data.data(), data.size(), 0};
  std::size_t left = 1;  // 0 at the end of a frame
  for (bool full = false; in.pos < in.size || full;) {
    ZSTD_outBuffer out{output.chunk(), chunk_bytes, 0};
    left = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(left)) return damaged(ContentCoding::zstd, "damaged");
    if (!output.take(out.pos)) {
      return declared < max_bytes ? damaged(ContentCoding::zstd, "longer than it says") : output.too_large();
    }
    full = out.pos == out.size && left != 0;
  }
  if (left != 0) return damaged(ContentCoding::zstd, "cut short");
  return output.finish();
}

std::string gzip_pack(std::string_view data) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 6, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<z_stream, decltype(&deflateEnd)> closer(&stream, deflateEnd);
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  return out;
}

Result<std::string> gzip_unpack(std::string_view data, std::size_t max_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> closer(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  LimitedOutput output(max_bytes);
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(output.chunk());
    stream.avail_out = chunk_bytes;
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (!output.take(chunk_bytes - stream.avail_out)) return output.too_large();
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) return output.finish();
      inflateReset(&stream);  // a gzip file may be several members, one after the other
    } else if (status == Z_BUF_ERROR) {
      return damaged(ContentCoding::gzip, "cut short");
    } else if (status != Z_OK) {
      return damaged(ContentCoding::gzip, "damaged");
    }
  }
}

}  // namespace

std::optional<ContentCoding> parse_content_coding(std::string_view name) noexcept {
  const auto is = [name](std::string_view word) {
    return std::ranges::equal(name, word, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
  };
  if (name.empty()) return ContentCoding::identity;
  if (is("x-gzip")) return ContentCoding::gzip;
  const auto known = std::ranges::find_if(coding_names, is);
  if (known == coding_names.end()) return std::nullopt;
  return static_cast<ContentCoding>(known - coding_names.begin());
}

std::string_view to_string(ContentCoding coding) noexcept { return coding_names[static_cast<std::size_t>(coding)]; }

std::size_t most_unpacked(std::string_view data, ContentCoding coding) noexcept {
  constexpr std::size_t unknown = std::numeric_limits<std::size_t>::max();
  if (coding == ContentCoding::identity) return data.size();
  if (coding != ContentCoding::zstd) return unknown;
  if (ZSTD_findFrameCompressedSize(data.data(), data.size()) != data.size()) return unknown;
  const unsigned long long size = ZSTD_getFrameContentSize(data.data(), data.size());
  return size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ? unknown : size;
}

std::string compress(std::string_view data, ContentCoding coding) {
  if (coding == ContentCoding::gzip) return gzip_pack(data);
  if (coding == ContentCoding::zstd) return zstd_pack(data);
  return std::string(data);
}

Result<std::string> decompress(std::string_view data, ContentCoding coding, std::size_t max_bytes) {
  if (coding == ContentCoding::gzip) return gzip_unpack(data, max_bytes);
  if (coding == ContentCoding::zstd) return zstd_unpack(data, max_bytes);
  LimitedOutput output(max_bytes);
  if (data.size() > max_bytes) return output.too_large();
  return std::string(data);
}

}  // namespace activitytrack
