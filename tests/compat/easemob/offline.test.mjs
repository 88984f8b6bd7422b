// SPDX-License-Identifier: Apache-2.0
// What a device gets that was away: everything once, in order, and nothing twice (msync-wire 5.4;
// easemob-multidevice 4.1).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './support/world.mjs';

const timeout = 180_000;
const numbers = (count) => Array.from({ length: count }, (_, i) => `n${i}`);

test('what came while nobody was there comes at the login', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    await world.user('bob');
    for (const text of numbers(60)) await alice.send_text(text, 'bob');
    const bob = await world.open('bob', 'one');
    await bob.until('all of them', () => bob.texts().length >= 60);
    assert.deepEqual(bob.texts(), numbers(60));
    await bob.until_told('onOfflineMessageSyncFinish');
    assert.equal(bob.all('onOfflineMessageSyncStart').length, 1);
    assert.equal(bob.all('onTextMessage')[0].onlineState, 0);
});

test('a device that comes back gets what it missed and nothing twice', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    let bob = await world.open('bob', 'one');
    const two = await world.open('bob', 'two');
    await alice.send_text('before', 'bob');
    await bob.until_text('before');
    await two.until_text('before');
    bob.close();
    for (const text of numbers(30)) await alice.send_text(text, 'bob');
    await two.send_text('said by the other device', 'alice');
    await two.until('all of them', () => two.texts().length >= 31);
    bob = await world.open('bob', 'one');
    await bob.until_text('said by the other device');
    assert.deepEqual(bob.texts(), [...numbers(30), 'said by the other device']);

    bob.close();
    const third = await world.open('bob', 'one');
    await alice.send_text('after', 'bob');
    await third.until_text('after');
    assert.deepEqual(third.texts(), ['after']);
});

test('what was read on another device does not come as new', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const two = await world.open('bob', 'two');
    await alice.send_text('read already', 'bob');
    await two.until_text('read already');
    await two.send({ type: 'channel', to: 'alice' });
    await alice.send_text('not read', 'bob');
    const fresh = await world.open('bob', 'new');
    await fresh.until_text('not read');
    assert.deepEqual(fresh.texts(), ['not read']);
});

test('a cable that is pulled in the middle loses nothing', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one', { reconnects: 50 });
    const all = numbers(120);
    let cuts = 0;
    const sending = (async () => {
        for (const text of all) await alice.send_text(text, 'bob');
    })();
    for (const mark of [10, 40, 80]) {
        await bob.until(`${mark} messages`, () => bob.texts().length >= mark);
        bob.cut();
        cuts += 1;
        await bob.until('back', () => bob.all('onConnected').length > cuts);
    }
    await sending;
    await bob.until('all of them', () => new Set(bob.texts()).size >= all.length);
    assert.deepEqual(bob.texts(), all);
});

test('offline messages are there after the server was killed', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad', { reconnects: 50 });
    await world.user('bob');
    for (const text of numbers(25)) await alice.send_text(text, 'bob');
    await world.server.end('SIGKILL');
    await world.server.start();
    const bob = await world.open('bob', 'one');
    await bob.until('all of them', () => bob.texts().length >= 25);
    assert.deepEqual(bob.texts(), numbers(25));
});

test('what was deleted on another device is not handed out any more', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const two = await world.open('bob', 'two');
    const bob = await world.open('bob', 'one');
    bob.close();
    await world.until_online('bob', 1);
    const sent = [];
    for (const text of numbers(4)) sent.push(await alice.send_text(text, 'bob'));
    await two.until_text('n3');
    const meant = { targetId: 'alice', chatType: 'singleChat' };
    await two.connection.removeHistoryMessages({ ...meant, messageIds: [sent[2].serverMsgId] });
    await two.connection.removeHistoryMessages({ ...meant, beforeTimeStamp: sent[0].message.time });
    const back = await world.open('bob', 'one');
    await back.until_text('n3');
    const kept = numbers(4).filter((_, i) => i !== 2 && sent[i].message.time > sent[0].message.time);
    assert.deepEqual(back.texts(), kept);
});

test('a recall while a device was away reaches it', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    const sent = await alice.send_text('oops', 'bob');
    await bob.until_text('oops');
    bob.close();
    await world.until_offline('bob');
    await alice.connection.recallMessage({ mid: sent.serverMsgId, to: 'bob', chatType: 'singleChat' });
    const back = await world.open('bob', 'one');
    await back.until_told('onRecallMessage', (recall) => recall.mid === sent.serverMsgId);
    assert.deepEqual(back.texts(), []);
});
