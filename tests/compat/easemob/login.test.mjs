// SPDX-License-Identifier: Apache-2.0
// Logging in over the socket, being refused, and being ended by another device (msync-wire 4, 7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './support/world.mjs';

const timeout = 180_000;

test('a user logs in by password and by token, and is in the registry', { timeout }, async (t) => {
    const world = await World.of(t);
    const pad = await world.open('alice', 'pad');
    const tab = await world.open('alice', 'tab', { token: await world.user_token('alice') });
    assert.equal(pad.resource, 'webim_web_pad');
    assert.equal(tab.resource, 'webim_web_tab');
    const online = await world.online('alice');
    assert.deepEqual(online.map((device) => device.device_id).sort(), ['webim_web_pad', 'webim_web_tab']);
    for (const device of online) assert.equal(device.protocol, 'msync');
    const logins = await world.server.get('/v1/accounts/alice/logins');
    assert.ok(JSON.stringify(logins).includes('msync'));
});

test('every refusal says what the SDK understands', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.user('alice');
    const wrong = await world.phone('alice', 'pad', { token: 'no-token-of-ours' });
    await assert.rejects(wrong.open(), { type: 28 });
    const nobody = await world.phone('nobody', 'pad', { token: await world.user_token('alice') });
    await assert.rejects(nobody.open(), { type: 28 });
    await wrong.until_told('onDisconnected');
});

test('a fifth web device ends the first with 206 and its own words', { timeout }, async (t) => {
    const world = await World.of(t);
    const devices = [];
    for (const name of ['one', 'two', 'three', 'four']) devices.push(await world.open('alice', name));
    const own = await world.open('alice', 'mine', { custom: 9 });
    const five = await world.open('alice', 'five', { info: 'the kitchen tablet' });
    const reason = await devices[0].until_told('onDisconnected');
    assert.equal(reason.type, 206);
    assert.equal(reason.data.loginInfoCustomExt, 'the kitchen tablet');
    for (const device of [...devices.slice(1), own, five]) {
        assert.deepEqual(device.all('onDisconnected'), [], device.name);
    }
    assert.equal(devices[0].sockets.length, 1, 'it does not come back');
    assert.equal((await world.online('alice')).length, 5);
});

test('the same resource again takes its own place, and tells the older one', { timeout }, async (t) => {
    const world = await World.of(t);
    const first = await world.open('alice', 'tab');
    const other = await world.open('alice', 'pad');
    const second = await world.open('alice', 'tab');
    assert.equal((await first.until_told('onDisconnected')).type, 206);
    assert.deepEqual(second.all('onDisconnected'), []);
    assert.deepEqual(other.all('onDisconnected'), []);
    assert.equal((await world.online('alice')).length, 2);
});

test('single-device mode: any login ends the one before', { timeout }, async (t) => {
    const world = await World.of(t, { easemob: { multi_device: false } });
    const web = await world.open('alice', 'tab');
    const custom = await world.open('alice', 'tv', { custom: 3 });
    assert.equal((await web.until_told('onDisconnected')).type, 206);
    assert.deepEqual(custom.all('onDisconnected'), []);
});

test('ended by the operator: 217, and it does not come back', { timeout }, async (t) => {
    const world = await World.of(t);
    const pad = await world.open('alice', 'pad');
    const tab = await world.open('alice', 'tab');
    const meant = { device_id: 'webim_web_pad', class: 1 };
    const { ended } = await world.server.post('/v1/accounts/alice/end', meant);
    assert.equal(ended.length, 1);
    assert.equal((await pad.until_told('onDisconnected')).type, 217);
    assert.deepEqual(tab.all('onDisconnected'), []);
});

test('a login is over at once when the app closes it', { timeout }, async (t) => {
    const world = await World.of(t);
    const pad = await world.open('alice', 'pad');
    pad.connection.close();
    await world.until_offline('alice');
    const { events } = await world.server.get('/v1/accounts/alice/logins');
    assert.equal(events[0].what, 'logged_out');
});

test('a heartbeat is answered', { timeout }, async (t) => {
    const world = await World.of(t);
    const pad = await world.open('alice', 'pad', { heartbeat_ms: 100 });
    let frames = 0;
    // However often it looks, the SDK sends one only 30 s after the last: that time is set back.
    const make_due = () => (pad.connection.lastHeartbeat = 0);
    pad.socket.on('message', () => {
        frames += 1;
        make_due();
        pad.changed();
    });
    make_due();
    await pad.until('two answers', () => frames >= 2);
});
