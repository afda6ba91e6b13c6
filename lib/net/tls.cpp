#include "net/tls.hpp"

namespace activitytrack {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ssl::context>> make_client_tls(const std::string& ca_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code ec;
  context->set_verify_mode(ssl::verify_peer, ec);
  if (!ec && ca_file.empty()) context->set_default_verify_paths(ec);
  if (!ec && !ca_file.empty()) context->load_verify_file(ca_file, ec);
  if (!ec) return context;
  const std::string source = ca_file.empty() ? "the system's certificate authorities" : "the CA file " + ca_file;
  return Error{ErrorCode::invalid_input, "cannot use " + source + ": " + ec.message()};
}

}  // namespace activitytrack
