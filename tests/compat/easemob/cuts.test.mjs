// SPDX-License-Identifier: Apache-2.0
// A connection that is cut at any byte, of the handshake, the login, what was missed, a message or
// an acknowledgement, loses no message and shows none twice. The SDK comes back by itself; the app
// does what the SDK asks of it: a message that was refused with "disconnected" is sent once more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdk } from './support/sdk.mjs';
import { CuttingProxy } from './support/cutting_proxy.mjs';
import { World } from './support/world.mjs';

const timeout = 300_000;

/// The first connection is cut here, the second one a little further on.
const step = 80;
const cuts_of = (direction, after) => [
    { direction, after },
    { direction, after: after + step / 2 },
];
const places = (from, to) =>
    Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);

/// Until the server has it: the same message, so that it is known again.
async function send_until_there(device, text, to) {
    const message = sdk.message.create({ type: 'txt', chatType: 'singleChat', msg: text, to });
    for (;;) {
        try {
            return await device.connection.send(message);
        } catch (error) {
            assert.ok([500, 510, 512, 16, 39].includes(error.type), `${error.type} ${error.message}`);
            await device.until('back', () => device.connection.isOpened());
        }
    }
}

async function open_until_there(device) {
    for (let left = 5; ; --left) {
        try {
            return await device.open();
        } catch (error) {
            assert.ok(left > 0, `${device.name} cannot log in: ${error.type} ${error.message}`);
        }
    }
}

const named = (what, count) => Array.from({ length: count }, (_, i) => `${what} ${i}`);

async function live_through(t, world, name, cuts) {
    const proxy = new CuttingProxy(world.server.addresses.easemob, cuts);
    const address = await proxy.listen();
    t.after(() => proxy.close());
    const steady = `steady-${name}`;
    const shaken = `shaken-${name}`;
    const alice = await world.open(steady, 'pad');
    const bob = await world.phone(shaken, 'pad', { address, reconnects: 50 });
    const missed = named('missed', 3);
    const later = named('later', 4);
    const answers = named('answer', 4);
    for (const text of missed) await alice.send_text(text, shaken);
    await open_until_there(bob);
    await Promise.all([
        (async () => {
            for (const text of later) await alice.send_text(text, shaken);
        })(),
        (async () => {
            for (const text of answers) await send_until_there(bob, text, steady);
        })(),
    ]);
    // However far it got by now: on until both cuts were made.
    for (let more = 0; proxy.cuts_made() < cuts.length; ++more) {
        later.push(`more ${more}`);
        answers.push(`more answers ${more}`);
        await alice.send_text(`more ${more}`, shaken);
        await send_until_there(bob, `more answers ${more}`, steady);
    }
    // One more each way, behind everything else.
    later.push('end');
    answers.push('end');
    await alice.send_text('end', shaken);
    await send_until_there(bob, 'end', steady);
    await bob.until_text('end');
    await alice.until_text('end');
    assert.deepEqual(bob.texts(), [...missed, ...later], `${name}: what the shaken one got`);
    assert.deepEqual(alice.texts(), answers, `${name}: what it said`);
    bob.close();
    alice.close();
}

for (const [direction, from, to] of [['up', 1, 1500], ['down', 1, 1500]]) {
    test(`cut anywhere on the way ${direction}`, { timeout }, async (t) => {
        const world = await World.of(t);
        const all = places(from, to);
        const side_by_side = 4;
        const workers = Array.from({ length: side_by_side }, async (_, worker) => {
            for (let i = worker; i < all.length; i += side_by_side) {
                await live_through(t, world, `${direction}${all[i]}`, cuts_of(direction, all[i]));
            }
        });
        await Promise.all(workers);
    });
}
