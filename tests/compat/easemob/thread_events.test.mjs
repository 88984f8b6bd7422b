// SPDX-License-Identifier: Apache-2.0
// What devices are told of threads (easemob-multidevice 5.3): the other devices of who acts by
// onMultiDeviceEvent, and all members of the group by onChatThreadChange; who acts, nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ears } from './support/ears.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;

/// A group of alice, bob and carol with a message in it that a thread can hang on.
async function group_of(world, alice) {
    for (const uid of ['bob', 'carol']) await world.user(uid);
    const { data } = await alice.connection.createGroupVNext({ groupName: 'tea', members: ['bob', 'carol'] });
    const sent = await alice.send_text('a topic', data.groupId, { chatType: 'groupChat' });
    return { parentId: data.groupId, messageId: sent.serverMsgId };
}

async function scene_of(t) {
    const world = await World.of(t);
    const founder = await world.open('alice', 'founder');
    const place = await group_of(world, founder);
    founder.close();
    const ears = await Ears.of(world, { alice: ['pad', 'tab'], bob: ['one', 'two'] });
    return { world, place, ears, devices: ears.devices };
}

/// The two shapes of what is told.
const own = (operation, thread) => [
    'onMultiDeviceEvent',
    { operation, chatThreadId: thread.id, chatThreadName: thread.name, parentId: thread.parentId },
];
const seen = (operation, thread, operator, more = {}) => [
    'onChatThreadChange',
    {
        id: thread.id, name: thread.name, parentId: thread.parentId, messageId: thread.messageId,
        timestamp: 'now', operator, operation, ...more,
    },
];

async function make_thread({ place, ears, devices: [pad, tab, ...bob] }) {
    let thread;
    await ears.hear(
        () => pad.connection.createChatThread({ name: 'sugar', ...place }),
        ({ data }) => {
            thread = { id: data.chatThreadId, name: 'sugar', ...place };
            const told = seen('create', thread, 'alice', { createTimestamp: 'now', messageCount: 0 });
            return [
                [tab, ...own('chatThreadCreate', thread)],
                ...[tab, ...bob].map((device) => [device, ...told]),
            ];
        }
    );
    return thread;
}

test('chatThreadCreate, NameUpdate, Destroy: the maker\'s other devices and the group', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { ears, devices: [pad, tab, ...bob] } = scene;
    const thread = await make_thread(scene);
    const renamed = { ...thread, name: 'milk' };
    await ears.hear(
        () => tab.connection.changeChatThreadName({ chatThreadId: thread.id, name: 'milk' }),
        [
            [pad, ...own('chatThreadNameUpdate', renamed)],
            ...[pad, ...bob].map((device) => [device, ...seen('update', renamed, 'alice', { messageCount: 0 })]),
        ]
    );
    await ears.hear(
        () => pad.connection.destroyChatThread({ chatThreadId: thread.id }),
        [
            [tab, ...own('chatThreadDestroy', renamed)],
            ...[tab, ...bob].map((device) => [device, ...seen('destroy', renamed, 'alice')]),
        ]
    );
});

test('chatThreadJoin and chatThreadLeave: the other devices of who comes and goes', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { ears, devices: [, , one, two] } = scene;
    const thread = await make_thread(scene);
    const { data } = await ears.hear(
        () => one.connection.joinChatThread({ chatThreadId: thread.id }),
        [[two, ...own('chatThreadJoin', thread)]]
    );
    assert.equal(data.detail.id, thread.id);
    await ears.hear(
        () => two.connection.leaveChatThread({ chatThreadId: thread.id }),
        [[one, ...own('chatThreadLeave', thread)]]
    );
});

test('a member who is taken out of a thread is told, and the other devices of who did it', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { ears, devices: [pad, tab, one, two] } = scene;
    const thread = await make_thread(scene);
    await ears.hear(
        () => one.connection.joinChatThread({ chatThreadId: thread.id }),
        [[two, ...own('chatThreadJoin', thread)]]
    );
    const removed = {
        id: thread.id, name: 'sugar', operation: 'userRemove', parentId: thread.parentId,
        operator: 'alice', userName: 'bob',
    };
    await ears.hear(
        () => pad.connection.removeChatThreadMember({ chatThreadId: thread.id, username: 'bob' }),
        [tab, one, two].map((device) => [device, 'onChatThreadChange', removed])
    );
});

test('who leaves the group or is put out of it leaves its threads without a word', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { ears, place: { parentId: groupId }, devices: [pad, tab, one, two] } = scene;
    const thread = await make_thread(scene);
    const joined = () => ears.hear(
        () => one.connection.joinChatThread({ chatThreadId: thread.id }),
        [[two, ...own('chatThreadJoin', thread)]]
    );
    const gone = { operation: 'memberAbsence', id: groupId, from: 'bob', memberCount: 2 };
    await joined();
    await ears.hear(() => one.connection.leaveGroup({ groupId }), [
        [two, 'onGroupChange', { type: 'leave', gid: groupId, from: 'bob', to: 'bob' }],
        ...[pad, tab].map((device) => [device, 'onGroupEvent', gone]),
    ]);
    await ears.hear(() => pad.connection.inviteUsersToGroup({ groupId, users: ['bob'] }), [
        [tab, 'onGroupEvent', { operation: 'inviteToJoin', id: groupId, from: 'alice', name: 'tea' }],
        ...[one, two].map((device) => [
            device, 'onGroupEvent', { operation: 'directJoined', id: groupId, from: 'alice', name: 'tea' },
        ]),
    ]);
    await joined();
    await ears.hear(
        () => pad.connection.removeGroupMember({ groupId, username: 'bob' }),
        [tab, one, two].map((device) => [
            device, 'onGroupEvent', { operation: 'removeMember', id: groupId, from: 'alice' },
        ])
    );
    const { data } = await pad.connection.getChatThreadMembers({ chatThreadId: thread.id, pageSize: 20 });
    assert.deepEqual(data.affiliations, ['alice']);
});

test('a group that is destroyed takes its threads with it', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { ears, place: { parentId: groupId }, devices: [pad, tab, ...bob] } = scene;
    const thread = await make_thread(scene);
    const events = [
        seen('destroy', thread, 'alice'),
        ['onGroupEvent', { operation: 'destroy', id: groupId, from: 'alice' }],
    ];
    await ears.hear(() => pad.connection.destroyGroup({ groupId }), [
        [tab, ...own('chatThreadDestroy', thread)],
        ...[tab, ...bob].flatMap((device) => events.map((event) => [device, ...event])),
    ]);
});
