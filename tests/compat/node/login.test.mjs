// SPDX-License-Identifier: Apache-2.0
// Who may log in, who is refused and learns it at once, who has to go (wukong-wire 5.4-5.8).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Status } from './support/device.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;

/// Nothing of the SDK is left that could connect again: it closed its one socket and has no timer.
async function assert_gone_for_good(device) {
    await device.until(
        'its socket closed by the server',
        () => device.socket.close_code !== undefined
    );
    assert.equal(device.sockets.length, 1);
    assert.equal(device.timers.size, 0);
}

function assert_kicked(device) {
    assert.deepEqual(device.statuses.slice(0, 2), [
        { status: Status.connected, reason: 1 },
        { status: Status.kicked, reason: 12 },
    ]);
    assert.equal(device.count_of(Status.kicked), 1);
}

/// The refusal comes within a second of asking; resolves when the connection is gone too.
async function assert_refused(device, reason) {
    device.start();
    await device.until('the answer', () => device.statuses.length > 0);
    assert.ok(device.socket.answered_in_ms() < 1000, `${device.socket.answered_in_ms()} ms`);
    assert.deepEqual(device.statuses[0], { status: Status.refused, reason });
    await assert_gone_for_good(device);
}

test('classes 4 and 5, both level 1, stay online side by side', { timeout }, async (t) => {
    const world = await World.of(t);
    const android = await world.login('alice', 4, { level: 1 });
    const ios = await world.login('alice', 5, { level: 1 });
    const bob = await world.login('bob', 1);
    await bob.send_acked('to both', 'alice');
    for (const device of [android, ios]) await device.until_text('to both');
    await android.send_acked('from android', 'bob');
    await ios.until_text('from android');
    await ios.send_acked('from ios', 'bob');
    await android.until_text('from ios');
    for (const device of [android, ios])
        assert.deepEqual(device.statuses, [{ status: 1, reason: 1 }]);
    const online = await world.server.post('/user/onlinestatus', ['alice']);
    assert.deepEqual(online.map((entry) => [entry.device_flag, entry.online]).sort(), [
        [4, 1],
        [5, 1],
    ]);
});

test(
    'the default class 1 with a token of class 0 is refused and told how to mend it',
    { timeout },
    async (t) => {
        const world = await World.of(t);
        const token = await world.token('newcomer', 0, 1);
        const client = await world.device({ uid: 'newcomer', token }); // the flag is the SDK's own default
        await assert_refused(client, 2);

        const line = await world.server.until_logged(
            'asked class, classes with a token, what mends it',
            /newcomer/,
            /(ask|class)\D{0,20}\b1\b/i,
            /class\D{0,20}\b0\b/i,
            /\/user\/token/,
            /device_flag\W{0,6}1\b/
        );
        assert.ok(!line.includes(token));

        // What the line says does mend it.
        const right = await world.token('newcomer', 1);
        const mended = await world.device({ uid: 'newcomer', token: right });
        await mended.connect();
        assert.deepEqual(mended.statuses, [{ status: Status.connected, reason: 1 }]);
    }
);

test('each wrong token is refused at once', { timeout }, async (t) => {
    const world = await World.of(t);
    const token = await world.token('alice', 4);
    await assert_refused(await world.device({ uid: 'alice', flag: 4, token: `${token}x` }), 2);
    await assert_refused(await world.device({ uid: 'alice', flag: 4, token: '' }), 2);
    await assert_refused(await world.device({ uid: 'alice', flag: 77, token }), 2);
    await assert_refused(await world.device({ uid: 'alica', flag: 4, token }), 2);
    const replaced = await world.token('alice', 4);
    await assert_refused(await world.device({ uid: 'alice', flag: 4, token }), 2);
    const device = await world.device({ uid: 'alice', flag: 4, token: replaced });
    await device.connect();
});

test('a banned account is refused with 19', { timeout }, async (t) => {
    const world = await World.of(t);
    const token = await world.token('alice', 1);
    await world.server.post('/channel/info', { channel_id: 'alice', channel_type: 1, ban: 1 });
    await assert_refused(await world.device({ uid: 'alice', token }), 19);
    const body = { uid: 'alice', token: 'another', device_flag: 1, device_level: 0 };
    assert.deepEqual(await world.server.post('/user/token', body), { status: 19 });
    await world.server.post('/channel/info', { channel_id: 'alice', channel_type: 1, ban: 0 });
    const device = await world.device({ uid: 'alice', token });
    await device.connect();
});

test("a refused attempt ends nobody's session", { timeout }, async (t) => {
    const world = await World.of(t);
    const main = await world.login('alice', 1, { level: 1 });
    await assert_refused(await world.device({ uid: 'alice', flag: 1, token: 'a guess' }), 2);
    const bob = await world.login('bob', 1);
    await bob.send_acked('still there?', 'alice');
    await main.until_text('still there?');
    assert.deepEqual(main.statuses, [{ status: 1, reason: 1 }]);
});

test(
    'a second main device of the class ends the first, which stays away',
    { timeout },
    async (t) => {
        const world = await World.of(t);
        const token = await world.token('alice', 1, 1);
        const web = await world.login('alice', 5, { level: 1 });
        const first = await world.device({ uid: 'alice', flag: 1, token });
        await first.connect();
        const second = await world.device({ uid: 'alice', flag: 1, token });
        await second.connect();
        await first.until('kicked', () => first.count_of(Status.kicked) > 0);
        assert_kicked(first);
        await assert_gone_for_good(first);

        const bob = await world.login('bob', 1);
        await bob.send_acked('who reads this?', 'alice');
        await second.until_text('who reads this?');
        await web.until_text('who reads this?');
        assert.equal(first.with_text('who reads this?').length, 0);
        assert.deepEqual(second.statuses, [{ status: 1, reason: 1 }]);
        assert.deepEqual(web.statuses, [{ status: 1, reason: 1 }]);
    }
);

test('secondary devices share a class', { timeout }, async (t) => {
    const world = await World.of(t);
    const token = await world.token('alice', 1, 0);
    const tabs = [];
    for (let count = 0; count < 4; count += 1) {
        tabs.push(await world.device({ uid: 'alice', token }));
        await tabs.at(-1).connect();
    }
    const bob = await world.login('bob', 1);
    await bob.send_acked('to every tab', 'alice');
    for (const tab of tabs) {
        await tab.until_text('to every tab');
        assert.deepEqual(tab.statuses, [{ status: 1, reason: 1 }]);
    }
});

test('device_quit of one class ends that class alone', { timeout }, async (t) => {
    const world = await World.of(t);
    const token = await world.token('alice', 77);
    const ended = await world.device({ uid: 'alice', flag: 77, token });
    await ended.connect();
    const other = await world.login('alice', 4);
    assert.deepEqual(
        await world.server.post('/user/device_quit', { uid: 'alice', device_flag: 77 }),
        { status: 200 }
    );
    await ended.until('kicked', () => ended.count_of(Status.kicked) > 0);
    assert_kicked(ended);
    await assert_gone_for_good(ended);
    await assert_refused(await world.device({ uid: 'alice', flag: 77, token }), 2);
    await world.server.until_logged('the refusal after the quit', /alice/, /77/, /\/user\/token/);
    const bob = await world.login('bob', 1);
    await bob.send_acked('hello', 'alice');
    await other.until_text('hello');
    await world.login('alice', 77); // a new token is a new start
});

test('device_quit of -1 ends every class, custom ones too', { timeout }, async (t) => {
    const world = await World.of(t);
    const devices = [];
    for (const flag of [0, 1, 2, 4, 5, 77, 255]) devices.push(await world.login('alice', flag));
    await world.server.post('/user/device_quit', { uid: 'alice', device_flag: -1 });
    for (const device of devices) {
        await device.until('kicked', () => device.count_of(Status.kicked) > 0);
        assert_kicked(device);
    }
    for (const device of devices) await assert_gone_for_good(device);
    assert.deepEqual(await world.server.post('/user/onlinestatus', ['alice']), []);
});

test(
    'a new main token ends the class that is online, a secondary one does not',
    { timeout },
    async (t) => {
        const world = await World.of(t);
        const device = await world.login('alice', 1, { level: 0 });
        const again = await world.token('alice', 1, 0);
        const bob = await world.login('bob', 1);
        await bob.send_acked('unharmed', 'alice');
        await device.until_text('unharmed');
        assert.deepEqual(device.statuses, [{ status: 1, reason: 1 }]);
        await world.token('alice', 1, 1);
        await device.until('kicked', () => device.count_of(Status.kicked) > 0);
        assert_kicked(device);
        await assert_gone_for_good(device);
        await assert_refused(await world.device({ uid: 'alice', flag: 1, token: again }), 2);
    }
);
