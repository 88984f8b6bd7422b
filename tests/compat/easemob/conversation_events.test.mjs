// SPDX-License-Identifier: Apache-2.0
// What the other devices of an account are told of its conversations, its history and its silent
// mode (easemob-multidevice 5.4, 5.5): once, in the SDK's own words, and nobody else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ears } from './support/ears.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;

/// alice with two devices, in conversations with bob and in a group with him.
async function scene_of(t) {
    const world = await World.of(t);
    await world.make_group('77', ['alice', 'bob']);
    const ears = await Ears.of(world, { alice: ['pad', 'tab'], bob: ['one'] });
    const [pad, tab, bob] = ears.devices;
    const single = await pad.send_text('to you', 'bob');
    const group = await pad.send_text('to all', '77', { chatType: 'groupChat' });
    for (const text of ['to you', 'to all']) await bob.until_text(text);
    return { world, ears, pad, tab, bob, single, group };
}

const conversations = [
    { conversationId: 'bob', conversationType: 'singleChat' },
    { conversationId: '77', conversationType: 'groupChat' },
];
const told = (operation, conversation, more = {}) => [
    'onMultiDeviceEvent',
    { operation, ...conversation, timestamp: 'now', ...more },
];

test('pinnedConversation and unpinnedConversation', { timeout }, async (t) => {
    const { ears, pad, tab } = await scene_of(t);
    for (const conversation of conversations) {
        await ears.hear(
            () => pad.connection.pinConversation({ ...conversation, isPinned: true }),
            [[tab, ...told('pinnedConversation', conversation)]]
        );
        await ears.hear(
            () => tab.connection.pinConversation({ ...conversation, isPinned: false }),
            [[pad, ...told('unpinnedConversation', conversation)]]
        );
    }
    await ears.hear(() => pad.connection.pinConversation({ ...conversations[0], isPinned: false }));
});

test('markConversation and unMarkConversation, one for each conversation', { timeout }, async (t) => {
    const { ears, pad, tab } = await scene_of(t);
    for (const mark of [0, 19]) {
        await ears.hear(
            () => pad.connection.addConversationMark({ conversations, mark }),
            conversations.map((each) => [tab, ...told('markConversation', each, { conversationMark: mark })])
        );
    }
    await ears.hear(
        () => tab.connection.removeConversationMark({ conversations, mark: 19 }),
        conversations.map((each) => [pad, ...told('unMarkConversation', each, { conversationMark: 19 })])
    );
});

test('deleteConversation, with its history and without', { timeout }, async (t) => {
    const { ears, pad, tab } = await scene_of(t);
    await ears.hear(
        () => pad.connection.deleteConversation({ channel: 'bob', chatType: 'singleChat', deleteRoam: false }),
        [[tab, ...told('deleteConversation', conversations[0])]]
    );
    await ears.hear(
        () => tab.connection.deleteConversation({ channel: '77', chatType: 'groupChat', deleteRoam: true }),
        [[pad, ...told('deleteConversation', conversations[1])]]
    );
});

test('deleteRoaming: by message and up to a time', { timeout }, async (t) => {
    const { ears, pad, tab, single, group } = await scene_of(t);
    const gone = (resource, conversationId, chatType) => [
        'onMultiDeviceEvent',
        { operation: 'deleteRoaming', conversationId, chatType, resource },
    ];
    await ears.hear(
        () => pad.connection.removeHistoryMessages({
            targetId: 'bob', chatType: 'singleChat', messageIds: [single.serverMsgId],
        }),
        [[tab, ...gone(pad.resource, 'bob', 'singleChat')]]
    );
    await ears.hear(
        () => tab.connection.removeHistoryMessages({
            targetId: '77', chatType: 'groupChat', messageIds: [group.serverMsgId],
        }),
        [[pad, ...gone(tab.resource, '77', 'groupChat')]]
    );
    await ears.hear(
        () => pad.connection.removeHistoryMessages({
            targetId: '77', chatType: 'groupChat', beforeTimeStamp: Date.now(),
        }),
        [[tab, ...gone(pad.resource, '77', 'groupChat')]]
    );
});

test('everything deleted at once has no event in this SDK', { timeout }, async (t) => {
    const { ears, pad, tab } = await scene_of(t);
    await ears.hear(() => pad.connection.deleteAllMessagesAndConversations());
    const { data } = await tab.connection.getServerConversations({ pageSize: 20, cursor: '' });
    // The clerk's words, said since, are all there is.
    assert.deepEqual(data.conversations.map((each) => each.conversationId), ['all-ears']);
});

test('a message that is pinned is told to all in the conversation', { timeout }, async (t) => {
    const { ears, pad, tab, bob, single } = await scene_of(t);
    const { data: { groupId } } = await ears.hear(
        () => pad.connection.createGroupVNext({ groupName: 'tea', members: ['bob'] }),
        ({ data: { groupId: id } }) => [
            [tab, 'onGroupEvent', { operation: 'create', id, from: 'alice' }],
            [tab, 'onGroupEvent', { operation: 'memberPresence', id, from: 'bob', memberCount: 2 }],
            [bob, 'onGroupEvent', { operation: 'directJoined', id, from: 'alice', name: 'tea' }],
        ]
    );
    const { serverMsgId } = await pad.send_text('pin me', groupId, { chatType: 'groupChat' });
    const what = { conversationId: groupId, conversationType: 'groupChat', messageId: serverMsgId };
    const pinned = (operation, operatorId) =>
        ['onMessagePinEvent', { ...what, operation, operatorId, time: 'now' }];
    await ears.hear(
        () => pad.connection.pinMessage(what),
        [[tab, ...pinned('pin', 'alice')], [bob, ...pinned('pin', 'alice')]]
    );
    await ears.hear(
        () => bob.connection.unpinMessage(what),
        [[pad, ...pinned('unpin', 'bob')], [tab, ...pinned('unpin', 'bob')]]
    );
    // In a single chat the SDK says who pinned it instead of the other side.
    const between = { conversationType: 'singleChat', messageId: single.serverMsgId };
    const told = {
        ...between, conversationId: 'alice', operation: 'pin', operatorId: 'alice', time: 'now',
    };
    await ears.hear(
        () => pad.connection.pinMessage({ ...between, conversationId: 'bob' }),
        [tab, bob].map((device) => [device, 'onMessagePinEvent', told])
    );
});

test('a conversation that is read on one device is read on the other', { timeout }, async (t) => {
    const { ears, pad, tab, bob } = await scene_of(t);
    await ears.hear(async () => {
        await bob.send_text('read me', 'alice');
        for (const device of [pad, tab]) await device.until_text('read me');
    });
    const read = (device) => {
        const { id } = device.all('onChannelMessage').at(-1);
        return { id, type: 'channel', chatType: 'singleChat', from: 'alice', to: 'bob', time: 'now', onlineState: 1 };
    };
    const unread = async () => {
        const { data } = await tab.connection.getServerConversations({ pageSize: 20, cursor: '' });
        return data.conversations.find((each) => each.conversationId === 'bob').unReadCount;
    };
    assert.equal(await unread(), 1);
    await ears.hear(async () => {
        await pad.send({ type: 'channel', to: 'bob' });
        for (const device of [tab, bob]) await device.until_told('onChannelMessage');
        return [tab, bob].map((device) => [device, 'onChannelMessage', read(device)]);
    }, (expected) => expected);
    assert.equal(await unread(), 0);
});

test('setSilentModeForConversation and removeSilentModeForConversation', { timeout }, async (t) => {
    const { ears, pad, tab } = await scene_of(t);
    for (const { conversationId, conversationType: type } of conversations) {
        const told_of = (operation, by, data) => [
            'onMultiDeviceEvent',
            { operation, resource: by.resource, conversationId, type, data },
        ];
        await ears.hear(
            () => pad.connection.setSilentModeForConversation({
                conversationId, type, options: { paramType: 0, remindType: 'NONE' },
            }),
            [[tab, ...told_of('setSilentModeForConversation', pad, { type: 'NONE' })]]
        );
        await ears.hear(
            () => tab.connection.setSilentModeForConversation({
                conversationId, type, options: { paramType: 1, duration: 60_000 },
            }),
            ({ data }) => {
                assert.ok(data.ignoreDuration > Date.now());
                const { ignoreDuration } = data;
                return [[pad, ...told_of('setSilentModeForConversation', tab, { ignoreDuration })]];
            }
        );
        await ears.hear(
            () => pad.connection.clearRemindTypeForConversation({ conversationId, type }),
            [[tab, ...told_of('removeSilentModeForConversation', pad, {})]]
        );
    }
});

test('the whole app in silence, for a time or for a kind: the SDK takes it for a conversation', { timeout }, async (t) => {
    const { ears, pad, tab } = await scene_of(t);
    const told_of = (data) => ['onMultiDeviceEvent', {
        operation: 'setSilentModeForConversation', resource: pad.resource, conversationId: 'alice',
        type: 'singleChat', data,
    }];
    await ears.hear(
        () => pad.connection.setSilentModeForAll({ options: { paramType: 0, remindType: 'AT' } }),
        [[tab, ...told_of({ type: 'AT' })]]
    );
    await ears.hear(
        () => pad.connection.setSilentModeForAll({ options: { paramType: 1, duration: 60_000 } }),
        ({ data: { ignoreDuration } }) => [[tab, ...told_of({ ignoreDuration })]]
    );
    const { data } = await tab.connection.getSilentModeForAll();
    assert.equal(data.type, 'AT');
    assert.ok(data.ignoreDuration > Date.now());
});

test('setSilentModeForUser: hours of silence for the whole app', { timeout }, async (t) => {
    const { ears, pad, tab } = await scene_of(t);
    await ears.hear(
        () => pad.connection.setSilentModeForAll({
            options: {
                paramType: 2, startTime: { hours: 21, minutes: 30 }, endTime: { hours: 8, minutes: 15 },
            },
        }),
        [[tab, 'onMultiDeviceEvent', {
            operation: 'setSilentModeForUser', resource: pad.resource, data: { ignoreInterval: '21:30-8:15' },
        }]]
    );
});

test('devices of the other family are not disturbed by any of it', { timeout }, async (t) => {
    const { world, ears, pad, tab, bob } = await scene_of(t);
    const phone = await world.login('alice', 4);
    await ears.hear(
        () => pad.connection.pinConversation({ ...conversations[0], isPinned: true }),
        [[tab, ...told('pinnedConversation', conversations[0])]]
    );
    await ears.hear(
        () => pad.connection.addContact('bob', 'hello'),
        [tab, bob].map((device) => [
            device, 'onContactInvited', { type: 'subscribe', from: 'alice', to: 'bob', status: 'hello' },
        ])
    );
    await ears.hear(
        () => pad.connection.setSilentModeForConversation({
            conversationId: '77', type: 'groupChat', options: { paramType: 0, remindType: 'NONE' },
        }),
        [[tab, 'onMultiDeviceEvent', {
            operation: 'setSilentModeForConversation', resource: pad.resource, conversationId: '77',
            type: 'groupChat', data: { type: 'NONE' },
        }]]
    );
    await bob.send_text('the only one', 'alice');
    await phone.until_text('the only one');
    const said_in = phone.messages.filter((message) => message.channel.channelID !== 'all-ears');
    assert.deepEqual(said_in.map((message) => message.content.text), ['the only one']);
});
