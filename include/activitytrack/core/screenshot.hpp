#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace activitytrack {

/// What is known of a screenshot beside its bytes. (machine_id, id) names it: one that is sent twice is stored once.
struct Screenshot {
  /// What its bytes are.
  enum class Format {
    jpeg,
    sealed,  ///< a JPEG sealed for the holder of a private key (seal/seal.hpp)
    none,    ///< no bytes: the screen looked as it did in the picture `same_as`
  };

  std::string machine_id;
  std::string id;  ///< of its moment and monitor, by screenshot_id()
  Time taken_at{};
  std::string timezone;    ///< IANA name of the zone the machine was in; may be empty
  int utc_offset_min = 0;  ///< of its clock at that moment
  std::string monitor;     ///< "HDMI-1"; "" when it shows all monitors
  int width = 0;           ///< of the picture, px
  int height = 0;
  Format format = Format::jpeg;
  std::string same_as;    ///< of format none: the id of the picture it looked like
  std::int64_t size = 0;  ///< of the bytes as they are sent; 0 of format none
  std::string sha256;     ///< of these bytes, 64 hexadecimal digits in lower case; "" of format none

  friend bool operator==(const Screenshot&, const Screenshot&) = default;
};

std::string_view to_string(Screenshot::Format format) noexcept;

/// "20240115T103000123456Z-0": fit for a file's name and a URL, and in order of time. `monitor` counts from 0.
std::string screenshot_id(Time taken_at, int monitor);

/// Whether `text` may be an id: 1 to 64 letters, digits, "-" and "_".
bool is_screenshot_id(std::string_view text) noexcept;

/// One JSON object; what is empty is left out, and so is `same_as`, `size` and `sha256` where the format has none.
std::string encode_screenshot(const Screenshot& screenshot);

/// Reads what encode_screenshot() wrote. machine_id, id, taken_at and format are required, and size and sha256 where
/// there are bytes; unknown fields are ignored. The error names the field and never repeats its value.
Result<Screenshot> decode_screenshot(std::string_view json);

/// Where its bytes are kept, below a folder or a bucket's prefix: "MACHINE/2024-01-15/ID.jpg", with ".sealed" after it
/// where they are. The date is UTC's. Of the machine's id all but letters, digits, "-", "_" and "." is percent-encoded.
std::string screenshot_path(const Screenshot& screenshot);

/// A machine's id as one segment of a path, by the same rule; "." at its beginning is encoded too.
std::string path_segment(std::string_view machine_id);

}  // namespace activitytrack
