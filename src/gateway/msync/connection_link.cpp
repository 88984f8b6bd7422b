// SPDX-License-Identifier: Apache-2.0
#include "gateway/msync/connection_link.h"

#include "gateway/loop_gateway.h"

namespace fenshen::gateway {

namespace {

class ConnectionLink final : public MsyncLink {
public:
    explicit ConnectionLink(Connection& connection) : connection_(connection) {}

    void send(BytesView frame) override { connection_.send(frame); }
    void close(CloseReason reason, Millis grace) override {
        connection_.close_after_flush(reason, grace);
    }
    SessionRef ref() const override { return connection_.ref(); }
    std::string address() const override { return connection_.address(); }
    service::Shard& shard() override { return connection_.gateway().shard(); }
    telemetry::Log& log() override { return connection_.gateway().log(); }
    GatewayStats& stats() override { return connection_.gateway().stats(); }
    MonoTime now() override { return connection_.gateway().loop().now(); }

private:
    Connection& connection_;
};

}  // namespace

std::unique_ptr<ClientSession> make_msync_session(Connection& connection,
                                                  const MsyncOptions& options) {
    return std::make_unique<MsyncSession>(std::make_unique<ConnectionLink>(connection), options);
}

}  // namespace fenshen::gateway
