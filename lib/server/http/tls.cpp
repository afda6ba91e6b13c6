#include "server/http/tls.hpp"

#include "core/file.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <span>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_keys = 16;

// A client chooses among these. The classic groups (ffdhe) would let it choose a hundred times the work.
constexpr const char* groups = "X25519:P-256:P-384";

constexpr long session_seconds = 24 * 3600;
constexpr std::size_t max_own_keys = 3;
constexpr unsigned char session_context[] = "activitytrack";

Error tls_error(std::string message) {
  const auto code = ERR_peek_last_error();
  const char* const reason = ERR_reason_error_string(code);
  if (ERR_SYSTEM_ERROR(code)) {
    message += std::string(": ") + std::strerror(ERR_GET_REASON(code));
  } else if (reason) {
    message += std::string(": ") + reason;
  }
  ERR_clear_error();
  return {ErrorCode::invalid_input, std::move(message)};
}

/// What keeps a PEM file from being a certificate, or a key; "" where only OpenSSL knows.
std::string fault_of(const std::string& path, bool is_key) {
  constexpr std::size_t largest = 1 << 20;
  const auto text = read_file_start(path, largest);
  if (!text) return text.error().message;
  const auto has = [&](std::string_view kind) { return text->find(std::string(kind) + "-----") != std::string::npos; };
  if (text->empty()) return "is empty";
  if (!has("")) return "is not PEM, whose first line is -----BEGIN ...-----; openssl makes it of DER and PKCS#12";
  if (!is_key && !has("CERTIFICATE")) {
    if (has("PRIVATE KEY")) return "holds a key and no certificate; a key is for tls_key";
    return has("REQUEST") ? "holds a request, which an authority has to make a certificate of" : "holds no certificate";
  }
  if (is_key && (has("ENCRYPTED PRIVATE KEY") || text->find("Proc-Type: 4,ENCRYPTED") != std::string::npos))
    return "is locked by a password; unlock it: openssl pkey -in " + path + " -out FILE";
  if (is_key && !has("PRIVATE KEY"))
    return has("CERTIFICATE") ? "holds a certificate and no key; a certificate is for tls_cert"
                              : "holds no private key";
  return "";
}

Error unusable(const std::string& setting, const std::string& path, bool is_key) {
  const std::string fault = fault_of(path, is_key);
  if (fault.empty()) return tls_error(setting + ": " + path + " cannot be used; it is damaged, or too weak");
  ERR_clear_error();
  return {ErrorCode::invalid_input, setting + ": " + path + " " + fault};
}

struct FreeTls {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL* tls) const noexcept { SSL_free(tls); }
};

/// Has a client of OpenSSL's defaults try the certificate: some types of keys (DSA, rare curves) load and then serve
/// nobody. Whether the client would trust it is not asked.
Result<void> try_handshake(SSL_CTX* context, const std::string& certificate) {
  const std::unique_ptr<SSL_CTX, FreeTls> clients(SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<SSL, FreeTls> server(SSL_new(context)), client(clients ? SSL_new(clients.get()) : nullptr);
  BIO *near = nullptr, *far = nullptr;
  if (!server || !client || BIO_new_bio_pair(&near, 0, &far, 0) != 1) throw std::bad_alloc();
  SSL_set_bio(server.get(), near, near);
  SSL_set_bio(client.get(), far, far);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  const auto goes_on = [](SSL* tls) {
    const int result = SSL_do_handshake(tls);
    const int error = SSL_get_error(tls, result);
    return result == 1 || error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  };
  while (!SSL_is_init_finished(server.get()) || !SSL_is_init_finished(client.get())) {
    if (goes_on(client.get()) && goes_on(server.get())) continue;
    return tls_error("tls_cert: no client could connect with the certificate in " + certificate +
                     ": its key must be ECDSA (P-256, P-384), RSA or Ed25519");
  }
  return {};
}

bool set_mac_key(EVP_MAC_CTX* mac, const TicketKey& key) {
  char digest[] = "SHA256";
  auto* const bytes = const_cast<unsigned char*>(key.mac.data());  // OpenSSL only reads it
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, bytes, key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

/// Encrypts a ticket, or finds the key of one that was received. As SSL_CTX_set_tlsext_ticket_key_evp_cb(3) has it: -1
/// failed, 0 no such key, 1 good, 2 good but issue a new one.
int on_ticket(SSL* tls, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int sealing) {
  const auto& keys = *static_cast<const TicketKeys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls)));
  auto key = keys.begin();
  if (sealing) {
    std::ranges::copy(key->name, name);
    if (RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1) return -1;
  } else {
    key =
        std::ranges::find_if(keys, [&](const TicketKey& k) { return std::ranges::equal(k.name, std::span(name, 16)); });
    if (key == keys.end()) return 0;
  }
  if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv, sealing) != 1) return -1;
  if (!set_mac_key(mac, *key)) return -1;
  return key == keys.begin() ? 1 : 2;
}

Result<TicketKeys> keys_for(const TlsFiles& files, const TlsContext* before) {
  if (!files.ticket_keys.empty()) return read_ticket_keys(files.ticket_keys);
  auto keys = make_ticket_keys();
  if (!keys || !before) return keys;
  const auto& old = before->ticket_keys();
  keys->insert(keys->end(), old.begin(), old.end());
  if (keys->size() > max_own_keys) keys->resize(max_own_keys);
  return keys;
}

}  // namespace

Result<TicketKeys> make_ticket_keys() {
  TicketKeys keys(1);
  static_assert(sizeof(TicketKey) == 80);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(keys.data()), sizeof(TicketKey)) != 1) {
    return Error{ErrorCode::io, "OpenSSL has no random bytes for session tickets"};
  }
  return keys;
}

Result<TicketKeys> read_ticket_keys(const std::string& path) {
  const auto bytes = read_file_start(path, max_keys * sizeof(TicketKey) + 1);
  if (!bytes) return Error{bytes.error().code, "tls_ticket_keys: " + path + " " + bytes.error().message};
  if (bytes->empty() || bytes->size() % sizeof(TicketKey) != 0) {
    return Error{ErrorCode::invalid_input,
                 "tls_ticket_keys: " + path + " must hold 1 to 16 keys of 80 bytes: openssl rand 80 > " + path};
  }
  TicketKeys keys(bytes->size() / sizeof(TicketKey));
  std::memcpy(keys.data(), bytes->data(), bytes->size());
  return keys;
}

void TlsContext::Free::operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }

TlsContext::TlsContext() : context_(SSL_CTX_new(TLS_server_method())) {
  if (!context_) throw std::bad_alloc();
  SSL_CTX* const context = native();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  if (SSL_CTX_set1_groups_list(context, groups) != 1) throw std::bad_alloc();
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Else a read goes on as long as a client sends what is no data (changes of keys), and no other client has its turn.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(context, session_context, sizeof(session_context) - 1);
  SSL_CTX_set_timeout(context, session_seconds);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_app_data(context, &keys_);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
  // A locked key must not ask on the terminal.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
}

Result<void> TlsContext::load(const TlsFiles& files) {
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(native(), files.certificate.c_str()) != 1)
    return unusable("tls_cert", files.certificate, false);
  const bool is_key = SSL_CTX_use_PrivateKey_file(native(), files.key.c_str(), SSL_FILETYPE_PEM) == 1;
  // A key of another type than the certificate's is taken, beside the certificate.
  if (is_key && SSL_CTX_check_private_key(native()) == 1) return try_handshake(native(), files.certificate);
  if (!is_key && ERR_GET_REASON(ERR_peek_last_error()) != X509_R_KEY_VALUES_MISMATCH)
    return unusable("tls_key", files.key, true);
  return tls_error("tls_key: " + files.key + " is not the key of the certificate in " + files.certificate +
                   ", whose first certificate has to be the server's own");
}

std::chrono::sys_seconds TlsContext::expires() const {
  std::tm parts{};
  ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(native())), &parts);
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::make(const TlsFiles& files, const TlsContext* before) {
  auto keys = keys_for(files, before);
  if (!keys) return keys.error();
  const std::shared_ptr<TlsContext> made(new TlsContext());
  made->keys_ = std::move(*keys);
  if (auto loaded = made->load(files); !loaded) return loaded.error();
  return std::shared_ptr<const TlsContext>(made);
}

}  // namespace activitytrack::server
