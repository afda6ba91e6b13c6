#pragma once

#include <string>
#include <string_view>

namespace activitytrack {

std::string sha256(std::string_view data);  ///< 32 bytes
std::string hmac_sha256(std::string_view key, std::string_view data);
std::string md5(std::string_view data);  ///< 16 bytes; "" where the system's policy forbids MD5

std::string unhex(std::string_view text);  ///< "" if it is not hexadecimal

std::string base64(std::string_view bytes);  ///< padded

}  // namespace activitytrack
