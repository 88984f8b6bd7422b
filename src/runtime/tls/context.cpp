// SPDX-License-Identifier: Apache-2.0
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>

#include "runtime/tls/detail/openssl.h"
#include "runtime/tls/tls.h"

namespace fenshen::tls {

using namespace detail;

namespace {

constexpr std::size_t file_bytes_max = 1024UL * 1024;
/// A device that lost its connection holds a ticket as old as the connection was.
constexpr auto ticket_life = std::chrono::hours(24);

using Memory = Handle<BIO, BIO_free>;
using Certificate = Handle<X509, X509_free>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;

using Fault = std::unexpected<std::string>;

Fault fault(const std::string& file, const std::string& what) {
    return Fault(file + ": " + what);
}

Fault openssl_fault(const std::string& file) {
    return fault(file, words_of(ERR_peek_error()));
}

std::expected<std::string, std::string> text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fault(path, std::strerror(errno));
    std::string text(file_bytes_max + 1, '\0');
    errno = 0;
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return fault(path, errno != 0 ? std::strerror(errno) : "cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > file_bytes_max) return fault(path, "too large for a PEM file");
    return text;
}

Memory reader_of(const std::string& text) {
    return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool is_end_of_pem(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

/// No terminal is ever asked for a pass phrase.
int no_pass_phrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

std::expected<Certificate, std::string> use_certificates(SSL_CTX* context,
                                                         const std::string& path) {
    const auto text = text_of(path);
    if (!text) return Fault(text.error());
    const Memory reader = reader_of(*text);
    Certificate own(PEM_read_bio_X509_AUX(reader.get(), nullptr, nullptr, nullptr));
    if (!own) {
        if (is_end_of_pem(ERR_peek_last_error())) return fault(path, "holds no PEM certificate");
        return openssl_fault(path);
    }
    if (SSL_CTX_use_certificate(context, own.get()) != 1) return openssl_fault(path);
    while (true) {
        const Certificate next(PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
        if (!next) break;
        if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) return openssl_fault(path);
    }
    if (!is_end_of_pem(ERR_peek_last_error())) return openssl_fault(path);
    ERR_clear_error();
    return own;
}

std::expected<void, std::string> use_key(SSL_CTX* context,
                                         X509* certificate,
                                         const ServerFiles& files) {
    auto text = text_of(files.key);
    if (!text) return Fault(text.error());
    if (text->find("PRIVATE KEY-----") == std::string::npos) {
        return fault(files.key, "holds no PEM private key");
    }
    const Memory reader = reader_of(*text);
    bool is_encrypted = false;
    const Key key(PEM_read_bio_PrivateKey(reader.get(), nullptr, no_pass_phrase, &is_encrypted));
    OPENSSL_cleanse(text->data(), text->size());
    if (is_encrypted)
        return fault(files.key, "the key is encrypted; store it without a pass phrase");
    if (!key) return fault(files.key, "the key cannot be read: " + words_of(ERR_peek_error()));
    if (X509_check_private_key(certificate, key.get()) != 1) {
        return fault(files.key, "does not belong to the certificate in " + files.certificate);
    }
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) return openssl_fault(files.key);
    return {};
}

void set_options(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    // Of TLS 1.2 only what has forward secrecy and an authenticated cipher.
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
}

}  // namespace

std::string detail::words_of(unsigned long error) {
    if (error == 0) return "unknown error";
    if (ERR_SYSTEM_ERROR(error)) return std::strerror(ERR_GET_REASON(error));
    const char* reason = ERR_reason_error_string(error);
    return reason != nullptr ? reason : "error " + std::to_string(error);
}

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

TlsContext::~TlsContext() = default;

TlsContext::Loaded TlsContext::load_server(const ServerFiles& files) {
    const CleanErrors clean;
    Owned context(SSL_CTX_new(TLS_server_method()));
    if (!context) return Fault("OpenSSL: " + words_of(ERR_peek_error()));
    set_options(context.get());
    SSL_CTX_set_num_tickets(context.get(), 1);
    SSL_CTX_set_timeout(context.get(), std::chrono::seconds(ticket_life).count());
    const auto certificate = use_certificates(context.get(), files.certificate);
    if (!certificate) return Fault(certificate.error());
    const auto key = use_key(context.get(), certificate->get(), files);
    if (!key) return Fault(key.error());
    return context;
}

TlsContext::Loaded TlsContext::load_client(const ClientTrust& trust) {
    const CleanErrors clean;
    Owned context(SSL_CTX_new(TLS_client_method()));
    if (!context) return Fault("OpenSSL: " + words_of(ERR_peek_error()));
    set_options(context.get());
    if (trust.tls12_only) SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    if (trust.trusted_file.empty()) return context;
    const auto text = text_of(trust.trusted_file);
    if (!text) return Fault(text.error());
    const Memory reader = reader_of(*text);
    X509_STORE* store = SSL_CTX_get_cert_store(context.get());
    std::size_t count = 0;
    while (true) {
        const Certificate root(PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
        if (!root) break;
        if (X509_STORE_add_cert(store, root.get()) != 1) return openssl_fault(trust.trusted_file);
        ++count;
    }
    if (!is_end_of_pem(ERR_peek_last_error())) return openssl_fault(trust.trusted_file);
    if (count == 0) return fault(trust.trusted_file, "holds no PEM certificate");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return context;
}

std::expected<std::unique_ptr<TlsContext>, std::string> TlsContext::make(
    std::function<Loaded()> load) {
    std::unique_ptr<TlsContext> made(new TlsContext(std::move(load)));
    if (const auto loaded = made->reload(); !loaded) return Fault(loaded.error());
    return made;
}

std::expected<std::unique_ptr<TlsContext>, std::string> TlsContext::server(
    const ServerFiles& files) {
    return make([files] { return load_server(files); });
}

std::expected<std::unique_ptr<TlsContext>, std::string> TlsContext::client(
    const ClientTrust& trust) {
    return make([trust] { return load_client(trust); });
}

std::expected<void, std::string> TlsContext::reload() {
    auto loaded = load_();
    if (!loaded) return Fault(loaded.error());
    const std::lock_guard lock(mutex_);
    context_.swap(*loaded);
    return {};
}

TlsContext::Owned TlsContext::current() const {
    const std::lock_guard lock(mutex_);
    SSL_CTX_up_ref(context_.get());
    return Owned(context_.get());
}

}  // namespace fenshen::tls
