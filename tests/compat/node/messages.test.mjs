// SPDX-License-Identifier: Apache-2.0
// Messages of any kind and number: each arrives as it was sent, in order, once, in a WebSocket message
// of its own (wukong-wire 5.11, 6.2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group, person } from './support/device.mjs';
import { World, assert_gapless, assert_message } from './support/world.mjs';

const timeout = 180_000;

test('texts of any kind arrive as they were sent', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 4);
    const tab = await world.login('alice', 1);
    const bob = await world.login('bob', 1);
    const long = 'long 长 '.repeat(3000).slice(0, 30 * 1024);
    const texts = [
        'plain',
        '',
        ' ',
        '分身 — 孙悟空拔一根毫毛',
        '👩‍👩‍👧‍👦 👋🏽 🇨🇳',
        'e\u0301 \u200f\u202emirror\u202c',
        '\u0000\u0001\u001f\u007f',
        '"quotes" \\back\\slash\\ \n\r\t',
        '<script>alert(1)</script> &amp; \u2028',
        long,
        'x'.repeat(30 * 1024),
        'the end',
    ];
    for (const text of texts) {
        const sent = await alice.send_acked(text, 'bob');
        assert.equal(sent.reason, 1, `refused: ${text.slice(0, 20)}`);
    }
    await bob.until_text('the end');
    await tab.until_text('the end');
    assert.deepEqual(
        bob.messages.map((message) => message.content.text),
        texts
    );
    assert.deepEqual(
        tab.messages.map((message) => message.content.text),
        texts
    );
    const history = await world.history('bob', 'alice');
    assert.deepEqual(
        history.map((message) => message.text),
        texts
    );
    assert_gapless(history);
    assert.ok(!world.server.log().includes('孙悟空'), 'no payload in the log');
});

test('account and group names of any script work', { timeout }, async (t) => {
    const world = await World.of(t);
    const [uid, peer, room] = ['张三', 'bøb-🐒', '茶馆'];
    const one = await world.login(uid, 5);
    const other = await world.login(peer, 77);
    await one.send_acked('你好', peer);
    assert_message(await other.until_text('你好'), {
        from: uid,
        channel: uid,
        text: '你好',
        red_dot: true,
    });
    await world.make_group(room, [uid, peer]);
    await other.send_acked('来了', room, group);
    assert_message(await one.until_text('来了'), {
        from: peer,
        channel: room,
        type: group,
        text: '来了',
        red_dot: true,
    });
});

test('two hundred messages in a row arrive in order and once', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.make_group('row', ['alice', 'bob']);
    const alice = await world.login('alice', 4);
    const tab = await world.login('alice', 1);
    const bob = [await world.login('bob', 1), await world.login('bob', 6)];
    for (const [to, type] of [
        ['bob', person],
        ['row', group],
    ]) {
        const texts = Array.from({ length: 200 }, (_, index) => `${to} number ${index}`);
        const sent = [];
        for (const text of texts) sent.push(await alice.send(text, to, type)); // none waits for its SENDACK
        for (const message of sent) await alice.until_acked(message);
        const seqs = sent.map((message) => alice.ack_of(message).messageSeq);
        assert.deepEqual(
            seqs,
            texts.map((_, index) => index + 1)
        );
        for (const device of [tab, ...bob]) await device.until_text(texts.at(-1));
        await bob[0].send_acked(`${to} done`, type === person ? 'alice' : to, type);
        for (const device of [tab, bob[1]]) {
            await device.until_text(`${to} done`);
            const of_channel = device.messages.filter((message) =>
                message.content.text.startsWith(to)
            );
            assert.deepEqual(
                of_channel.map((message) => message.content.text),
                [...texts, `${to} done`]
            );
            assert.deepEqual(
                of_channel.map((message) => message.messageSeq),
                [...seqs, 201]
            );
        }
        await alice.until_text(`${to} done`);
    }
    assert.deepEqual(
        alice.messages.map((message) => message.content.text),
        ['bob done', 'row done']
    );
    assert.equal(alice.acks.length, 400);
});

test('all send at once, and every device sees one order', { timeout }, async (t) => {
    const world = await World.of(t);
    const uids = ['alice', 'bob', 'carol'];
    await world.make_group('market', uids);
    const devices = [];
    for (const uid of uids) devices.push(await world.login(uid, 4), await world.login(uid, 5));
    const each = 25;
    for (let round = 0; round < each; round += 1) {
        for (const [index, device] of devices.entries())
            await device.send(`${index} shouts ${round}`, 'market', group);
    }
    const total = devices.length * each;
    for (const device of devices) {
        await device.until('all of the others', () => device.messages.length === total - each);
        await device.until('all acknowledged', () => device.acks.length === each);
        assert.ok(device.acks.every((ack) => ack.reasonCode === 1));
        const seqs = device.messages.map((message) => message.messageSeq);
        assert.deepEqual(
            seqs,
            [...seqs].sort((a, b) => a - b),
            'in the order of the channel'
        );
        const own = device.acks.map((ack) => ack.messageSeq);
        assert.equal(new Set([...seqs, ...own]).size, total);
    }
    const history = await world.history('alice', 'market', group);
    assert.equal(history.length, total);
    assert_gapless(history);
});

test('the heartbeat is answered, one PONG for each PING', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 1, { heartbeat_ms: 50 });
    await alice.until('six pings', () => alice.pings_sent() >= 6);
    const sent = alice.pings_sent();
    await alice.until('their answers', () => alice.pongs_received() >= sent);
    assert.equal(alice.sockets.length, 1);
    assert.deepEqual(alice.statuses, [{ status: 1, reason: 1 }]);
});

test('each WebSocket message carries one frame', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 4);
    const bob = await world.login('bob', 1);
    for (let index = 0; index < 50; index += 1) await alice.send(`burst ${index}`, 'bob');
    await bob.until_text('burst 49');
    for (const socket of [bob.socket, alice.socket]) {
        for (const data of socket.messages_in) assert.equal(frame_size(data), data.length);
    }
    assert.ok(
        !bob.printed.some((line) => line.includes('有粘包')),
        'the SDK never had to split a message'
    );
});

/// The size that the first frame announces for itself (wukong-wire 1.2).
function frame_size(data) {
    const type = data[0] >> 4;
    if (type === 7 || type === 8) return 1;
    let length = 0;
    for (let index = 1; ; index += 1) {
        length += (data[index] & 0x7f) * 128 ** (index - 1);
        if (data[index] < 0x80) return 1 + index + length;
    }
}
