// SPDX-License-Identifier: Apache-2.0
// TLS as a layer of bytes to bytes, without a socket: what came from the network goes in, plain
// text and what is to be sent come out. OpenSSL does the work; its buffers exist only while a
// record is incomplete, which makes an idle connection cost about 14 KB instead of 77.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/bytes.h"

struct ssl_st;
struct ssl_ctx_st;

namespace fenshen::tls {

struct ServerFiles {
    std::string certificate;  ///< PEM: the certificate, then those that lead to its root
    std::string key;          ///< PEM, not encrypted
};

struct ClientTrust {
    /// PEM, the roots that are believed. Empty: any server is, which is for tests and load
    /// generators.
    std::string trusted_file{};
    bool tls12_only = false;
};

/// What all connections of a listener share: certificate, key, ticket keys, options. Thread-safe.
///
/// TLS 1.2 and later; tickets, so that clients that come back in a crowd are let in cheaply for a
/// day; no session cache, no renegotiation, no compression, no early data.
class TlsContext {
public:
    /// Loads the files. The error names the file and says what is wrong with it.
    static std::expected<std::unique_ptr<TlsContext>, std::string> server(const ServerFiles& files);
    static std::expected<std::unique_ptr<TlsContext>, std::string> client(const ClientTrust& trust);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    /// Reads the same files again. Streams made from now on use what they say now, older ones keep
    /// what they have; tickets given out before are no longer honoured. On an error nothing
    /// changes. Reads files: not on a loop.
    std::expected<void, std::string> reload();

private:
    friend class TlsStream;
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    using Owned = std::unique_ptr<ssl_ctx_st, Free>;
    using Loaded = std::expected<Owned, std::string>;

    explicit TlsContext(std::function<Loaded()> load) : load_(std::move(load)) {}
    static std::expected<std::unique_ptr<TlsContext>, std::string> make(
        std::function<Loaded()> load);
    static Loaded load_server(const ServerFiles& files);
    static Loaded load_client(const ClientTrust& trust);
    Owned current() const;

    const std::function<Loaded()> load_;
    mutable std::mutex mutex_;  // for the pointer alone
    Owned context_;
};

enum class Status : std::uint8_t {
    ok,
    closed,  ///< the peer has said good-bye; nothing more will come
    error,   ///< the stream is broken; an alert for the peer may stand in cipher_out
};

struct ClientOptions {
    std::string
        server_name{};  ///< for SNI, and to be found in the certificate where one is checked
    Bytes resume{};     ///< from TlsStream::resumption() of an earlier connection; may be empty
};

/// One connection. Used by one thread at a time.
class TlsStream {
public:
    /// The server's end of a connection. The context may go before the stream.
    explicit TlsStream(TlsContext& context);
    /// The client's end. It speaks first: feed it with nothing to begin.
    TlsStream(TlsContext& context, ClientOptions options);
    ~TlsStream();
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    /// Takes all of `cipher_in`. Appends the plain text that it makes whole to `plain_out` (not
    /// more bytes than came in, in this and earlier calls) and what is to be sent to `cipher_out`,
    /// also when the answer is not `ok`. Plain text that came before a close or an error counts.
    Status feed(BytesView cipher_in, Bytes& plain_out, Bytes& cipher_out);

    /// Encrypts all of `plain`. An error, without output, before the handshake is done.
    Status send(BytesView plain, Bytes& cipher_out);

    /// Says good-bye, once; nothing where the handshake is not done or the stream is broken.
    void close(Bytes& cipher_out);

    bool is_established() const;
    bool is_resumed() const;
    /// Why the answer was `error`, for a log; empty otherwise.
    std::string error_text() const;
    /// For a client's next connection to the same server; empty until the server has sent a ticket.
    Bytes resumption() const;

private:
    struct Free {
        void operator()(ssl_st* ssl) const;
    };
    void begin(TlsContext& context);
    Status judge(int answer);

    std::unique_ptr<ssl_st, Free> ssl_;
    unsigned long error_ = 0;  // as OpenSSL numbers them; 0 with status error: the caller's fault
    Status status_ = Status::ok;
};

}  // namespace fenshen::tls
