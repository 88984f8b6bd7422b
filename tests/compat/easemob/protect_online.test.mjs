// SPDX-License-Identifier: Apache-2.0
// The policy that protects who is online (easemob-multidevice 2.2): a login that nobody asked for,
// an app that starts or comes back, is refused over the limit; a manual one ends another. Only the
// SDK's uni-app build tells the two apart, so that is the one here.
import './support/uni.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './support/world.mjs';

const timeout = 180_000;

async function open_all(world, ...names) {
    const devices = [];
    for (const name of names) devices.push(await world.open('alice', name));
    return devices;
}

async function assert_refused(device, type) {
    await assert.rejects(device.open(), { type });
    assert.equal((await device.until_told('onDisconnected')).type, type);
    assert.equal(device.sockets.length, 1);
}

test('an automatic login over the limit is refused with 214, a manual one ends the earliest', { timeout }, async (t) => {
    const world = await World.of(t, { easemob: { protect_online: true, devices_per_platform: 2 } });
    const [one, two] = await open_all(world, 'one', 'two');
    assert.match(one.resource, /^webim_uni_one$/);
    await assert_refused(await world.phone('alice', 'three', { automatic: true }), 214);
    assert.equal((await world.online('alice')).length, 2);
    const [three] = await open_all(world, 'three');
    assert.equal((await one.until_told('onDisconnected')).type, 206);
    await assert_refused(await world.phone('alice', 'one', { automatic: true }), 214);
    assert.deepEqual(two.all('onDisconnected'), []);
    assert.deepEqual(three.all('onDisconnected'), []);
    two.connection.close();
    await two.until('its socket closed', () => two.socket.readyState === two.socket.CLOSED);
    const back = await world.phone('alice', 'one', { automatic: true });
    await back.open();
    assert.equal((await world.online('alice')).length, 2);
});

test('single-device mode: 220 for an automatic login while another device is online', { timeout }, async (t) => {
    const world = await World.of(t, { easemob: { protect_online: true, multi_device: false } });
    const [one] = await open_all(world, 'one');
    await assert_refused(await world.phone('alice', 'two', { automatic: true, custom: 3 }), 220);
    const [two] = await open_all(world, 'two');
    assert.equal((await one.until_told('onDisconnected')).type, 206);
    await assert_refused(await world.phone('alice', 'one', { automatic: true }), 220);
    assert.deepEqual(two.all('onDisconnected'), []);
});

test('a device that comes back to its own place is let in', { timeout }, async (t) => {
    const world = await World.of(t, { easemob: { protect_online: true, devices_per_platform: 1 } });
    const one = await world.open('alice', 'one', { automatic: true, reconnects: 50 });
    one.cut();
    await one.until('back', () => one.all('onConnected').length === 2);
    const again = await world.phone('alice', 'one', { automatic: true });
    await again.open();
    assert.equal((await world.online('alice')).length, 1);
});

test('without the policy an automatic login is like any other', { timeout }, async (t) => {
    const world = await World.of(t, { easemob: { devices_per_platform: 1 } });
    const [one] = await open_all(world, 'one');
    const two = await world.phone('alice', 'two', { automatic: true });
    await two.open();
    assert.equal((await one.until_told('onDisconnected')).type, 206);
});
