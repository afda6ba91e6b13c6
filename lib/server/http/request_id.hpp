#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// Makes the ids by which requests are found in logs: 16 hexadecimal digits. They are no secrets. For one thread.
class RequestIds {
 public:
  std::string make();

 private:
  std::mt19937_64 random_{(std::uint64_t{std::random_device{}()} << 32) | std::random_device{}()};
};

/// Whether a proxy's X-Request-Id can stand in logs and answers as it is: 1 to 64 letters, digits and "-", "_", ".".
bool is_request_id(std::string_view text) noexcept;

}  // namespace activitytrack::server
