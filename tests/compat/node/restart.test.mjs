// SPDX-License-Identifier: Apache-2.0
// The server goes away and comes back; the SDK returns by itself and nothing acknowledged is missing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Status, group } from './support/device.mjs';
import { World, assert_gapless } from './support/world.mjs';

const timeout = 240_000;
/// Of the test that restarts in a row; each takes the 3 s that the SDK waits before it comes back.
const restarts = Number(process.env.FENSHEN_TEST_RESTARTS ?? 4);

for (const signal of ['SIGKILL', 'SIGTERM']) {
    test(`back after ${signal}, with everything that was acknowledged`, { timeout }, async (t) => {
        const world = await World.of(t);
        await world.make_group('crew', ['alice', 'bob']);
        const phone = await world.login('alice', 4, { level: 1 });
        const tab = await world.login('alice', 1);
        const bob = await world.login('bob', 5);
        const devices = [phone, tab, bob];

        const sent = [];
        for (let index = 0; index < 150; index += 1) {
            sent.push(await phone.send(`to bob ${index}`, 'bob'));
            if (index % 3 === 0) sent.push(await bob.send(`to the crew ${index}`, 'crew', group));
        }
        await phone.until('some of its SENDACKs', () => phone.acks.length >= 10);
        for (const device of devices) device.address_gate.shut();
        const ended = await world.server.end(signal);
        assert.equal(ended, signal === 'SIGKILL' ? 'SIGKILL' : 0);
        for (const device of devices) await device.until_lost();
        const acked_before = new Map(
            [phone, bob].map((device) => [device, device.acks.map((ack) => ({ ...ack }))])
        );

        await world.server.start();
        for (let index = 0; index < 5; index += 1) {
            await world.api_send('bob', 'alice', `while you were away ${index}`);
            await world.api_send('bob', 'crew', `crew news ${index}`, { type: group });
        }
        const returned = devices.map((device) => device.until_reconnected());
        for (const device of devices) device.address_gate.open();
        await Promise.all(returned);
        for (const device of devices) {
            assert.equal(device.count_of(Status.kicked), 0, 'a restart is not a log-out');
            assert.equal(device.count_of(Status.refused), 0);
        }

        // The SDK sends again what had no SENDACK, with the same client_msg_no.
        const sender_of = (message) => (message.fromUID === 'alice' ? phone : bob);
        for (const message of sent) await sender_of(message).until_acked(message);
        for (const device of [phone, bob])
            assert.ok(device.acks.every((ack) => ack.reasonCode === 1));

        const with_bob = await world.history('alice', 'bob');
        const of_crew = await world.history('alice', 'crew', group);
        assert_gapless(with_bob);
        assert_gapless(of_crew);
        const stored = new Map(
            [...with_bob, ...of_crew].map((message) => [message.client_msg_no, message])
        );
        assert.equal(stored.size, with_bob.length + of_crew.length, 'nothing is there twice');
        assert.equal(stored.size, sent.length + 10, 'all that was sent, and no more');
        for (const message of sent) {
            const found = stored.get(message.clientMsgNo);
            const ack = sender_of(message).ack_of(message);
            assert.deepEqual(
                [found.message_seq, found.message_idstr],
                [ack.messageSeq, ack.messageID.toString()]
            );
            assert.equal(found.text, message.content.text);
        }
        for (const [device, acks] of acked_before) {
            for (const ack of acks) {
                const found = stored.get(
                    sent.find((one) => one.clientSeq === ack.clientSeq && sender_of(one) === device)
                        .clientMsgNo
                );
                assert.equal(
                    found.message_seq,
                    ack.messageSeq,
                    'acknowledged before, still in its place'
                );
            }
        }
        for (let index = 0; index < 5; index += 1) {
            assert.equal(
                with_bob.filter((one) => one.text === `while you were away ${index}`).length,
                1
            );
            assert.equal(of_crew.filter((one) => one.text === `crew news ${index}`).length, 1);
        }

        const seen_by_alice = await world.conversation('alice', 'bob');
        assert.equal(seen_by_alice.last_msg_seq, with_bob.length);
        const newest_first = with_bob.slice(-100).reverse();
        assert.deepEqual(
            seen_by_alice.recents.map((one) => one.message_seq),
            newest_first.map((one) => one.message_seq)
        );
        const crew = await world.conversation('alice', 'crew', group);
        assert.equal(crew.last_msg_seq, of_crew.length);
        assert.equal(crew.unread, of_crew.length);

        await bob.send_acked('as before', 'alice');
        for (const device of [phone, tab]) await device.until_text('as before');
    });
}

test('restarts in a row, one message each', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 1);
    const bob = await world.login('bob', 1);
    for (let round = 1; round <= restarts; round += 1) {
        const { reason, seq } = await alice.send_acked(`round ${round}`, 'bob');
        assert.deepEqual([reason, seq], [1, round]);
        await bob.until_text(`round ${round}`);
        const returned = [alice, bob].map((device) => device.until_reconnected());
        await world.server.end(round % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
        await world.server.start();
        await Promise.all(returned);
    }
    const history = await world.history('bob', 'alice');
    assert.deepEqual(
        history.map((message) => message.text),
        Array.from({ length: restarts }, (_, index) => `round ${index + 1}`)
    );
    assert_gapless(history);
});

test('tokens, bans, members and read marks outlive a kill', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.make_group('g', ['alice', 'bob']);
    await world.server.post('/channel/subscriber_remove', {
        channel_id: 'g',
        channel_type: 2,
        subscribers: ['bob'],
    });
    const alice = await world.login('alice', 4, { level: 1 });
    await alice.send_acked('hello', 'bob');
    await world.server.post('/conversations/clearUnread', {
        uid: 'bob',
        channel_id: 'alice',
        channel_type: 1,
    });
    await world.token('carol', 1);
    await world.server.post('/channel/info', { channel_id: 'carol', channel_type: 1, ban: 1 });
    await world.server.post('/channel/blacklist_add', {
        channel_id: 'dave',
        channel_type: 1,
        uids: ['alice'],
    });
    await world.server.post('/user/systemuids_add', { uids: ['helper'] });

    const returned = alice.until_reconnected();
    await world.server.end('SIGKILL');
    await world.server.start();
    await returned;
    assert.equal((await alice.send_acked('to the group', 'g', group)).reason, 1);
    assert.equal((await alice.send_acked('denied', 'dave')).reason, 4);
    const bob = await world.login('bob', 1);
    assert.equal((await bob.send_acked('not a member', 'g', group)).reason, 3);
    assert.equal((await world.conversation('bob', 'alice')).unread, 0);
    const body = { uid: 'carol', token: 'x', device_flag: 1, device_level: 0 };
    assert.deepEqual(await world.server.post('/user/token', body), { status: 19 });
    assert.deepEqual(await world.server.get('/user/systemuids'), ['helper']);
    // Level 1 was kept with the token: a second device of the class still ends the first.
    const token = alice.shared.config.token;
    const second = await world.device({ uid: 'alice', flag: 4, token });
    await second.connect();
    await alice.until('kicked', () => alice.count_of(Status.kicked) === 1);
});

test('a message sent between the socket and its login is not lost', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 1);
    const bob = await world.login('bob', 1);
    await alice.send_acked('first', 'bob');
    let early;
    alice.on_open = () => {
        // Behind the SDK's own listener: its CONNECT goes out first, then this SEND, sealed with the
        // key of the connection before. The SDK sends it again, rightly sealed, when it is logged in.
        queueMicrotask(() => {
            early = alice.send('too early', 'bob');
        });
    };
    const returned = alice.until_reconnected();
    await world.server.end('SIGKILL');
    await world.server.start();
    await returned;
    alice.on_open = undefined;
    const sent = await early;
    await alice.until('a success', () =>
        alice.acks.some((ack) => ack.clientSeq === sent.clientSeq && ack.reasonCode === 1)
    );
    const reasons = alice.acks
        .filter((ack) => ack.clientSeq === sent.clientSeq)
        .map((ack) => ack.reasonCode);
    assert.deepEqual(reasons, [9, 1]);
    const history = await world.history('bob', 'alice');
    assert.deepEqual(
        history.map((message) => message.text),
        ['first', 'too early']
    );
});
