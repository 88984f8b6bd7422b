// SPDX-License-Identifier: Apache-2.0
#include "runtime/tls/testing/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/tls/detail/openssl.h"

namespace fenshen::tls::testing {

using namespace detail;

namespace {

using Memory = Handle<BIO, BIO_free>;
using Certificate = Handle<X509, X509_free>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string text_in(const Memory& memory) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string pem_of(EVP_PKEY* key, const char* pass_phrase = nullptr) {
    const Memory memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_PKCS8PrivateKey(
                memory.get(),
                key,
                pass_phrase != nullptr ? EVP_aes_256_cbc() : nullptr,
                pass_phrase,
                pass_phrase != nullptr ? static_cast<int>(std::string(pass_phrase).size()) : 0,
                nullptr,
                nullptr) == 1);
    return text_in(memory);
}

std::string pem_of(X509* certificate) {
    const Memory memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_X509(memory.get(), certificate) == 1);
    return text_in(memory);
}

Key key_from(const std::string& pem) {
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
}

Certificate certificate_from(const std::string& pem) {
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

void add_extension(X509* certificate, int what, const std::string& value) {
    const Handle<X509_EXTENSION, X509_EXTENSION_free> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str()));
    require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

KeyPair make(const std::string& name, const Key& key, const KeyPair* issuer, bool is_authority) {
    const Certificate certificate(X509_new());
    X509* raw = certificate.get();
    std::uint32_t serial = 0;
    require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
    X509_set_version(raw, X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), serial | 1U);
    X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
    X509_gmtime_adj(X509_getm_notAfter(raw), 24 * 3600);
    X509_set_pubkey(raw, key.get());
    X509_NAME* subject = X509_get_subject_name(raw);
    require(X509_NAME_add_entry_by_txt(subject,
                                       "CN",
                                       MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(name.c_str()),
                                       -1,
                                       -1,
                                       0) == 1);
    add_extension(raw, NID_basic_constraints, is_authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!is_authority) add_extension(raw, NID_subject_alt_name, "DNS:" + name + ",IP:127.0.0.1");
    if (issuer == nullptr) {
        X509_set_issuer_name(raw, subject);
        require(X509_sign(raw, key.get(), EVP_sha256()) > 0);
    } else {
        const Certificate above = certificate_from(issuer->certificate);
        const Key signing = key_from(issuer->key);
        X509_set_issuer_name(raw, X509_get_subject_name(above.get()));
        require(X509_sign(raw, signing.get(), EVP_sha256()) > 0);
    }
    return {pem_of(raw), pem_of(key.get())};
}

}  // namespace

KeyPair make_certificate(const std::string& host, const KeyPair* issuer, const char* curve) {
    const CleanErrors clean;
    return make(host, Key(EVP_EC_gen(curve)), issuer, false);
}

KeyPair make_rsa_certificate(const std::string& host) {
    const CleanErrors clean;
    return make(host, Key(EVP_RSA_gen(2048)), nullptr, false);
}

KeyPair make_authority(const std::string& name) {
    const CleanErrors clean;
    return make(name, Key(EVP_EC_gen("P-256")), nullptr, true);
}

std::string encrypted(const std::string& key, const std::string& pass_phrase) {
    const CleanErrors clean;
    return pem_of(key_from(key).get(), pass_phrase.c_str());
}

TempFile::TempFile(const std::string& text) {
    std::string path = (std::filesystem::temp_directory_path() / "fenshen-pem-XXXXXX").string();
    const int fd = mkstemp(path.data());
    require(fd >= 0);
    ::close(fd);
    path_ = path;
    write(text);
}

TempFile::~TempFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void TempFile::write(const std::string& text) const {
    std::ofstream file(path_, std::ios::binary | std::ios::trunc);
    file << text;
    require(file.flush().good());
}

}  // namespace fenshen::tls::testing
