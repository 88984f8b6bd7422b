// SPDX-License-Identifier: Apache-2.0
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "cli/doctor.h"

namespace fenshen::cli {
namespace {

template <auto free>
struct Free {
    template <class T>
    void operator()(T* it) const {
        free(it);
    }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Time = std::unique_ptr<ASN1_TIME, Free<ASN1_TIME_free>>;

/// Nobody is there to type a pass phrase.
int no_pass_phrase(char*, int, int, void*) {
    return 0;
}

Finding fail(std::string text) {
    ERR_clear_error();
    return {Health::fail, "tls", std::move(text)};
}

}  // namespace

std::vector<Finding> examine_certificate(const config::TlsConfig& tls, WallTime now) {
    constexpr int days_left_min = 14;
    if (tls.cert.empty() && tls.key.empty()) return {};

    const Bio cert_file(BIO_new_file(tls.cert.c_str(), "r"));
    if (!cert_file) return {fail("tls.cert: " + tls.cert + " cannot be read")};
    const Certificate cert(PEM_read_bio_X509(cert_file.get(), nullptr, no_pass_phrase, nullptr));
    if (!cert) return {fail("tls.cert: " + tls.cert + " holds no certificate (PEM)")};
    const Bio key_file(BIO_new_file(tls.key.c_str(), "r"));
    if (!key_file) return {fail("tls.key: " + tls.key + " cannot be read")};
    const Key key(PEM_read_bio_PrivateKey(key_file.get(), nullptr, no_pass_phrase, nullptr));
    if (!key) {
        return {fail("tls.key: " + tls.key + " holds no private key without a pass phrase (PEM)")};
    }
    if (X509_check_private_key(cert.get(), key.get()) != 1) {
        return {fail("tls.key: " + tls.key + " is not the key of " + tls.cert)};
    }
    const Time today(ASN1_TIME_set(nullptr, now.seconds()));
    int days = 0;
    int seconds = 0;
    if (!today ||
        ASN1_TIME_diff(&days, &seconds, today.get(), X509_get0_notAfter(cert.get())) != 1) {
        return {fail("tls.cert: " + tls.cert + " does not say how long it is valid")};
    }
    if (days < 0 || seconds < 0) return {fail("tls.cert: " + tls.cert + " has run out")};
    const bool soon = days < days_left_min;
    return {{soon ? Health::warn : Health::ok,
             "tls",
             tls.cert + " and its key belong together; " + std::to_string(days) +
                 (soon ? " days left: renew it" : " days left")}};
}

}  // namespace fenshen::cli
