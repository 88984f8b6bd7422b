// SPDX-License-Identifier: Apache-2.0
// What devices are told of groups (easemob-multidevice 5.2): the other devices of who acts hear the
// same event as everybody who is concerned, with their own id as `from`; the device that acts
// hears nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ears } from './support/ears.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;

const on = (devices, ...events) =>
    devices.flatMap((device) => events.map((argument) => [device, 'onGroupEvent', argument]));
/// What only the older listener is told.
const older = (device, type, { gid, from, to }) => [device, 'onGroupChange', { type, gid, from, to }];
const came = (from, id, memberCount) => ({ operation: 'memberPresence', id, from, memberCount });
const gone = (from, id, memberCount) => ({ operation: 'memberAbsence', id, from, memberCount });

/// alice's group with bob in it, everybody online; carol and dave are strangers.
async function scene_of(t, settings = {}, overrides = {}) {
    const world = await World.of(t, overrides);
    const founder = await world.open('alice', 'founder');
    await world.user('bob');
    const { data } = await founder.connection.createGroupVNext({
        groupName: 'tea', members: ['bob'], isPublic: true, ...settings, inviteNeedConfirm: false,
    });
    founder.close();
    const ears = await Ears.of(world, { alice: ['pad', 'tab'], bob: ['one', 'two'], carol: ['hat'] });
    const [pad, tab, one, two, hat] = ears.devices;
    return { world, ears, pad, tab, one, two, hat, groupId: data.groupId };
}

/// Brings carol in without being asked.
async function bring_carol({ world, ears, pad, tab, one, two, hat, groupId }) {
    await world.user('carol');
    await ears.hear(() => pad.connection.inviteUsersToGroup({ groupId, users: ['carol'] }), [
        ...on([tab], { operation: 'inviteToJoin', id: groupId, from: 'alice', name: 'tea' }),
        ...on([hat], { operation: 'directJoined', id: groupId, from: 'alice', name: 'tea' }),
        ...on([one, two], came('carol', groupId, 3)),
    ]);
}

test('create: the maker\'s other devices, and who is in it from the start', { timeout }, async (t) => {
    const world = await World.of(t);
    const ears = await Ears.of(world, { alice: ['pad', 'tab'], bob: ['one'], carol: ['hat'] });
    const [pad, tab, one, hat] = ears.devices;
    const settings = { groupName: 'tea', members: ['bob', 'carol'] };
    await ears.hear(
        () => pad.connection.createGroupVNext({ ...settings, inviteNeedConfirm: false }),
        ({ data: { groupId: id } }) => [
            ...on([tab], { operation: 'create', id, from: 'alice' }),
            ...on([tab], { operation: 'membersPresence', id, memberCount: 3, members: ['bob', 'carol'] }),
            ...on([one, hat], { operation: 'directJoined', id, from: 'alice', name: 'tea' }),
        ]
    );
    await ears.hear(
        () => tab.connection.createGroupVNext({ ...settings, inviteNeedConfirm: true }),
        ({ data: { groupId: id } }) => [
            ...on([pad], { operation: 'create', id, from: 'alice' }),
            ...on([one, hat], { operation: 'inviteToJoin', id, from: 'alice', name: 'tea' }),
        ]
    );
});

test('an invitation that is asked: accepted, and declined', { timeout }, async (t) => {
    const world = await World.of(t);
    const ears = await Ears.of(world, { alice: ['pad', 'tab'], bob: ['one', 'two'], carol: ['hat'] });
    const [pad, tab, one, two, hat] = ears.devices;
    const { data: { groupId } } = await ears.hear(
        () => pad.connection.createGroupVNext({ groupName: 'tea', members: [], inviteNeedConfirm: true }),
        ({ data }) => on([tab], { operation: 'create', id: data.groupId, from: 'alice' })
    );
    const invited = { operation: 'inviteToJoin', id: groupId, from: 'alice', name: 'tea' };
    await ears.hear(
        () => pad.connection.inviteUsersToGroup({ groupId, users: ['bob', 'carol'] }),
        on([tab, one, two, hat], invited)
    );
    const accepted = { operation: 'acceptInvite', id: groupId, from: 'bob' };
    await ears.hear(() => one.connection.acceptGroupInvite({ groupId, invitee: 'bob' }), [
        ...on([two], accepted),
        ...on([pad, tab], accepted, came('bob', groupId, 2)),
    ]);
    const declined = { operation: 'rejectInvite', id: groupId, from: 'carol' };
    await ears.hear(
        () => hat.connection.rejectGroupInvite({ groupId, invitee: 'carol' }),
        on([pad, tab], declined)
    );
});

test('an open group: who joins and leaves, and who is taken out', { timeout }, async (t) => {
    const { world, ears, pad, tab, one, two, hat, groupId } = await scene_of(t);
    const cap = ears.add(await world.open('carol', 'cap'));
    const carol = { gid: groupId, from: 'carol', to: 'carol' };
    await ears.hear(() => hat.connection.joinGroup({ groupId, message: '' }), [
        older(cap, 'join', carol),
        ...on([pad, tab, one, two], came('carol', groupId, 3)),
    ]);
    await ears.hear(() => cap.connection.leaveGroup({ groupId }), [
        older(hat, 'leave', carol),
        ...on([pad, tab, one, two], gone('carol', groupId, 2)),
    ]);
    await ears.hear(
        () => pad.connection.removeGroupMember({ groupId, username: 'bob' }),
        on([tab, one, two], { operation: 'removeMember', id: groupId, from: 'alice' })
    );
});

test('a group with approval: applied, refused, accepted', { timeout }, async (t) => {
    const { world, ears, pad, tab, one, two, hat, groupId } = await scene_of(t, { needApprovalToJoin: true });
    const cap = ears.add(await world.open('carol', 'cap'));
    const applied = { operation: 'requestToJoin', id: groupId, from: 'carol', reason: 'let me in' };
    const apply = () =>
        ears.hear(() => hat.connection.joinGroup({ groupId, message: 'let me in' }), on([cap, pad, tab], applied));
    await apply();
    await ears.hear(
        () => pad.connection.rejectGroupJoinRequest({ groupId, applicant: 'carol', reason: 'full' }),
        on([tab, hat, cap], {
            operation: 'joinPublicGroupDeclined', id: groupId, from: 'alice', userId: 'carol',
        })
    );
    await apply();
    const accepted = { operation: 'acceptRequest', id: groupId, from: 'alice' };
    await ears.hear(() => pad.connection.acceptGroupJoinRequest({ groupId, applicant: 'carol' }), [
        ...on([tab], accepted, came('carol', groupId, 3)),
        ...on([hat, cap], accepted),
        ...on([one, two], came('carol', groupId, 3)),
    ]);
});

test('members are removed, blocked and let in again', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { world, ears, pad, tab, one, two, hat, groupId } = scene;
    await bring_carol(scene);
    const removed = { operation: 'removeMember', id: groupId, from: 'alice' };
    await ears.hear(() => pad.connection.removeGroupMember({ groupId, username: 'carol' }), [
        ...on([tab, hat], removed),
        ...on([one, two], gone('carol', groupId, 2)),
    ]);
    await bring_carol(scene);
    const banned = { gid: groupId, from: 'alice', to: 'carol' };
    await ears.hear(() => pad.connection.blockGroupMember({ groupId, username: 'carol' }), [
        older(tab, 'ban', banned),
        ...on([hat], removed),
    ]);
    assert.deepEqual((await tab.connection.getGroupBlocklist({ groupId })).data, ['carol']);
    await ears.hear(
        () => tab.connection.unblockGroupMember({ groupId, username: 'carol' }),
        on([pad, hat], { operation: 'unblockMember', id: groupId, from: 'alice' })
    );
    await world.user('dave');
    await ears.hear(
        () => pad.connection.inviteUsersToGroup({ groupId, users: ['carol', 'dave'] }),
        [
            ...on([tab], { operation: 'inviteToJoin', id: groupId, from: 'alice', name: 'tea' }),
            ...on([hat], { operation: 'directJoined', id: groupId, from: 'alice', name: 'tea' }),
            ...on([one, two], {
                operation: 'membersPresence', id: groupId, memberCount: 4, members: ['carol', 'dave'],
            }),
        ]
    );
    await ears.hear(
        () => pad.connection.removeGroupMembers({ groupId, users: ['carol', 'dave'] }),
        [
            ...on([tab, hat], removed),
            ...on([one, two], {
                operation: 'membersAbsence', id: groupId, memberCount: 2, members: ['carol', 'dave'],
            }),
        ]
    );
});

test('admins come and go, and the group gets another owner', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { ears, pad, tab, one, two, groupId } = scene;
    await bring_carol(scene);
    const about_bob = (operation) => ({ operation, id: groupId, from: 'alice', userId: 'bob' });
    await ears.hear(
        () => pad.connection.setGroupAdmin({ groupId, username: 'bob' }),
        on([tab, one, two], about_bob('setAdmin'))
    );
    const { operation, id, from } = about_bob('removeAdmin');
    await ears.hear(
        () => pad.connection.removeGroupAdmin({ groupId, username: 'bob' }),
        on([tab, one, two], { operation, id, from })
    );
    await ears.hear(
        () => pad.connection.changeGroupOwner({ groupId, newOwner: 'bob' }),
        on([tab, one, two], { operation: 'changeOwner', id: groupId, from: 'alice' })
    );
    await ears.hear(
        () => one.connection.setGroupAdmin({ groupId, username: 'alice' }),
        on([two, pad, tab], { operation: 'setAdmin', id: groupId, from: 'bob', userId: 'alice' })
    );
});

test('muting: one, all, and the list of those who may speak', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { ears, pad, tab, one, two, hat, groupId } = scene;
    await bring_carol(scene);
    await ears.hear(
        () => pad.connection.setGroupAdmin({ groupId, username: 'bob' }),
        on([tab, one, two], { operation: 'setAdmin', id: groupId, from: 'alice', userId: 'bob' })
    );
    const carol = (operation, from, more = {}) => ({ operation, id: groupId, from, userId: 'carol', ...more });
    await ears.hear(
        () => one.connection.muteGroupMember({ groupId, username: 'carol', muteDuration: 60_000 }),
        ({ data }) => {
            const muteTimestamp = data[0].expire;
            assert.ok(Math.abs(muteTimestamp - Date.now() - 60_000) < 60_000, String(muteTimestamp));
            return on([two, pad, tab, hat], carol('muteMember', 'bob', { muteTimestamp }));
        }
    );
    await assert.rejects(hat.send_text('hello', groupId, { chatType: 'groupChat' }));
    await ears.hear(
        () => pad.connection.unmuteGroupMember({ groupId, username: 'carol' }),
        on([tab, one, two, hat], carol('unmuteMember', 'alice'))
    );
    const everyone = (operation) => ({ operation, id: groupId, from: 'alice' });
    await ears.hear(
        () => pad.connection.disableSendGroupMsg({ groupId }),
        on([tab, one, two, hat], everyone('muteAllMembers'))
    );
    await ears.hear(
        () => pad.connection.addUsersToGroupAllowlist({ groupId, users: ['carol'] }),
        on([tab, one, two, hat], carol('addUserToAllowlist', 'alice'))
    );
    await hat.send_text('I may', groupId, { chatType: 'groupChat' });
    await ears.hear(
        () => tab.connection.removeGroupAllowlistMember({ groupId, userName: 'carol' }),
        on([pad, one, two, hat], carol('removeAllowlistMember', 'alice'))
    );
    await ears.hear(
        () => tab.connection.enableSendGroupMsg({ groupId }),
        on([pad, one, two, hat], everyone('unmuteAllMembers'))
    );
});

test('what a group is called and says of itself', { timeout }, async (t) => {
    const { ears, pad, tab, one, two, groupId } = await scene_of(t);
    const all = [tab, one, two];
    await ears.hear(
        () => pad.connection.modifyGroup({ groupId, groupName: 'coffee', description: 'black', ext: 'x' }),
        on(all, {
            operation: 'updateInfo', id: groupId, from: 'alice',
            detail: { name: 'coffee', description: 'black', ext: 'x', lastModified: 'now' },
        })
    );
    await ears.hear(
        () => pad.connection.updateGroupAnnouncement({ groupId, announcement: 'at five' }),
        on(all, { operation: 'updateAnnouncement', id: groupId, from: 'alice', announcement: 'at five' })
    );
    await ears.hear(
        () => pad.connection.updateGroupAnnouncement({ groupId, announcement: '' }),
        on(all, { operation: 'deleteAnnouncement', id: groupId, from: 'alice' })
    );
});

test('memberAttributesUpdate: onMultiDeviceEvent on the other devices of who sets it', { timeout }, async (t) => {
    const { ears, pad, tab, one, two, groupId } = await scene_of(t);
    const attributes = { nick: 'the "host"', seat: '1' };
    const told = { operation: 'memberAttributesUpdate', id: groupId, from: 'alice', userId: 'alice', attributes };
    await ears.hear(
        () => pad.connection.setGroupMemberAttributes({ groupId, userId: 'alice', memberAttributes: attributes }),
        [[tab, 'onMultiDeviceEvent', told], ...on([one, two], told)]
    );
    const of_bob = { ...told, userId: 'bob', attributes: { nick: 'guest' } };
    await ears.hear(
        () => tab.connection.setGroupMemberAttributes({
            groupId, userId: 'bob', memberAttributes: { nick: 'guest' },
        }),
        [[pad, 'onMultiDeviceEvent', of_bob], ...on([one, two], of_bob)]
    );
});

test('a group that is shielded, and one that is no more', { timeout }, async (t) => {
    const { ears, pad, tab, one, two, groupId } = await scene_of(t);
    const own = { gid: groupId, from: 'bob', to: 'bob' };
    await ears.hear(() => one.connection.blockGroupMessage({ groupId }), [older(two, 'block', own)]);
    await ears.hear(() => two.connection.unblockGroupMessage({ groupId }), [older(one, 'unblock', own)]);
    await ears.hear(
        () => pad.connection.destroyGroup({ groupId }),
        on([tab, one, two], { operation: 'destroy', id: groupId, from: 'alice' })
    );
});

test('the app\'s back end changes members: all their devices are told, from admin', { timeout }, async (t) => {
    const { world, ears, pad, tab, one, two, hat, groupId } = await scene_of(t, {}, {
        easemob: { client_id: 'back-end', client_secret: 'of the test' },
    });
    const app = await world.app_header();
    await ears.hear(
        () => world.server.rest('POST', `chatgroups/${groupId}/users/carol`, undefined, app),
        [
            ...on([hat], { operation: 'directJoined', id: groupId, from: 'admin', name: 'tea' }),
            ...on([pad, tab, one, two], came('carol', groupId, 3)),
        ]
    );
    await ears.hear(
        () => world.server.rest('DELETE', `chatgroups/${groupId}/users/carol`, undefined, app),
        [
            ...on([hat], { operation: 'removeMember', id: groupId, from: 'admin' }),
            ...on([pad, tab, one, two], gone('carol', groupId, 2)),
        ]
    );
});
