// SPDX-License-Identifier: Apache-2.0
// One account on several devices, row by row (easemob-multidevice 7). Row 8, the events, has files of
// its own; so has row 11, webhooks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './support/world.mjs';

const timeout = 180_000;
const with_app = { easemob: { client_id: 'back-end', client_secret: 'of the test' } };

/// It was told why, its socket is closed by the server, and it does not come back.
async function assert_ended(device, type) {
    const reason = await device.until_told('onDisconnected');
    assert.equal(reason.type, type, JSON.stringify(reason));
    assert.equal(device.all('onError').at(-1).type, type);
    assert.equal(device.connection.logOut, true);
    assert.equal(device.sockets.length, 1);
    return reason;
}

/// They are online and were told of no end.
async function assert_stay(world, uid, ...devices) {
    const word = `who is there? ${Math.random()}`;
    await world.user('asker');
    const asker = await world.open('asker', word.slice(-8));
    await asker.send_text(word, uid);
    for (const device of devices) {
        await device.until_text(word);
        assert.deepEqual(device.all('onDisconnected'), [], device.name);
    }
    asker.close();
    const online = (await world.online(uid)).map((each) => each.device_id);
    assert.deepEqual(online.sort(), devices.map((device) => device.resource).sort());
}

const ids = async (device) => (await device.connection.getSelfIdsOnOtherPlatform()).data.sort();

test('row 1: two devices are online together, and each knows the other', { timeout }, async (t) => {
    const world = await World.of(t);
    const pad = await world.open('alice', 'pad');
    assert.deepEqual(await ids(pad), []);
    const tab = await world.open('alice', 'tab');
    const tv = await world.open('alice', 'tv', { custom: 7 });
    assert.deepEqual(await ids(pad), [`alice/${tv.resource}`, 'alice/webim_web_tab']);
    assert.deepEqual(await ids(tab), [`alice/${tv.resource}`, 'alice/webim_web_pad']);
    assert.match(tv.resource, /^custom7_/);
    await assert_stay(world, 'alice', pad, tab, tv);
});

test('row 2: a text reaches all devices of the other, and the own others, once', { timeout }, async (t) => {
    const world = await World.of(t);
    const [pad, tab] = [await world.open('alice', 'pad'), await world.open('alice', 'tab')];
    const bob = [await world.open('bob', 'one'), await world.open('bob', 'two', { custom: 3 })];
    await pad.send_text('first', 'bob');
    await tab.send_text('second', 'bob');
    for (const device of bob) await device.until_text('second');
    await pad.until_text('second');
    for (const device of bob) assert.deepEqual(device.texts(), ['first', 'second']);
    assert.deepEqual(tab.texts(), ['first']);
    assert.deepEqual(pad.texts(), ['second']);
});

test('row 3: a text to one own device reaches that one, and says which one sent it', { timeout }, async (t) => {
    const world = await World.of(t);
    const devices = [];
    for (const name of ['pad', 'tab', 'tv']) devices.push(await world.open('alice', name));
    const [pad, tab, tv] = devices;
    await pad.send_text('for you', `alice/${tab.resource}`);
    const message = await tab.until_text('for you');
    assert.equal(message.from, `alice/${pad.resource}`);
    assert.equal(message.to, `alice/${tab.resource}`);
    await tab.send_text('for all', 'alice');
    for (const device of [pad, tv]) await device.until_text('for all');
    assert.deepEqual(tv.texts(), ['for all']);
    assert.deepEqual(pad.texts(), ['for all']);
});

test('row 4: a fifth web device ends the first, with its own words; other platforms stay', { timeout }, async (t) => {
    const world = await World.of(t);
    const web = [];
    for (const name of ['one', 'two', 'three', 'four']) web.push(await world.open('alice', name));
    const own = [];
    for (const custom of [1, 100]) own.push(await world.open('alice', `own ${custom}`, { custom }));
    await assert_stay(world, 'alice', ...web, ...own);
    const five = await world.open('alice', 'five', { info: '{"from":"the kitchen"}' });
    const reason = await assert_ended(web[0], 206);
    assert.equal(reason.data.loginInfoCustomExt, '{"from":"the kitchen"}');
    await assert_stay(world, 'alice', ...web.slice(1), five, ...own);
    const six = await world.open('alice', 'six');
    assert.equal((await assert_ended(web[1], 206)).data?.loginInfoCustomExt, undefined);
    await assert_stay(world, 'alice', ...web.slice(2), five, six, ...own);
});

test('row 4: who takes its own place again ends nobody else, and keeps its turn', { timeout }, async (t) => {
    const world = await World.of(t);
    const web = [];
    for (const name of ['one', 'two', 'three', 'four']) web.push(await world.open('alice', name));
    const again = await world.open('alice', 'one');
    await assert_ended(web.shift(), 206);
    await assert_stay(world, 'alice', again, ...web);
    const five = await world.open('alice', 'five');
    await assert_ended(again, 206);
    await assert_stay(world, 'alice', ...web, five);
});

test('row 5: single-device mode, any second login ends the first', { timeout }, async (t) => {
    const world = await World.of(t, { easemob: { multi_device: false } });
    const web = await world.open('alice', 'tab');
    const tv = await world.open('alice', 'tv', { custom: 3, info: 'the living room' });
    assert.equal((await assert_ended(web, 206)).data.loginInfoCustomExt, 'the living room');
    await assert_stay(world, 'alice', tv);
    const again = await world.open('alice', 'tab');
    await assert_ended(tv, 206);
    await assert_stay(world, 'alice', again);
});

test('row 6: REST ends one device, then all: 217, and none comes back', { timeout }, async (t) => {
    const world = await World.of(t, with_app);
    const app = await world.app_header();
    const devices = [];
    for (const name of ['pad', 'tab', 'tv']) devices.push(await world.open('alice', name));
    const [pad, tab, tv] = devices;
    const one = await world.server.rest('DELETE', `users/alice/disconnect/${tab.resource}`, undefined, app);
    assert.deepEqual(one.data, { result: true });
    await assert_ended(tab, 217);
    await assert_stay(world, 'alice', pad, tv);
    const all = await world.server.rest('GET', 'users/alice/disconnect', undefined, app);
    assert.deepEqual(all.data, { result: true });
    for (const device of [pad, tv]) await assert_ended(device, 217);
    await assert_stay(world, 'alice');
});

test('row 6: another password: 216, and the tokens from before let nobody in', { timeout }, async (t) => {
    const world = await World.of(t, with_app);
    const old_token = await world.user_token('alice');
    const devices = [await world.open('alice', 'pad'), await world.open('alice', 'tv', { custom: 3 })];
    const body = { newpassword: 'another one' };
    await world.server.rest('PUT', 'users/alice/password', body, await world.app_header());
    for (const device of devices) await assert_ended(device, 216);
    const late = await world.phone('alice', 'late', { token: old_token });
    await assert.rejects(late.open(), { type: 28 });
    const back = await world.phone('alice', 'back');
    back.options.password = body.newpassword;
    await back.open();
    await assert_stay(world, 'alice', back);
});

test('row 6: a deleted user: 207, and nobody can log in as it', { timeout }, async (t) => {
    const world = await World.of(t, with_app);
    const token = await world.user_token('alice');
    const devices = [await world.open('alice', 'pad'), await world.open('alice', 'tv', { custom: 3 })];
    await world.server.rest('DELETE', 'users/alice', undefined, await world.app_header());
    for (const device of devices) await assert_ended(device, 207);
    const late = await world.phone('alice', 'late', { token });
    await assert.rejects(late.open(), (error) => [28, 204].includes(error.type));
});

test('row 7: the device list is exactly who is online', { timeout }, async (t) => {
    const world = await World.of(t, with_app);
    const app = await world.app_header();
    const own = { authorization: `Bearer ${await world.user_token('alice')}` };
    const list = async (header = app) => {
        const { data, entities } = await world.server.rest('GET', 'users/alice/resources', undefined, header);
        assert.deepEqual(entities, []);
        for (const device of data) assert.ok(device.device_uuid && device.device_name);
        return data.map((device) => device.res).sort();
    };
    assert.deepEqual(await list(), []);
    const pad = await world.open('alice', 'pad');
    const tab = await world.open('alice', 'tab');
    const tv = await world.open('alice', 'tv', { custom: 3 });
    await world.login('alice', 5); // of the other family: nothing that the SDK could write to
    await world.open('bob', 'pad');
    const all = [pad, tab, tv].map((device) => device.resource).sort();
    assert.deepEqual(await list(), all);
    assert.deepEqual(await list(own), all);
    tab.connection.close();
    await tab.until('its socket closed', () => tab.socket.readyState === tab.socket.CLOSED);
    assert.deepEqual(await list(), all.filter((res) => res !== tab.resource));
    await world.server.rest('DELETE', `users/alice/disconnect/${tv.resource}`, undefined, app);
    await assert_ended(tv, 217);
    assert.deepEqual(await list(), [pad.resource]);
});

test('row 9: read on one device is read on the other, and in the list', { timeout }, async (t) => {
    const world = await World.of(t);
    const [pad, tab] = [await world.open('alice', 'pad'), await world.open('alice', 'tab')];
    const bob = await world.open('bob', 'one');
    for (const text of ['one', 'two']) await bob.send_text(text, 'alice');
    await tab.until_text('two');
    const unread = async () => (await tab.connection.getServerConversations({ pageSize: 10, cursor: '' }))
        .data.conversations.map(({ conversationId, unReadCount }) => [conversationId, unReadCount]);
    assert.deepEqual(await unread(), [['bob', 2]]);
    await pad.send({ type: 'channel', to: 'bob' });
    const read = await tab.until_told('onChannelMessage');
    assert.deepEqual([read.from, read.to, read.chatType], ['alice', 'bob', 'singleChat']);
    assert.deepEqual(await unread(), [['bob', 0]]);
    assert.deepEqual(pad.all('onChannelMessage'), []);
});

test('row 10: a device that comes later sees the history and the conversations', { timeout }, async (t) => {
    const world = await World.of(t);
    await world.make_group('77', ['alice', 'bob']);
    const pad = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    await pad.send_text('hello', 'bob');
    await bob.send_text('hello yourself', 'alice');
    await bob.send_text('all of you', '77', { chatType: 'groupChat' });
    await pad.until_text('all of you');
    await pad.send({ type: 'channel', to: 'bob' });
    const group = { conversationId: '77', conversationType: 'groupChat' };
    await pad.connection.pinConversation({ ...group, isPinned: true });
    await pad.connection.addConversationMark({ conversations: [group], mark: 3 });

    const late = await world.open('alice', 'late');
    const { data } = await late.connection.getServerConversations({ pageSize: 10, cursor: '' });
    const seen = data.conversations.map(({ conversationId, conversationType, isPinned, unReadCount, marks }) =>
        ({ conversationId, conversationType, isPinned, unReadCount, marks }));
    assert.deepEqual(seen.sort((a, b) => a.conversationId.localeCompare(b.conversationId)), [
        { ...group, isPinned: true, unReadCount: 1, marks: [3] },
        { conversationId: 'bob', conversationType: 'singleChat', isPinned: false, unReadCount: 0, marks: [] },
    ]);
    const texts = async (targetId, chatType) => {
        const page = await late.connection.getHistoryMessages({ targetId, chatType, pageSize: 20, cursor: -1 });
        return page.messages.map((message) => message.msg);
    };
    assert.deepEqual((await texts('bob', 'singleChat')).sort(), ['hello', 'hello yourself']);
    assert.deepEqual(await texts('77', 'groupChat'), ['all of you']);
});

test('limits for each platform come from the configuration', { timeout }, async (t) => {
    const world = await World.of(t, {
        easemob: { devices_per_platform: 2 }, limits: { web: 1, custom9: 0, custom8: 3 },
    });
    const tab = await world.open('alice', 'tab');
    const phones = [];
    for (const name of ['a', 'b']) phones.push(await world.open('alice', name, { custom: 7 }));
    const many = [];
    for (const name of ['c', 'd', 'e']) many.push(await world.open('alice', name, { custom: 8 }));
    await assert_stay(world, 'alice', tab, ...phones, ...many);
    const none = await world.phone('alice', 'none', { custom: 9 });
    await assert.rejects(none.open(), { type: 214 });
    const pad = await world.open('alice', 'pad');
    await assert_ended(tab, 206);
    phones.push(await world.open('alice', 'f', { custom: 7 }));
    await assert_ended(phones.shift(), 206);
    many.push(await world.open('alice', 'g', { custom: 8 }));
    await assert_ended(many.shift(), 206);
    await assert_stay(world, 'alice', pad, ...phones, ...many);
});

test('the policy is changed while the server runs', { timeout }, async (t) => {
    const world = await World.of(t);
    const [pad, tab] = [await world.open('alice', 'pad'), await world.open('alice', 'tab')];
    const web = (limit, over = 'end_earliest') => ({ classes: { 1: { limit, over } } });
    await world.set_policy(web(2));
    const tv = await world.open('alice', 'tv');
    await assert_ended(pad, 206);
    await assert_stay(world, 'alice', tab, tv);
    await world.set_policy(web(1), 'now');
    await tab.until_told('onDisconnected');
    assert.equal(tab.sockets.length, 1);
    await assert_stay(world, 'alice', tv);
    await world.set_policy(web(1, 'refuse_newest'));
    const late = await world.phone('alice', 'late');
    await assert.rejects(late.open(), { type: 214 });
    await assert_stay(world, 'alice', tv);
    await world.set_policy(web(2, 'refuse_newest'));
    const second = await world.open('alice', 'late');
    await assert_stay(world, 'alice', tv, second);
});

test('a banned user is ended and refused, until it is let in again', { timeout }, async (t) => {
    const world = await World.of(t, with_app);
    const app = await world.app_header();
    const token = await world.user_token('alice');
    const devices = [await world.open('alice', 'pad'), await world.open('alice', 'tv', { custom: 3 })];
    await world.server.rest('POST', 'users/alice/deactivate', undefined, app);
    for (const device of devices) await assert_ended(device, 217);
    const late = await world.phone('alice', 'late', { token });
    await assert.rejects(late.open(), { type: 57 });
    await world.server.rest('POST', 'users/alice/activate', undefined, app);
    await assert_stay(world, 'alice', await world.open('alice', 'back'));
});

test('a token that has run out: 56 at the login, and its device goes when it does', { timeout }, async (t) => {
    const world = await World.of(t);
    const password = await world.user('alice');
    const body = { grant_type: 'password', username: 'alice', password, ttl: 3 };
    const { access_token: token } = await world.server.rest('POST', 'token', body);
    world.secrets.push(token);
    const pad = await world.open('alice', 'pad', { token });
    const tab = await world.open('alice', 'tab');
    await pad.until_told('onTokenExpired');
    await pad.until_told('onDisconnected');
    const late = await world.phone('alice', 'late', { token });
    await assert.rejects(late.open(), { type: 56 });
    await assert_stay(world, 'alice', tab);
});
