// SPDX-License-Identifier: Apache-2.0
// MSync sessions cut at every byte: read the same, and nothing lost or twice.
#include <gtest/gtest.h>

#include "gateway/testing/msync_device.h"

namespace fenshen::gateway {
namespace {

using testing::Device;
using testing::MsyncSessionTest;

class MsyncCutTest : public MsyncSessionTest {
protected:
    /// A login, and a text to bob.
    Bytes stream_of(Device& device, const Bytes& alices_token, std::uint64_t id) {
        return device.recorded([&] {
            device.say_provision(alices_token);
            device.say_unread();
            device.say_text("bob", "text " + std::to_string(id), id);
        });
    }
    /// The server's id of the text.
    static std::uint64_t expect_answers(Device& device) {
        const auto answers = device.frames();
        EXPECT_EQ(answers.size(), 3U);
        if (answers.size() != 3) return 0;
        EXPECT_EQ(answers[0].as<msync::Provision>().status->error_code, msync::StatusCode::ok);
        EXPECT_TRUE(answers[1].as<msync::UnreadDl>().unread.empty());
        const auto answer = answers[2].as<msync::SyncDl>();
        EXPECT_EQ(answer.status->error_code, msync::StatusCode::ok);
        return answer.server_id.value_or(0);
    }
    /// All that bob was told since, by the server's ids; he acknowledges it.
    std::vector<std::uint64_t> told_to_bob(Device& bob) {
        std::vector<std::uint64_t> ids;
        for (;;) {
            const auto frames = bob.frames();
            if (frames.empty()) return ids;
            for (const auto& frame : frames) {
                const auto batch = frame.as<msync::SyncDl>();
                for (const auto bytes : batch.metas) {
                    ids.push_back(msync::decode<msync::Meta>(bytes)->id.value_or(0));
                }
                if (!batch.metas.empty()) bob.ask_queue(batch.next_key);
            }
        }
    }
};

TEST_F(MsyncCutTest, AStreamIsReadTheSameHoweverItIsCut) {
    const auto bob = online("bob", "one");
    const Bytes alices = token("alice");
    std::size_t size = 1;
    for (std::size_t cut = 0; cut <= size; ++cut) {
        SCOPED_TRACE(cut);
        Device pad = device("alice", "pad");
        const Bytes stream = stream_of(pad, alices, cut + 1);
        size = stream.size();
        pad.write_raw(BytesView(stream).substr(0, cut));
        pad.write_raw(BytesView(stream).substr(cut));
        const auto id = expect_answers(pad);
        EXPECT_EQ(told_to_bob(*bob), std::vector{id});
        pad.drop();
        world_.turns();
        if (HasFailure()) return;
    }
}

TEST_F(MsyncCutTest, WhereverAConnectionBreaksAMessageThatIsSaidAgainIsThereOnce) {
    const auto bob = online("bob", "one");
    const Bytes alices = token("alice");
    std::size_t size = 1;
    for (std::size_t cut = 0; cut <= size; ++cut) {
        SCOPED_TRACE(cut);
        Device broken = device("alice", "pad");
        const Bytes stream = stream_of(broken, alices, cut + 1);
        size = stream.size();
        broken.write_raw(BytesView(stream).substr(0, cut));
        broken.drop();
        world_.turns();
        Device again = device("alice", "pad");
        again.write_raw(stream);
        const auto id = expect_answers(again);
        EXPECT_EQ(told_to_bob(*bob), std::vector{id});
        again.drop();
        world_.turns();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace fenshen::gateway
