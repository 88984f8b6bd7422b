// SPDX-License-Identifier: Apache-2.0
// Messages between devices of Easemob users (msync-wire 8, 9; easemob-multidevice 4, 7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group } from '../node/support/device.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;

test('a text reaches all devices of both, and not the one that sent', { timeout }, async (t) => {
    const world = await World.of(t);
    const pad = await world.open('alice', 'pad');
    const tab = await world.open('alice', 'tab');
    const bob = [await world.open('bob', 'one'), await world.open('bob', 'two')];
    const sent = await pad.send_text('do you read me?', 'bob', { ext: { level: 3, who: 'me' } });
    assert.match(sent.serverMsgId, /^\d{15,}$/);
    for (const device of bob) {
        const message = await device.until_text('do you read me?');
        assert.equal(message.id, sent.serverMsgId);
        assert.equal(message.from, 'alice');
        assert.equal(message.to, 'bob');
        assert.equal(message.chatType, 'singleChat');
        assert.equal(message.onlineState, 1);
        assert.deepEqual(message.ext, { level: 3, who: 'me' });
        assert.ok(Math.abs(message.time - Date.now()) < 60_000);
    }
    const copy = await tab.until_text('do you read me?');
    assert.equal(copy.from, 'alice');
    assert.equal(copy.to, 'bob');

    await bob[0].send_text('loud and clear', 'alice');
    for (const device of [pad, tab, bob[1]]) await device.until_text('loud and clear');
    assert.deepEqual(pad.texts(), ['loud and clear']);
    assert.deepEqual(bob[0].texts(), ['do you read me?']);
});

test('a hundred messages both ways arrive once each and in order', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'tab');
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    await Promise.all([
        ...numbers.map((i) => alice.send_text(`a${i}`, 'bob')),
        ...numbers.map((i) => bob.send_text(`b${i}`, 'alice')),
    ]);
    await bob.until('all of alice', () => bob.texts().length >= 100);
    await alice.until('all of bob', () => alice.texts().length >= 100);
    assert.deepEqual(bob.texts(), numbers.map((i) => `a${i}`));
    assert.deepEqual(alice.texts(), numbers.map((i) => `b${i}`));
});

test('one device is addressed by its login id, and can answer', { timeout }, async (t) => {
    const world = await World.of(t);
    const pad = await world.open('alice', 'pad');
    const tab = await world.open('alice', 'tab');
    const tv = await world.open('alice', 'tv');
    await pad.send_text('only you', 'alice/webim_web_tab');
    const message = await tab.until_text('only you');
    assert.equal(message.from, 'alice/webim_web_pad');
    assert.equal(message.to, 'alice/webim_web_tab');
    await tab.send_text('back to you', message.from);
    await pad.until_text('back to you');
    await tab.send_text('for all', 'alice');
    await tv.until_text('for all');
    assert.deepEqual(tv.texts(), ['for all']);
});

test('read, delivered, conversation read: the peer and the own devices hear of it', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one', { delivery: true });
    const bob_two = await world.open('bob', 'two');
    const { serverMsgId } = await alice.send_text('hello', 'bob');
    await bob.until_text('hello');
    assert.equal((await alice.until_told('onDeliveredMessage')).mid, serverMsgId);
    await bob.send({ type: 'read', id: serverMsgId, to: 'alice' });
    assert.equal((await alice.until_told('onReadMessage')).mid, serverMsgId);
    await bob.send({ type: 'channel', to: 'alice' });
    assert.equal((await alice.until_told('onChannelMessage')).from, 'bob');
    assert.equal((await bob_two.until_told('onChannelMessage')).from, 'bob');
    const listed = await world.conversation('bob', 'alice');
    assert.equal(listed.unread, 0);
});

test('a recall and an edit reach everybody concerned', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const alice_two = await world.open('alice', 'tab');
    const bob = await world.open('bob', 'one');
    const first = await alice.send_text('wrong', 'bob');
    await bob.until_text('wrong');
    await alice.connection.recallMessage({ mid: first.serverMsgId, to: 'bob', chatType: 'singleChat', ext: 'why' });
    for (const device of [bob, alice_two]) {
        const recalled = await device.until_told('onRecallMessage');
        assert.equal(recalled.mid, first.serverMsgId);
        assert.equal(recalled.ext, 'why');
    }
    const second = await alice.send_text('helo', 'bob');
    const { sdk } = await import('./support/sdk.mjs');
    const changed = await alice.connection.modifyMessage({
        messageId: second.serverMsgId,
        modifiedMessage: sdk.message.create({ type: 'txt', chatType: 'singleChat', to: 'bob', msg: 'hello' }),
    });
    assert.equal(changed.message.msg, 'hello');
    assert.equal(changed.message.modifiedInfo.operationCount, 1);
    const modified = await bob.until_told('onModifiedMessage');
    assert.equal(modified.id, second.serverMsgId);
    assert.equal(modified.msg, 'hello');
    assert.equal(modified.from, 'alice');
    await assert.rejects(
        bob.connection.recallMessage({ mid: second.serverMsgId, to: 'alice', chatType: 'singleChat' }),
        { type: 603 }
    );
});

test('a group: members get it, strangers may not write', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    const carol = await world.open('carol', 'one');
    await world.make_group('77', ['alice', 'bob']);
    await alice.send_text('all of you', '77', { chatType: 'groupChat' });
    const message = await bob.until_text('all of you');
    assert.equal(message.chatType, 'groupChat');
    assert.equal(message.to, '77');
    await assert.rejects(carol.send_text('me too', '77', { chatType: 'groupChat' }), { type: 602 });
});

test('nobody can speak in another name, or in another conversation', { timeout }, async (t) => {
    const world = await World.of(t);
    const mallory = await world.open('mallory', 'pad');
    const bob = await world.open('bob', 'one');
    const { sdk } = await import('./support/sdk.mjs');
    const message = sdk.message.create({ type: 'txt', chatType: 'singleChat', to: 'bob', msg: 'it is me' });
    message.from = 'alice';
    await mallory.connection.send(message);
    assert.equal((await bob.until_text('it is me')).from, 'mallory');
});

test('text crosses the families both ways', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.login('bob', 5);
    const carol = await world.login('alice', 4);
    await alice.send_text('from easemob', 'bob');
    const there = await bob.until_text('from easemob');
    assert.equal(there.fromUID, 'alice');
    await carol.until_text('from easemob');
    await bob.send_acked('from wukong', 'alice');
    const here = await alice.until_text('from wukong');
    assert.equal(here.from, 'bob');
    assert.equal(here.chatType, 'singleChat');
    await world.make_group('78', ['alice', 'bob']);
    await bob.send_acked('in the group', '78', group);
    assert.equal((await alice.until_text('in the group')).to, '78');
    await alice.send({
        type: 'img', to: 'bob', url: 'http://127.0.0.1/cat.png', width: 1, height: 1,
        body: { type: 'img', url: 'http://127.0.0.1/cat.png', filename: 'cat.png' },
    });
    await bob.until('a text that says so', () =>
        bob.messages.find((message) => message.content.text?.includes('[Image]'))
    );
});

test('a server that is started again lets them back in, and chat goes on', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad', { reconnects: 50 });
    const bob = await world.open('bob', 'one', { reconnects: 50 });
    await world.server.end('SIGKILL');
    await world.server.start();
    await alice.until('back', () => alice.all('onConnected').length >= 2);
    await bob.until('back', () => bob.all('onConnected').length >= 2);
    await alice.send_text('again', 'bob');
    await bob.until_text('again');
});
