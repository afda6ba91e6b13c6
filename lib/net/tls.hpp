#pragma once

#include <activitytrack/core/result.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace activitytrack {

/// A client's TLS 1.2 or later that checks certificates against `ca_file` (PEM), or, where that is empty,
/// against the system's authorities. The host's name is for the connection to check.
Result<std::shared_ptr<boost::asio::ssl::context>> make_client_tls(const std::string& ca_file);

}  // namespace activitytrack
