#pragma once

#include "net/http_client.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace activitytrack {

/// Where a screenshot's bytes are to be PUT, as the server said.
struct UploadOffer {
  Url url;
  HttpFields fields;
  std::size_t offset = 0;      ///< the first byte that is wanted
  bool to_the_server = false;  ///< else to a place of its choice, which must not see the machine's credential
};

/// Reads the server's answer to what a screenshot is about: nullopt if it has it; else where `size` bytes are
/// wanted. An answer that does not hold together is an error, and so is one that would have a picture sent in
/// clear though the server itself is asked by TLS.
Result<std::optional<UploadOffer>> read_upload_offer(std::string_view answer, const Url& server, std::size_t size);

}  // namespace activitytrack
