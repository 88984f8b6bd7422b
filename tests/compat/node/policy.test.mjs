// SPDX-License-Identifier: Apache-2.0
// The unmodified SDK as real devices under each device policy, which is set through /v1/policy while
// the server runs: who stays, who is told to go, who is not let in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Status } from './support/device.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;

const [app, web, pc, android, ios] = [0, 1, 2, 4, 5];
const tablet = 101; // a class of the application's own

/// The end came as DISCONNECT 12, the server closed the socket, the SDK stays away.
async function assert_ended(device) {
    await device.until('kicked', () => device.count_of(Status.kicked) > 0);
    await device.until('closed by the server', () => device.socket.close_code !== undefined);
    assert.deepEqual(device.statuses.slice(0, 2), [
        { status: Status.connected, reason: 1 },
        { status: Status.kicked, reason: 12 },
    ]);
    assert.equal(device.count_of(Status.kicked), 1);
    assert.equal(device.sockets.length, 1);
    assert.equal(device.timers.size, 0);
}

async function assert_refused(device, reason) {
    device.start();
    await device.until('the answer', () => device.statuses.length > 0);
    assert.deepEqual(device.statuses[0], { status: Status.refused, reason });
    await device.until('closed by the server', () => device.socket.close_code !== undefined);
    assert.equal(device.sockets.length, 1);
    assert.equal(device.timers.size, 0);
}

/// Not told anything but the login, and a message to the account arrives.
async function assert_stay(world, uid, ...devices) {
    const text = `who is there? ${(world.asked = (world.asked ?? 0) + 1)}`;
    await world.api_send('somebody', uid, text);
    for (const device of devices) await device.until_text(text);
    for (const device of devices)
        assert.deepEqual(device.statuses, [{ status: Status.connected, reason: 1 }]);
    const online = await world.device_list(uid, '?online=true');
    assert.deepEqual(
        online.map((row) => row.class).sort((a, b) => a - b),
        devices.map((device) => device.flag ?? web).sort((a, b) => a - b)
    );
}

/// One more device of the class, with the token that the class has already.
async function another(world, uid, flag, level = 0) {
    const device = await world.shared_token_device(uid, flag, level);
    return device.connect();
}

test('wukong, as it comes: any number of tabs', { timeout }, async (t) => {
    const world = await World.of(t);
    const tabs = [];
    for (let count = 0; count < 6; count += 1) tabs.push(await another(world, 'alice', web));
    await assert_stay(world, 'alice', ...tabs);
});

test('easemob: the fifth web login ends the first, no other class', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.set_policy({ preset: 'easemob' });
    const phone = await another(world, 'alice', ios);
    const tabs = [];
    for (let count = 0; count < 4; count += 1) tabs.push(await another(world, 'alice', web));
    await assert_stay(world, 'alice', phone, ...tabs);
    const fifth = await another(world, 'alice', web);
    await assert_ended(tabs[0]);
    await assert_stay(world, 'alice', phone, ...tabs.slice(1), fifth);
    const ended = (await world.device_list('alice')).filter((row) => !row.online);
    assert.equal(ended.length, 1);
    assert.equal(ended[0].last_end.why, 'limit');
    assert.equal(ended[0].last_end.by.class, web);
    assert.ok(ended[0].last_end.rule.length > 0);
});

test('limit 4 for web alone: phones are not counted', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.set_policy({ classes: { [web]: { limit: 4 } } });
    const phones = [];
    for (let count = 0; count < 5; count += 1) phones.push(await another(world, 'alice', ios));
    const tabs = [];
    for (let count = 0; count < 5; count += 1) tabs.push(await another(world, 'alice', web));
    await assert_ended(tabs[0]);
    await assert_stay(world, 'alice', ...phones, ...tabs.slice(1));
});

test('wechat: a second phone ends the first, desktops stay', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.set_policy({ preset: 'wechat' });
    const first = await another(world, 'alice', android, 1);
    const desktop = await another(world, 'alice', pc);
    await assert_stay(world, 'alice', first, desktop);
    const second = await another(world, 'alice', ios, 1);
    await assert_ended(first);
    await assert_stay(world, 'alice', desktop, second);
    const third = await another(world, 'alice', app);
    await assert_ended(second);
    await assert_stay(world, 'alice', desktop, third);
});

test('one phone and one tablet: groups count apart', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.set_policy({
        groups: [
            { name: 'phone', classes: [app, android, ios], limit: 1 },
            { name: 'tablet', classes: [tablet, tablet + 1], limit: 1 },
        ],
    });
    const phone = await another(world, 'alice', android);
    const first = await another(world, 'alice', tablet);
    await assert_stay(world, 'alice', phone, first);
    const second = await another(world, 'alice', tablet + 1);
    await assert_ended(first);
    await assert_stay(world, 'alice', phone, second);
});

test('wechat: a tablet stays beside the phone', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.set_policy({ preset: 'wechat' });
    const phone = await another(world, 'alice', ios);
    const pad = await another(world, 'alice', tablet);
    await assert_stay(world, 'alice', phone, pad);
});

test('refuse_newest: who is there stays, the next is told so', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.set_policy({ classes: { [web]: { limit: 2, over: 'refuse_newest' } } });
    const tabs = [await another(world, 'alice', web), await another(world, 'alice', web)];
    const third = await world.shared_token_device('alice', web);
    await assert_refused(third, 2);
    await assert_stay(world, 'alice', ...tabs);
    const explained = await world.server.get('/v1/accounts/alice/explain-login?class=1');
    assert.deepEqual([explained.outcome, explained.why], ['refused', 'limit_reached']);

    // A place that becomes free is taken.
    tabs[0].close();
    await world.until_online('alice', 1);
    const fourth = await another(world, 'alice', web);
    await assert_stay(world, 'alice', tabs[1], fourth);
});

test('single: one login ends the other, whatever its class', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.set_policy({ preset: 'single' });
    let last = await another(world, 'alice', ios, 1);
    for (const flag of [web, pc, android, 77]) {
        const next = await another(world, 'alice', flag);
        await assert_ended(last);
        await assert_stay(world, 'alice', next);
        last = next;
    }
    await assert_stay(world, 'bob', await another(world, 'bob', web));
    await assert_stay(world, 'alice', last);
});

test('a class that is not allowed is refused, the others not', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.set_policy({ classes: { [web]: { limit: 0 } } });
    await assert_refused(await world.shared_token_device('alice', web), 2);
    await assert_stay(world, 'alice', await another(world, 'alice', ios));
});

test('changed while they are online: now ends the earliest', { timeout }, async (t) => {
    const world = await World.of(t);
    const tabs = [];
    for (let count = 0; count < 4; count += 1) tabs.push(await another(world, 'alice', web));
    const phone = await another(world, 'alice', ios);
    const policy = { classes: { [web]: { limit: 2 } } };

    const tried = await world.server.post('/v1/policy/dry-run', { policy });
    assert.equal(tried.count, 2);
    await assert_stay(world, 'alice', phone, ...tabs);

    const { ended } = await world.set_policy(policy, 'now');
    const ids = (items) => items.map((item) => item.device_id).sort();
    assert.deepEqual(ids(ended), ids(tried.would_end));
    await assert_ended(tabs[0]);
    await assert_ended(tabs[1]);
    await assert_stay(world, 'alice', phone, tabs[2], tabs[3]);
});

test('changed for logins: nobody goes before the next comes', { timeout }, async (t) => {
    const world = await World.of(t);
    const tabs = [];
    for (let count = 0; count < 3; count += 1) tabs.push(await another(world, 'alice', web));
    assert.deepEqual((await world.set_policy({ classes: { [web]: { limit: 2 } } })).ended, []);
    await assert_stay(world, 'alice', ...tabs);
    const next = await another(world, 'alice', web);
    await assert_ended(tabs[0]);
    await assert_ended(tabs[1]);
    await assert_stay(world, 'alice', tabs[2], next);
    // And back: what was lifted holds no more.
    await world.set_policy({ preset: 'unlimited' });
    await assert_stay(world, 'alice', tabs[2], next, await another(world, 'alice', web));
});

test('ended by the API: the SDK stays away and may come again', { timeout }, async (t) => {
    const world = await World.of(t);
    const tab = await another(world, 'alice', web);
    const phone = await another(world, 'alice', ios);
    const body = { class: web, reason: 'Somebody ended this login.' };
    const { ended } = await world.server.post('/v1/accounts/alice/end', body);
    assert.equal(ended.length, 1);
    await assert_ended(tab);
    await assert_stay(world, 'alice', phone);
    await assert_stay(world, 'alice', phone, await another(world, 'alice', web));
});

test('a policy of one account: the others keep the general one', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.set_policy({ preset: 'single' });
    await world.token('alice', 77); // an account has to be known
    await world.server.put('/v1/accounts/alice/policy', {
        policy: { preset: 'unlimited' },
        expires_at: null,
    });
    const alice = [await another(world, 'alice', web), await another(world, 'alice', ios)];
    const bob = [await another(world, 'bob', web), await another(world, 'bob', ios)];
    await assert_ended(bob[0]);
    await assert_stay(world, 'bob', bob[1]);
    await assert_stay(world, 'alice', ...alice);
});
