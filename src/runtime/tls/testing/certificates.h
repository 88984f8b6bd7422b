// SPDX-License-Identifier: Apache-2.0
// Certificates made when a test runs, so that no private key lies in the tree, and files for them
// that are gone when the test is.
#pragma once

#include <string>

#include "runtime/tls/tls.h"

namespace fenshen::tls::testing {

struct KeyPair {
    std::string certificate;  ///< PEM
    std::string key;          ///< PEM, not encrypted
};

/// A certificate for `host` (a DNS name) and 127.0.0.1, good for a day. Signed by `issuer`, by
/// itself without one. `curve` is P-256 or P-384.
KeyPair make_certificate(const std::string& host,
                         const KeyPair* issuer = nullptr,
                         const char* curve = "P-256");
/// The same, with an RSA key of 2048 bits.
KeyPair make_rsa_certificate(const std::string& host);
/// A certificate that may sign others.
KeyPair make_authority(const std::string& name);
std::string encrypted(const std::string& key, const std::string& pass_phrase);

class TempFile {
public:
    explicit TempFile(const std::string& text = {});
    ~TempFile();
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;

    const std::string& path() const { return path_; }
    void write(const std::string& text) const;

private:
    std::string path_;
};

struct PemFiles {
    explicit PemFiles(const KeyPair& pair) : certificate(pair.certificate), key(pair.key) {}

    ServerFiles files() const { return {certificate.path(), key.path()}; }
    void write(const KeyPair& pair) const {
        certificate.write(pair.certificate);
        key.write(pair.key);
    }

    TempFile certificate;
    TempFile key;
};

}  // namespace fenshen::tls::testing
