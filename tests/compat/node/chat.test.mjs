// SPDX-License-Identifier: Apache-2.0
// Several devices of different classes of one account, chatting (wukong-wire 5.11, 8.2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group, person } from './support/device.mjs';
import { World, assert_gapless } from './support/world.mjs';

const timeout = 180_000;
const classes = [1, 4, 5, 6, 7, 77];

function assert_message(message, { from, channel, type = person, text, red_dot }) {
    assert.equal(message.fromUID, from);
    assert.equal(message.channel.channelID, channel);
    assert.equal(message.channel.channelType, type);
    assert.equal(message.content.text, text);
    assert.equal(message.header.reddot, red_dot);
}

test('devices of six classes are online at once, each answered', { timeout }, async (t) => {
    const world = await World.of(t);
    const devices = [];
    for (const flag of classes) devices.push(await world.login('alice', flag));
    const online = await world.server.post('/user/onlinestatus', ['alice', 'bob']);
    assert.deepEqual(online.map((entry) => entry.device_flag).sort((a, b) => a - b), classes);
    for (const device of devices) {
        assert.deepEqual(device.statuses, [{ status: 1, reason: 1 }]);
        assert.equal(device.sockets.length, 1);
    }
});

test('a person chat reaches all devices of both, and not the one that sent', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = [];
    for (const flag of classes) alice.push(await world.login('alice', flag));
    const bob = [await world.login('bob', 1), await world.login('bob', 4)];

    const asked = await alice[0].send_acked('do you read me?', 'bob');
    assert.equal(asked.reason, 1);
    assert.equal(asked.seq, 1);
    for (const device of bob) {
        const message = await device.until_text('do you read me?');
        assert_message(message, { from: 'alice', channel: 'alice', text: 'do you read me?', red_dot: true });
        assert.equal(message.messageID, asked.id);
        assert.equal(message.messageSeq, 1);
        assert.equal(message.clientMsgNo, asked.client_msg_no);
    }
    for (const device of alice.slice(1)) {
        const copy = await device.until_text('do you read me?');
        assert_message(copy, { from: 'alice', channel: 'bob', text: 'do you read me?', red_dot: false });
        assert.equal(copy.messageID, asked.id);
    }

    // The answer comes behind whatever the server had sent to these connections in this channel.
    const answered = await bob[1].send_acked('loud and clear', 'alice');
    assert.equal(answered.seq, 2);
    for (const device of alice) {
        const message = await device.until_text('loud and clear');
        assert_message(message, { from: 'bob', channel: 'bob', text: 'loud and clear', red_dot: true });
    }
    const copy = await bob[0].until_text('loud and clear');
    assert_message(copy, { from: 'bob', channel: 'alice', text: 'loud and clear', red_dot: false });

    const end = await alice[1].send_acked('over', 'bob');
    for (const device of [alice[0], ...bob]) await device.until_text('over');
    const texts = (device) => device.messages.map((message) => message.content.text);
    assert.deepEqual(texts(alice[0]), ['loud and clear', 'over']);
    assert.deepEqual(texts(bob[1]), ['do you read me?', 'over']);
    for (const device of alice.slice(2)) {
        await device.until_text('over');
        assert.deepEqual(texts(device), ['do you read me?', 'loud and clear', 'over']);
    }
    for (const device of [...alice, ...bob]) assert.equal(device.sockets.length, 1);
    assert.equal(end.seq, 3);
});

test('a group chat reaches the members\' devices, the sender\'s others too', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.make_group('tea-house', ['alice', 'bob', 'carol']);
    const phone = await world.login('alice', 4);
    const tab = await world.login('alice', 1);
    const bob = await world.login('bob', 5);
    const carol = await world.login('carol', 77);
    const dave = await world.login('dave', 1);

    const sent = await phone.send_acked('tea is ready', 'tea-house', group);
    assert.deepEqual([sent.reason, sent.seq], [1, 1]);
    const expected = { from: 'alice', channel: 'tea-house', type: group, text: 'tea is ready' };
    assert_message(await bob.until_text('tea is ready'), { ...expected, red_dot: true });
    assert_message(await carol.until_text('tea is ready'), { ...expected, red_dot: true });
    assert_message(await tab.until_text('tea is ready'), { ...expected, red_dot: false });

    const outsider = await dave.send_acked('may I come in?', 'tea-house', group);
    assert.deepEqual([outsider.reason, outsider.seq], [3, 0]);
    const unknown = await dave.send_acked('anybody?', 'no-such-group', group);
    assert.equal(unknown.reason, 3);

    await world.server.post('/channel/subscriber_add', { channel_id: 'tea-house', channel_type: 2, subscribers: ['dave'] });
    const inside = await dave.send_acked('thank you', 'tea-house', group);
    assert.deepEqual([inside.reason, inside.seq], [1, 2]);
    await phone.until_text('thank you');
    await world.server.post('/channel/subscriber_remove', { channel_id: 'tea-house', channel_type: 2, subscribers: ['carol'] });
    await bob.send_acked('carol has left', 'tea-house', group);
    await dave.until_text('carol has left');
    await bob.send_acked('carol, are you there?', 'carol');
    await carol.until_text('carol, are you there?');
    assert.deepEqual(carol.messages.map((message) => message.content.text), ['tea is ready', 'thank you', 'carol, are you there?']);
    assert.deepEqual(phone.messages.map((message) => message.content.text), ['thank you', 'carol has left']);
});

test('refused sends are answered with their reasons and reach nobody', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 1);
    const bob = await world.login('bob', 1);
    const post = (path, body) => world.server.post(path, body);

    await post('/channel/blacklist_add', { channel_id: 'bob', channel_type: 1, uids: ['alice'] });
    assert.equal((await alice.send_acked('denied', 'bob')).reason, 4);
    await post('/channel/blacklist_remove', { channel_id: 'bob', channel_type: 1, uids: ['alice'] });

    await world.make_group('g', ['alice', 'bob']);
    await post('/channel/whitelist_add', { channel_id: 'g', channel_type: 2, uids: ['bob'] });
    assert.equal((await alice.send_acked('muted', 'g', group)).reason, 13);
    assert.equal((await bob.send_acked('an admin speaks', 'g', group)).reason, 1);
    await post('/channel/info', { channel_id: 'g', channel_type: 2, ban: 1 });
    assert.equal((await bob.send_acked('banned', 'g', group)).reason, 19);
    await post('/channel/info', { channel_id: 'g', channel_type: 2, disband: 1 });
    assert.equal((await bob.send_acked('disbanded', 'g', group)).reason, 24);
    await post('/channel/info', { channel_id: 'alice', channel_type: 1, send_ban: 1 });
    assert.equal((await alice.send_acked('silenced', 'bob')).reason, 25);
    await post('/channel/info', { channel_id: 'alice', channel_type: 1, send_ban: 0 });

    assert.deepEqual(await alice.send_acked('free again', 'bob').then(({ reason, seq }) => [reason, seq]), [1, 1]);
    await bob.until_text('free again');
    assert.deepEqual(bob.messages.map((message) => message.content.text), ['free again']);
    assert.equal(alice.sockets.length, 1, 'a refused send costs no connection');
});

test('texts of any kind arrive as they were sent', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 4);
    const tab = await world.login('alice', 1);
    const bob = await world.login('bob', 1);
    const long = 'long 长 '.repeat(3000).slice(0, 30 * 1024);
    const texts = [
        'plain', '', ' ', '分身 — 孙悟空拔一根毫毛', '👩‍👩‍👧‍👦 👋🏽 🇨🇳', 'e\u0301 \u200f\u202emirror\u202c', '\u0000\u0001\u001f\u007f',
        '"quotes" \\back\\slash\\ \n\r\t', '<script>alert(1)</script> &amp; \u2028', long, 'x'.repeat(30 * 1024), 'the end',
    ];
    for (const text of texts) {
        const sent = await alice.send_acked(text, 'bob');
        assert.equal(sent.reason, 1, `refused: ${text.slice(0, 20)}`);
    }
    await bob.until_text('the end');
    await tab.until_text('the end');
    assert.deepEqual(bob.messages.map((message) => message.content.text), texts);
    assert.deepEqual(tab.messages.map((message) => message.content.text), texts);
    const history = await world.history('bob', 'alice');
    assert.deepEqual(history.map((message) => message.text), texts);
    assert_gapless(history);
    assert.ok(!world.server.log().includes('孙悟空'), 'no payload in the log');
});

test('account and group names of any script work', { timeout }, async (t) => {
    const world = await World.of(t);
    const [uid, peer, room] = ['张三', 'bøb-🐒', '茶馆'];
    const one = await world.login(uid, 5);
    const other = await world.login(peer, 77);
    await one.send_acked('你好', peer);
    assert_message(await other.until_text('你好'), { from: uid, channel: uid, text: '你好', red_dot: true });
    await world.make_group(room, [uid, peer]);
    await other.send_acked('来了', room, group);
    assert_message(await one.until_text('来了'), { from: peer, channel: room, type: group, text: '来了', red_dot: true });
});

test('two hundred messages in a row arrive in order and once', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.make_group('row', ['alice', 'bob']);
    const alice = await world.login('alice', 4);
    const tab = await world.login('alice', 1);
    const bob = [await world.login('bob', 1), await world.login('bob', 6)];
    for (const [to, type] of [['bob', person], ['row', group]]) {
        const texts = Array.from({ length: 200 }, (_, index) => `${to} number ${index}`);
        const sent = [];
        for (const text of texts) sent.push(await alice.send(text, to, type)); // none waits for its SENDACK
        for (const message of sent) await alice.until_acked(message);
        const seqs = sent.map((message) => alice.ack_of(message).messageSeq);
        assert.deepEqual(seqs, texts.map((_, index) => index + 1));
        for (const device of [tab, ...bob]) await device.until_text(texts.at(-1));
        await bob[0].send_acked(`${to} done`, type === person ? 'alice' : to, type);
        for (const device of [tab, bob[1]]) {
            await device.until_text(`${to} done`);
            const of_channel = device.messages.filter((message) => message.content.text.startsWith(to));
            assert.deepEqual(of_channel.map((message) => message.content.text), [...texts, `${to} done`]);
            assert.deepEqual(of_channel.map((message) => message.messageSeq), [...seqs, 201]);
        }
        await alice.until_text(`${to} done`);
    }
    assert.deepEqual(alice.messages.map((message) => message.content.text), ['bob done', 'row done']);
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
        for (const [index, device] of devices.entries()) await device.send(`${index} shouts ${round}`, 'market', group);
    }
    const total = devices.length * each;
    for (const device of devices) {
        await device.until('all of the others', () => device.messages.length === total - each);
        await device.until('all acknowledged', () => device.acks.length === each);
        assert.ok(device.acks.every((ack) => ack.reasonCode === 1));
        const seqs = device.messages.map((message) => message.messageSeq);
        assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b), 'in the order of the channel');
        const own = device.acks.map((ack) => ack.messageSeq);
        assert.equal(new Set([...seqs, ...own]).size, total);
    }
    const history = await world.history('alice', 'market', group);
    assert.equal(history.length, total);
    assert_gapless(history);
});

test('messages by the API come from whom they name, or from the system', { timeout }, async (t) => {
    const world = await World.of(t);
    const phone = await world.login('alice', 4);
    const tab = await world.login('alice', 1);
    const bob = await world.login('bob', 1);

    const named = await world.api_send('alice', 'bob', 'by the back end');
    const message = await bob.until_text('by the back end');
    assert_message(message, { from: 'alice', channel: 'alice', text: 'by the back end', red_dot: true });
    assert.equal(message.messageID, named.message_id);
    // Nobody's connection sent it, so each device of the named sender gets its copy.
    for (const device of [phone, tab]) {
        assert_message(await device.until_text('by the back end'), { from: 'alice', channel: 'bob', text: 'by the back end', red_dot: false });
    }

    await world.api_send(undefined, 'alice', 'maintenance at noon');
    for (const device of [phone, tab]) {
        assert_message(await device.until_text('maintenance at noon'), { from: '', channel: '', text: 'maintenance at noon', red_dot: true });
    }

    await world.api_send('bob', 'alice', '', { header: { sync_once: 1 }, payload: { type: 99, cmd: 'typing', param: { n: 1 } } });
    for (const device of [phone, tab]) {
        const command = await device.until('the command', () => device.commands[0]);
        assert.equal(command.content.cmd, 'typing');
        assert.equal(command.header.syncOnce, true);
        assert.equal(command.channel.channelID, 'bob');
    }
    const fleeting = await world.api_send('bob', 'alice', 'online only', { header: { no_persist: 1 } });
    assert.ok(fleeting.message_id);
    const seen = await phone.until_text('online only');
    assert.equal(seen.messageSeq, 0);
    assert.equal(seen.header.noPersist, true);
    const history = await world.history('alice', 'bob');
    assert.deepEqual(history.map((entry) => entry.text), ['by the back end']);
});

test('conversations count what each account has not read', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 4);
    for (const text of ['one', 'two', 'three']) await alice.send_acked(text, 'bob');
    const unread = await world.conversation('bob', 'alice');
    assert.equal(unread.unread, 3);
    assert.equal(unread.last_msg_seq, 3);
    assert.deepEqual(unread.recents.map((message) => message.text), ['three', 'two', 'one']);
    assert.equal((await world.conversation('alice', 'bob')).unread, 0);
    await world.server.post('/conversations/clearUnread', { uid: 'bob', channel_id: 'alice', channel_type: 1 });
    assert.equal((await world.conversation('bob', 'alice')).unread, 0);
    await alice.send_acked('four', 'bob');
    assert.equal((await world.conversation('bob', 'alice')).unread, 1);
    const bob = await world.login('bob', 1);
    await bob.send_acked('I am here', 'alice');
    assert.equal((await world.conversation('bob', 'alice')).unread, 0);
    assert.equal((await world.conversation('alice', 'bob')).unread, 1);
    assert.deepEqual(bob.messages, [], 'nothing is pushed because somebody connects');
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
    assert.ok(!bob.printed.some((line) => line.includes('有粘包')), 'the SDK never had to split a message');
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
