// SPDX-License-Identifier: Apache-2.0
// The same SDK, unmodified, in the surroundings it was made for: a web page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Status, group } from '../node/support/device.mjs';
import { World } from '../node/support/world.mjs';
import { Browser } from './support/page.mjs';

const timeout = 180_000;
const online = { status: Status.connected, reason: 1 };

let browser;
before(
    async () => {
        browser = await Browser.start();
    },
    { timeout }
);
after(() => browser.close());

async function page_of(world, uid, { level = 0, token, flag } = {}) {
    const page = await browser.open(world.server, `page of ${uid}`);
    await page.log_in(uid, token ?? (await world.token(uid, flag ?? 1, level)), { flag });
    return page;
}

/// The SDK locks while it waits to connect again; here it does not wait.
async function assert_gone_for_good(page) {
    assert.equal(page.seen.sockets, 1);
    assert.equal(
        await page.page.evaluate(() => window.wukongim.WKSDK.shared().connectManager.lockReconnect),
        false
    );
}

test('two pages and a Node client chat', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await page_of(world, 'alice');
    const bob = await page_of(world, 'bob');
    const phone = await world.login('alice', 4);
    for (const page of [alice, bob]) assert.deepEqual(page.seen.statuses, [online]);

    const first = await alice.send_acked('从网页来', 'bob');
    assert.deepEqual([first.reason, first.seq], [1, 1]);
    const seen = await bob.until_text('从网页来');
    assert.deepEqual(
        [seen.from, seen.channel, seen.type, seen.seq, seen.red_dot],
        ['alice', 'alice', 1, 1, true]
    );
    const copy = await phone.until_text('从网页来');
    assert.deepEqual(
        [copy.fromUID, copy.channel.channelID, copy.header.reddot],
        ['alice', 'bob', false]
    );

    await bob.send_acked('from the other page', 'alice');
    await alice.until_text('from the other page');
    await phone.until_text('from the other page');
    await phone.send_acked('from the phone', 'bob');
    await bob.until_text('from the phone');
    const echo = await alice.until_text('from the phone');
    assert.deepEqual([echo.from, echo.channel, echo.red_dot], ['alice', 'bob', false]);

    const long = '长'.repeat(10 * 1024); // 30 KB of UTF-8
    await alice.send_acked(long, 'bob');
    await bob.until_text(long);
    await bob.send_acked('', 'alice');
    await alice.until_text('');
    assert.deepEqual(alice.texts(), ['from the other page', 'from the phone', '']);
    assert.deepEqual(bob.texts(), ['从网页来', 'from the phone', long]);
    for (const page of [alice, bob]) assert.deepEqual(page.errors, []);
});

test(
    'a group of two pages and a Node client, a hundred messages in order',
    { timeout },
    async (t) => {
        const world = await World.of(t);
        await world.make_group('room', ['alice', 'bob', 'carol']);
        const alice = await page_of(world, 'alice');
        const bob = await page_of(world, 'bob', { flag: 6 });
        const carol = await world.login('carol', 5);
        const texts = Array.from({ length: 100 }, (_, index) => `line ${index}`);
        for (const text of texts) await alice.send(text, 'room', group);
        await bob.until_text('line 99');
        await carol.until_text('line 99');
        await alice.until('all acknowledged', (seen) => seen.acks.length === 100);
        await carol.send_acked('that was a lot', 'room', group);
        await bob.until_text('that was a lot');
        await alice.until_text('that was a lot');
        assert.deepEqual(bob.texts(), [...texts, 'that was a lot']);
        assert.deepEqual(
            carol.messages.map((message) => message.content.text),
            texts
        );
        assert.deepEqual(alice.texts(), ['that was a lot']);
        assert.deepEqual(
            alice.seen.acks.map((ack) => ack.seq),
            texts.map((_, index) => index + 1)
        );
    }
);

test('a page is kicked by a second main device, and stays away', { timeout }, async (t) => {
    const world = await World.of(t);
    const token = await world.token('alice', 1, 1);
    const first = await page_of(world, 'alice', { token });
    const second = await page_of(world, 'alice', { token });
    await first.until('kicked, and its socket closed', (seen) => seen.closed === 1);
    assert.deepEqual(first.seen.statuses.slice(0, 2), [
        online,
        { status: Status.kicked, reason: 12 },
    ]);
    const bob = await world.login('bob', 1);
    await bob.send_acked('which page?', 'alice');
    await second.until_text('which page?');
    assert.deepEqual(second.seen.statuses, [online]);
    await assert_gone_for_good(first);
    assert.deepEqual(first.texts(), []);
});

test('a page whose class has no token is refused at once', { timeout }, async (t) => {
    const world = await World.of(t);
    const token = await world.token('newcomer', 0, 1);
    const page = await page_of(world, 'newcomer', { token });
    assert.deepEqual(page.seen.statuses[0], { status: Status.refused, reason: 2 });
    await page.until('its socket closed', (seen) => seen.closed === 1);
    await assert_gone_for_good(page);
    const line = await world.server.until_logged(
        'what mends it',
        /newcomer/,
        /class\D{0,20}\b0\b/i,
        /\/user\/token/
    );
    assert.ok(!line.includes(token));
});

test('a page comes back by itself when its connection is cut', { timeout }, async (t) => {
    const world = await World.of(t);
    const page = await page_of(world, 'alice');
    const bob = await world.login('bob', 1);
    await page.page.evaluate(() => window.wukongim.WKSDK.shared().connectManager.ws.ws.close());
    await page.until(
        'back',
        (seen) => seen.statuses.filter(({ status }) => status === Status.connected).length === 2
    );
    await bob.send_acked('welcome back', 'alice');
    await page.until_text('welcome back');
    assert.equal(page.seen.messages.length, 1);
    assert.ok(page.seen.statuses.every(({ status }) => status !== Status.kicked));
});

test('a page may call the HTTP API from its own origin', { timeout }, async (t) => {
    const world = await World.of(t);
    const page = await page_of(world, 'alice');
    await page.send_acked('for the history', 'bob');
    const url = `http://127.0.0.1:${world.server.addresses.api}/channel/messagesync`;
    const answer = await page.page.evaluate(async (target) => {
        const body = JSON.stringify({
            login_uid: 'alice',
            channel_id: 'bob',
            channel_type: 1,
            limit: 10,
        });
        // The content type makes the browser ask first (OPTIONS).
        const response = await fetch(target, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body,
        });
        return response.json();
    }, url);
    assert.equal(answer.messages.length, 1);
    assert.equal(answer.messages[0].from_uid, 'alice');
});
