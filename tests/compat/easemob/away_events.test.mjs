// SPDX-License-Identifier: Apache-2.0
// Events for a device that was away: it is told at its return, once, also when the server was killed
// in between; the device that did it is not told when it comes back itself
// (easemob-multidevice 5.7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ears } from './support/ears.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;
const conversation = { conversationId: 'bob', conversationType: 'singleChat' };

/// Something of every kind, done by `pad`; resolves with what its other devices, and what
/// those of bob are to be told: [listener, argument] each.
async function do_something_of_every_kind(pad, sent, groupId) {
    const { connection } = pad;
    const multi = (argument) => ['onMultiDeviceEvent', argument];
    const about = (operation, more = {}) => multi({ operation, ...conversation, timestamp: 'now', ...more });
    await connection.pinConversation({ ...conversation, isPinned: true });
    await connection.addConversationMark({ conversations: [conversation], mark: 5 });
    await connection.setSilentModeForConversation({
        conversationId: 'bob', type: 'singleChat', options: { paramType: 0, remindType: 'NONE' },
    });
    await connection.removeHistoryMessages({
        targetId: 'bob', chatType: 'singleChat', messageIds: [sent.single],
    });
    await connection.addContact('bob', 'hello');
    await connection.setGroupMemberAttributes({
        groupId, userId: 'alice', memberAttributes: { nick: 'host' },
    });
    await connection.updateGroupAnnouncement({ groupId, announcement: 'at five' });
    const { data } = await connection.createChatThread({
        name: 'sugar', messageId: sent.group, parentId: groupId,
    });
    const invited = ['onContactInvited', { type: 'subscribe', from: 'alice', to: 'bob', status: 'hello' }];
    const attributes = {
        operation: 'memberAttributesUpdate', id: groupId, from: 'alice', userId: 'alice',
        attributes: { nick: 'host' },
    };
    const announced = ['onGroupEvent', {
        operation: 'updateAnnouncement', id: groupId, from: 'alice', announcement: 'at five',
    }];
    const thread = ['onChatThreadChange', {
        id: data.chatThreadId, name: 'sugar', parentId: groupId, messageId: sent.group, timestamp: 'now',
        operator: 'alice', operation: 'create', createTimestamp: 'now', messageCount: 0,
    }];
    return {
        own: [
            about('pinnedConversation'),
            about('markConversation', { conversationMark: 5 }),
            multi({
                operation: 'setSilentModeForConversation', resource: pad.resource, conversationId: 'bob',
                type: 'singleChat', data: { type: 'NONE' },
            }),
            multi({
                operation: 'deleteRoaming', conversationId: 'bob', chatType: 'singleChat',
                resource: pad.resource,
            }),
            invited,
            multi(attributes),
            announced,
            multi({
                operation: 'chatThreadCreate', chatThreadId: data.chatThreadId, chatThreadName: 'sugar',
                parentId: groupId,
            }),
            thread,
        ],
        peers: [invited, ['onGroupEvent', attributes], announced, thread],
    };
}

/// alice has a pad that stays and a tab, bob a phone; the last two have just gone.
async function scene_of(t) {
    const world = await World.of(t);
    const founder = await world.open('alice', 'founder');
    await world.user('bob');
    const { data: { groupId } } = await founder.connection.createGroupVNext({ groupName: 'tea', members: ['bob'] });
    founder.close();
    const ears = await Ears.of(world, { alice: ['pad', 'tab'], bob: ['one'] }, { reconnects: 50 });
    const [pad, tab, one] = ears.devices;
    const single = await pad.send_text('to you', 'bob');
    const group = await pad.send_text('to all', groupId, { chatType: 'groupChat' });
    for (const device of [tab, one]) await device.until_text('to all');
    await ears.hear(() => {});
    for (const device of [tab, one]) {
        device.connection.close();
        ears.forget(device);
    }
    await world.until_offline('bob');
    const sent = { single: single.serverMsgId, group: group.serverMsgId };
    return { world, ears, pad, sent, groupId };
}

const for_device = (device, events) => events.map((event) => [device, ...event]);

async function come_back({ world, ears }, told, options = { in_order: false }) {
    const tab = ears.add(await world.open('alice', 'tab', { reconnects: 50 }));
    const one = ears.add(await world.open('bob', 'one', { reconnects: 50 }));
    await ears.expect([...for_device(tab, told.own), ...for_device(one, told.peers)], options);
    return [tab, one];
}

test('a device that was away is told once when it comes back', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { world, ears, pad, sent, groupId } = scene;
    const told = await ears.hear(() => do_something_of_every_kind(pad, sent, groupId));
    const devices = await come_back(scene, told);
    for (const device of devices) {
        device.connection.close();
        ears.forget(device);
    }
    await world.until_offline('bob');
    await come_back(scene, { own: [], peers: [] });
});

test('the device that did it is not told when it comes back itself', { timeout }, async (t) => {
    const { ears, pad, sent, groupId } = await scene_of(t);
    await ears.hear(() => do_something_of_every_kind(pad, sent, groupId));
    pad.cut();
    await pad.until('back', () => pad.all('onConnected').length === 2);
    await ears.expect([]);
});

test('a server that is killed forgets no event, and tells none twice', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { world, ears, pad, sent, groupId } = scene;
    const told = await ears.hear(() => do_something_of_every_kind(pad, sent, groupId));
    await world.server.end('SIGKILL');
    await world.server.start();
    await pad.until('back', () => pad.all('onConnected').length === 2);
    const devices = await come_back(scene, told);
    for (const device of devices) device.cut();
    for (const device of devices) await device.until('back', () => device.all('onConnected').length === 2);
    await ears.expect([]);
});

test('what a device has acknowledged is not told again, though the server was killed at once', { timeout }, async (t) => {
    const { world, ears, pad, groupId } = await scene_of(t);
    const tab = ears.add(await world.open('alice', 'tab', { reconnects: 50 }));
    const announce = (announcement) => ears.hear(
        () => pad.connection.updateGroupAnnouncement({ groupId, announcement }),
        [[tab, 'onGroupEvent', { operation: 'updateAnnouncement', id: groupId, from: 'alice', announcement }]]
    );
    for (const text of ['at five', 'at six']) await announce(text);
    // Written down behind the acknowledgement of the last one.
    await pad.connection.pinConversation({ ...conversation, isPinned: true });
    await world.server.end('SIGKILL');
    await world.server.start();
    for (const device of [pad, tab]) await device.until('back', () => device.all('onConnected').length === 2);
    await ears.quiet();
    assert.equal(tab.all('onGroupEvent').length, 2);
});

test('a cable that is pulled while events come loses none of them', { timeout }, async (t) => {
    const { world, pad, groupId } = await scene_of(t);
    const tab = await world.open('alice', 'tab', { reconnects: 50 });
    const texts = Array.from({ length: 90 }, (_, i) => `no. ${i}`);
    const heard = () => tab.all('onGroupEvent').map(({ announcement }) => announcement);
    const doing = (async () => {
        for (const announcement of texts) await pad.connection.updateGroupAnnouncement({ groupId, announcement });
    })();
    let cuts = 0;
    for (const place of [10, 40, 70]) {
        await tab.until(`no. ${place}`, () => heard().includes(texts[place]));
        tab.cut();
        cuts += 1;
        await tab.until('back', () => tab.all('onConnected').length > cuts);
    }
    await doing;
    await tab.until('the last one', () => heard().includes(texts.at(-1)));
    // What was on its way to or from the device in that moment may come again, behind nothing newer.
    assert.deepEqual([...new Set(heard())], texts);
    assert.ok(heard().length <= texts.length + cuts * 20, `${heard().length} for ${texts.length}`);
});

test('events of others wait for all devices of who was away, each gets them', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { world, ears, pad, groupId } = scene;
    const announced = (announcement) => [
        'onGroupEvent', { operation: 'updateAnnouncement', id: groupId, from: 'alice', announcement },
    ];
    const texts = Array.from({ length: 150 }, (_, i) => `no. ${i}`);
    await ears.hear(async () => {
        for (const announcement of texts) await pad.connection.updateGroupAnnouncement({ groupId, announcement });
    });
    const told = texts.map(announced);
    await come_back(scene, { own: told, peers: told }, { in_order: true });
    ears.add(await world.open('bob', 'never seen before'));
    await ears.expect([]);
});
