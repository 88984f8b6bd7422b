// SPDX-License-Identifier: Apache-2.0
// Several devices of different classes of one account, chatting (wukong-wire 5.11, 8.2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group } from './support/device.mjs';
import { World, assert_message } from './support/world.mjs';

const timeout = 180_000;
const classes = [1, 4, 5, 6, 7, 77];

test('devices of six classes are online at once, each answered', { timeout }, async (t) => {
    const world = await World.of(t);
    const devices = [];
    for (const flag of classes) devices.push(await world.login('alice', flag));
    const online = await world.server.post('/user/onlinestatus', ['alice', 'bob']);
    assert.deepEqual(
        online.map((entry) => entry.device_flag).sort((a, b) => a - b),
        classes
    );
    for (const device of devices) {
        assert.deepEqual(device.statuses, [{ status: 1, reason: 1 }]);
        assert.equal(device.sockets.length, 1);
    }
});

test(
    'a person chat reaches all devices of both, and not the one that sent',
    { timeout },
    async (t) => {
        const world = await World.of(t);
        const alice = [];
        for (const flag of classes) alice.push(await world.login('alice', flag));
        const bob = [await world.login('bob', 1), await world.login('bob', 4)];

        const asked = await alice[0].send_acked('do you read me?', 'bob');
        assert.equal(asked.reason, 1);
        assert.equal(asked.seq, 1);
        for (const device of bob) {
            const message = await device.until_text('do you read me?');
            assert_message(message, {
                from: 'alice',
                channel: 'alice',
                text: 'do you read me?',
                red_dot: true,
            });
            assert.equal(message.messageID, asked.id);
            assert.equal(message.messageSeq, 1);
            assert.equal(message.clientMsgNo, asked.client_msg_no);
        }
        for (const device of alice.slice(1)) {
            const copy = await device.until_text('do you read me?');
            assert_message(copy, {
                from: 'alice',
                channel: 'bob',
                text: 'do you read me?',
                red_dot: false,
            });
            assert.equal(copy.messageID, asked.id);
        }

        // The answer comes behind whatever the server had sent to these connections in this channel.
        const answered = await bob[1].send_acked('loud and clear', 'alice');
        assert.equal(answered.seq, 2);
        for (const device of alice) {
            const message = await device.until_text('loud and clear');
            assert_message(message, {
                from: 'bob',
                channel: 'bob',
                text: 'loud and clear',
                red_dot: true,
            });
        }
        const copy = await bob[0].until_text('loud and clear');
        assert_message(copy, {
            from: 'bob',
            channel: 'alice',
            text: 'loud and clear',
            red_dot: false,
        });

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
    }
);

test(
    "a group chat reaches the members' devices, the sender's others too",
    { timeout },
    async (t) => {
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

        await world.server.post('/channel/subscriber_add', {
            channel_id: 'tea-house',
            channel_type: 2,
            subscribers: ['dave'],
        });
        const inside = await dave.send_acked('thank you', 'tea-house', group);
        assert.deepEqual([inside.reason, inside.seq], [1, 2]);
        await phone.until_text('thank you');
        await world.server.post('/channel/subscriber_remove', {
            channel_id: 'tea-house',
            channel_type: 2,
            subscribers: ['carol'],
        });
        await bob.send_acked('carol has left', 'tea-house', group);
        await dave.until_text('carol has left');
        await bob.send_acked('carol, are you there?', 'carol');
        await carol.until_text('carol, are you there?');
        assert.deepEqual(
            carol.messages.map((message) => message.content.text),
            ['tea is ready', 'thank you', 'carol, are you there?']
        );
        assert.deepEqual(
            phone.messages.map((message) => message.content.text),
            ['thank you', 'carol has left']
        );
    }
);

test('refused sends are answered with their reasons and reach nobody', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 1);
    const bob = await world.login('bob', 1);
    const post = (path, body) => world.server.post(path, body);

    await post('/channel/blacklist_add', { channel_id: 'bob', channel_type: 1, uids: ['alice'] });
    assert.equal((await alice.send_acked('denied', 'bob')).reason, 4);
    await post('/channel/blacklist_remove', {
        channel_id: 'bob',
        channel_type: 1,
        uids: ['alice'],
    });

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

    assert.deepEqual(
        await alice.send_acked('free again', 'bob').then(({ reason, seq }) => [reason, seq]),
        [1, 1]
    );
    await bob.until_text('free again');
    assert.deepEqual(
        bob.messages.map((message) => message.content.text),
        ['free again']
    );
    assert.equal(alice.sockets.length, 1, 'a refused send costs no connection');
});

test('messages by the API come from whom they name, or from the system', { timeout }, async (t) => {
    const world = await World.of(t);
    const phone = await world.login('alice', 4);
    const tab = await world.login('alice', 1);
    const bob = await world.login('bob', 1);

    const named = await world.api_send('alice', 'bob', 'by the back end');
    const message = await bob.until_text('by the back end');
    assert_message(message, {
        from: 'alice',
        channel: 'alice',
        text: 'by the back end',
        red_dot: true,
    });
    assert.equal(message.messageID, named.message_id);
    // Nobody's connection sent it, so each device of the named sender gets its copy.
    for (const device of [phone, tab]) {
        assert_message(await device.until_text('by the back end'), {
            from: 'alice',
            channel: 'bob',
            text: 'by the back end',
            red_dot: false,
        });
    }

    await world.api_send(undefined, 'alice', 'maintenance at noon');
    for (const device of [phone, tab]) {
        assert_message(await device.until_text('maintenance at noon'), {
            from: '',
            channel: '',
            text: 'maintenance at noon',
            red_dot: true,
        });
    }

    await world.api_send('bob', 'alice', '', {
        header: { sync_once: 1 },
        payload: { type: 99, cmd: 'typing', param: { n: 1 } },
    });
    for (const device of [phone, tab]) {
        const command = await device.until('the command', () => device.commands[0]);
        assert.equal(command.content.cmd, 'typing');
        assert.equal(command.header.syncOnce, true);
        assert.equal(command.channel.channelID, 'bob');
    }
    const fleeting = await world.api_send('bob', 'alice', 'online only', {
        header: { no_persist: 1 },
    });
    assert.ok(fleeting.message_id);
    const seen = await phone.until_text('online only');
    assert.equal(seen.messageSeq, 0);
    assert.equal(seen.header.noPersist, true);
    const history = await world.history('alice', 'bob');
    assert.deepEqual(
        history.map((entry) => entry.text),
        ['by the back end']
    );
});

test('conversations count what each account has not read', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.login('alice', 4);
    for (const text of ['one', 'two', 'three']) await alice.send_acked(text, 'bob');
    const unread = await world.conversation('bob', 'alice');
    assert.equal(unread.unread, 3);
    assert.equal(unread.last_msg_seq, 3);
    assert.deepEqual(
        unread.recents.map((message) => message.text),
        ['three', 'two', 'one']
    );
    assert.equal((await world.conversation('alice', 'bob')).unread, 0);
    await world.server.post('/conversations/clearUnread', {
        uid: 'bob',
        channel_id: 'alice',
        channel_type: 1,
    });
    assert.equal((await world.conversation('bob', 'alice')).unread, 0);
    await alice.send_acked('four', 'bob');
    assert.equal((await world.conversation('bob', 'alice')).unread, 1);
    const bob = await world.login('bob', 1);
    await bob.send_acked('I am here', 'alice');
    assert.equal((await world.conversation('bob', 'alice')).unread, 0);
    assert.equal((await world.conversation('alice', 'bob')).unread, 1);
    assert.deepEqual(bob.messages, [], 'nothing is pushed because somebody connects');
});
