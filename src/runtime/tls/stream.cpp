// SPDX-License-Identifier: Apache-2.0
#include <openssl/ssl.h>

#include <array>
#include <new>

#include "runtime/tls/detail/openssl.h"
#include "runtime/tls/tls.h"

namespace fenshen::tls {

using namespace detail;

namespace {

/// What the running call reads from and appends to. A stream is only ever run from one of its
/// member functions, so one for the thread is enough, and connections need no memory for it.
struct Pipe {
    BytesView in;
    Bytes* out = nullptr;
};
thread_local Pipe pipe;

int read_pipe(BIO* bio, char* to, std::size_t size, std::size_t* got) {
    BIO_clear_retry_flags(bio);
    *got = pipe.in.copy(to, size);
    pipe.in.remove_prefix(*got);
    if (*got > 0) return 1;
    BIO_set_retry_read(bio);
    return 0;
}

int write_pipe(BIO* bio, const char* from, std::size_t size, std::size_t* put) {
    BIO_clear_retry_flags(bio);
    if (pipe.out == nullptr) return 0;
    pipe.out->append(from, size);
    *put = size;
    return 1;
}

long control_pipe(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* make_pipe_method() {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pipe");
    if (method == nullptr) throw std::bad_alloc();
    BIO_meth_set_read_ex(method, read_pipe);
    BIO_meth_set_write_ex(method, write_pipe);
    BIO_meth_set_ctrl(method, control_pipe);
    BIO_meth_set_create(method, [](BIO* bio) {
        BIO_set_init(bio, 1);
        return 1;
    });
    return method;
}

/// One a thread: its retry flags are written by every read.
BIO* pipe_of_this_thread() {
    static const Handle<BIO_METHOD, BIO_meth_free> method(make_pipe_method());
    thread_local const Handle<BIO, BIO_free> bio(BIO_new(method.get()));
    if (!bio) throw std::bad_alloc();
    return bio.get();
}

void use_pipe_of_this_thread(SSL* ssl) {
    BIO* bio = pipe_of_this_thread();
    if (SSL_get_rbio(ssl) == bio) return;
    BIO_up_ref(bio);
    SSL_set_bio(ssl, bio, bio);
}

/// The frame around every call into OpenSSL that may read or write.
class Call {
public:
    Call(SSL* ssl, BytesView in, Bytes& out) {
        use_pipe_of_this_thread(ssl);
        pipe = {in, &out};
    }
    ~Call() { pipe = {}; }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

private:
    CleanErrors clean_;
};

}  // namespace

void TlsStream::Free::operator()(ssl_st* ssl) const {
    SSL_free(ssl);
}

void TlsStream::begin(TlsContext& context) {
    const CleanErrors clean;
    const TlsContext::Owned shared = context.current();
    ssl_.reset(SSL_new(shared.get()));
    if (!ssl_) throw std::bad_alloc();
    use_pipe_of_this_thread(ssl_.get());
}

TlsStream::TlsStream(TlsContext& context) {
    begin(context);
    SSL_set_accept_state(ssl_.get());
}

TlsStream::TlsStream(TlsContext& context, ClientOptions options) {
    begin(context);
    const CleanErrors clean;
    SSL_set_connect_state(ssl_.get());
    if (!options.server_name.empty()) {
        X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl_.get());
        const char* name = options.server_name.c_str();
        if (X509_VERIFY_PARAM_set1_ip_asc(wanted, name) != 1) {
            SSL_set1_host(ssl_.get(), name);
            // What the macro SSL_set_tlsext_host_name does, without its cast.
            SSL_ctrl(ssl_.get(),
                     SSL_CTRL_SET_TLSEXT_HOSTNAME,
                     TLSEXT_NAMETYPE_host_name,
                     options.server_name.data());
        }
    }
    if (!options.resume.empty()) {
        const auto* at = reinterpret_cast<const unsigned char*>(options.resume.data());
        const Handle<SSL_SESSION, SSL_SESSION_free> session(
            d2i_SSL_SESSION(nullptr, &at, static_cast<long>(options.resume.size())));
        if (session) SSL_set_session(ssl_.get(), session.get());
    }
}

TlsStream::~TlsStream() = default;

Status TlsStream::feed(BytesView cipher_in, Bytes& plain_out, Bytes& cipher_out) {
    if (status_ != Status::ok) return status_;
    thread_local std::array<char, SSL3_RT_MAX_PLAIN_LENGTH> plain;
    const Call call(ssl_.get(), cipher_in, cipher_out);
    while (true) {
        std::size_t got = 0;
        const int answer = SSL_read_ex(ssl_.get(), plain.data(), plain.size(), &got);
        if (answer != 1) return judge(answer);
        plain_out.append(plain.data(), got);
    }
}

Status TlsStream::judge(int answer) {
    switch (SSL_get_error(ssl_.get(), answer)) {
        case SSL_ERROR_WANT_READ:
            return Status::ok;
        case SSL_ERROR_ZERO_RETURN:
            SSL_shutdown(ssl_.get());  // answers the good-bye, unless we have said it already
            return status_ = Status::closed;
        default:
            error_ = ERR_peek_error();
            return status_ = Status::error;
    }
}

Status TlsStream::send(BytesView plain, Bytes& cipher_out) {
    if (status_ != Status::ok) return status_;
    if (!is_established() || (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) {
        return Status::error;
    }
    if (plain.empty()) return Status::ok;
    const Call call(ssl_.get(), {}, cipher_out);
    std::size_t written = 0;
    const int answer = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written);
    return answer == 1 ? Status::ok : judge(answer);
}

void TlsStream::close(Bytes& cipher_out) {
    if (status_ != Status::ok || !is_established()) return;
    if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
    const Call call(ssl_.get(), {}, cipher_out);
    SSL_shutdown(ssl_.get());
}

bool TlsStream::is_established() const {
    return SSL_is_init_finished(ssl_.get()) == 1;
}

bool TlsStream::is_resumed() const {
    return SSL_session_reused(ssl_.get()) == 1;
}

std::string TlsStream::error_text() const {
    if (status_ != Status::error) return {};
    return words_of(error_);
}

Bytes TlsStream::resumption() const {
    const CleanErrors clean;
    SSL_SESSION* session = SSL_get_session(ssl_.get());
    if (session == nullptr || SSL_SESSION_is_resumable(session) != 1) return {};
    const int size = i2d_SSL_SESSION(session, nullptr);
    if (size <= 0) return {};
    Bytes out(static_cast<std::size_t>(size), '\0');
    auto* at = reinterpret_cast<unsigned char*>(out.data());
    i2d_SSL_SESSION(session, &at);
    return out;
}

}  // namespace fenshen::tls
