// SPDX-License-Identifier: Apache-2.0
// easemob-websdk in the surroundings it was made for: web pages, with the SDK's own defaults.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { World } from '../easemob/support/world.mjs';
import { Browser } from './support/page.mjs';

const timeout = 180_000;

let browser;
before(
    async () => {
        browser = await Browser.start();
    },
    { timeout }
);
after(() => browser.close());

/// A page where `uid` is logged in, in a profile of its own or as a tab beside another page.
async function page_of(world, uid, { beside, options } = {}) {
    const page = await browser.open(world.server, `page of ${uid}`, { beside });
    return page.log_in(uid, await world.user(uid), { options });
}

test('two pages and a Node client chat', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await page_of(world, 'alice');
    const bob = await page_of(world, 'bob');
    const pad = await world.open('alice', 'pad');
    assert.match(alice.resource, /^webim_web_\d+$/);
    await alice.send_text('从网页来', 'bob', { ext: { level: 3 } });
    const seen = await bob.until_text('从网页来');
    assert.deepEqual([seen.from, seen.to, seen.chatType, seen.ext], ['alice', 'bob', 'singleChat', { level: 3 }]);
    assert.equal((await pad.until_text('从网页来')).from, 'alice');
    await bob.send_text('from the other page', 'alice');
    await alice.until_text('from the other page');
    await pad.until_text('from the other page');
    await pad.send_text('from Node', 'bob');
    await bob.until_text('from Node');
    await alice.until_text('from Node');
    const long = '长'.repeat(10 * 1024); // 30 KB of UTF-8
    await alice.send_text(long, 'bob');
    await bob.until_text(long);
    assert.deepEqual(bob.texts(), ['从网页来', 'from Node', long]);
    assert.deepEqual(alice.texts(), ['from the other page', 'from Node']);
    const { data } = await alice.call('getSelfIdsOnOtherPlatform');
    assert.deepEqual(data, [`alice/${pad.resource}`]);
    for (const page of [alice, bob]) assert.deepEqual(page.errors, []);
});

test('a picture goes from page to page', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await page_of(world, 'alice');
    const bob = await page_of(world, 'bob');
    const bytes = await alice.send_picture('bob');
    const message = await bob.until_told('onImageMessage');
    assert.equal(message.file_length, bytes);
    assert.deepEqual([message.width, message.height], [40, 30]);
    assert.deepEqual(await bob.load_picture(message.url), [40, 30]);
});

test('the next tab of a browser takes the place of the first, which stays away', { timeout }, async (t) => {
    const world = await World.of(t);
    const first = await page_of(world, 'alice');
    const second = await page_of(world, 'alice', { beside: first });
    assert.equal(second.resource, first.resource);
    assert.equal((await first.until_told('onDisconnected')).type, 206);
    await first.until('its socket closed', (seen) => seen.closed === 1);
    const bob = await world.open('bob', 'one');
    await bob.send_text('which tab?', 'alice');
    await second.until_text('which tab?');
    assert.deepEqual(first.texts(), []);
    assert.equal(first.seen.sockets, 1);
    assert.equal((await world.online('alice')).length, 1);
});

test('tabs with ids of their own live side by side, up to the limit: 206 for the earliest', { timeout }, async (t) => {
    const world = await World.of(t, { easemob: { devices_per_platform: 2 } });
    const options = { isFixedDeviceId: false };
    const first = await page_of(world, 'alice', { options });
    const second = await page_of(world, 'alice', { beside: first, options });
    assert.notEqual(second.resource, first.resource);
    assert.deepEqual(first.all('onDisconnected'), []);
    const third = await page_of(world, 'alice', { options });
    assert.equal((await first.until_told('onDisconnected')).type, 206);
    for (const page of [second, third]) assert.deepEqual(page.all('onDisconnected'), []);
    assert.equal(first.seen.sockets, 1);
});

test('what one page does, the other page of the account is told', { timeout }, async (t) => {
    const world = await World.of(t);
    const first = await page_of(world, 'alice');
    const second = await page_of(world, 'alice');
    const bob = await page_of(world, 'bob');
    await first.send_text('hello', 'bob');
    await second.until_text('hello');
    await bob.until_text('hello');
    const conversation = { conversationId: 'bob', conversationType: 'singleChat' };
    await first.call('pinConversation', { ...conversation, isPinned: true });
    const pinned = await second.until_told('onMultiDeviceEvent');
    assert.equal(pinned.operation, 'pinnedConversation');
    assert.equal(pinned.conversationId, 'bob');
    await first.call('addContact', 'bob', 'it is me');
    for (const page of [second, bob]) {
        assert.equal((await page.until_told('onContactInvited')).from, 'alice');
    }
    const { data } = await first.call('createGroupVNext', { groupName: 'tea', members: ['bob'] });
    const created = await second.until_told('onGroupEvent', ({ operation }) => operation === 'create');
    assert.deepEqual([created.id, created.from], [data.groupId, 'alice']);
    await bob.until_told('onGroupEvent', ({ operation }) => operation === 'directJoined');
    const { data: list } = await second.call('getServerConversations', { pageSize: 10, cursor: '' });
    assert.ok(list.conversations.find((each) => each.conversationId === 'bob').isPinned);
    assert.deepEqual(first.all('onMultiDeviceEvent'), []);
    assert.deepEqual(first.all('onGroupEvent'), []);
    for (const page of [first, second, bob]) assert.deepEqual(page.errors, []);
});

test('a page whose socket breaks comes back, and is told what it missed', { timeout }, async (t) => {
    const world = await World.of(t);
    const page = await page_of(world, 'alice');
    const pad = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    await pad.send_text('hello', 'bob');
    await page.until_text('hello');
    await page.page.evaluate(() => window.connection.sock.close());
    await page.until('its socket closed', (seen) => seen.closed === 1);
    await pad.connection.pinConversation({
        conversationId: 'bob', conversationType: 'singleChat', isPinned: true,
    });
    await bob.send_text('are you there?', 'alice');
    await page.until('back', () => page.all('onConnected').length === 2);
    await page.until_told('onMultiDeviceEvent', ({ operation }) => operation === 'pinnedConversation');
    await page.until_text('are you there?');
    assert.equal(page.all('onMultiDeviceEvent').length, 1);
    assert.deepEqual(page.texts(), ['hello', 'are you there?']);
    assert.equal(page.seen.sockets, 2);
});

test('what REST refuses reaches the page with its reason', { timeout }, async (t) => {
    const world = await World.of(t);
    const page = await browser.open(world.server, 'nobody');
    await world.user('alice');
    const refused = await page.log_in('alice', 'wrong').then(() => 'let in', (error) => error);
    assert.notEqual(refused, 'let in');
    assert.equal(page.seen.sockets, 0);
    const alice = await page_of(world, 'alice');
    const reason = await alice.page.evaluate(() =>
        window.call('acceptContactInvite', 'stranger').then(() => 'done', ({ type }) => type)
    );
    assert.equal(typeof reason, 'number');
    assert.notEqual(reason, 0);
});
