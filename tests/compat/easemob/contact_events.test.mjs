// SPDX-License-Identifier: Apache-2.0
// What both sides' devices are told of contacts (easemob-multidevice 5.1): the same listeners for
// the other devices of who acts, with their own id as `from`; the device that acts hears nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ears } from './support/ears.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;

async function scene_of(t, overrides) {
    const world = await World.of(t, overrides);
    const ears = await Ears.of(world, { alice: ['pad', 'tab'], bob: ['one', 'two'] });
    return { world, ears, devices: ears.devices };
}

/// Events of one listener on several devices.
const on = (devices, name, argument) => devices.map((device) => [device, name, argument]);
const contact = (type, from, to, status = '') => ({ type, from, to, status });

async function befriend({ ears, devices: [pad, tab, one, two] }) {
    await ears.hear(
        () => pad.connection.addContact('bob', 'from the party'),
        on([tab, one, two], 'onContactInvited', contact('subscribe', 'alice', 'bob', 'from the party'))
    );
    await ears.hear(() => one.connection.acceptContactInvite('alice'), [
        ...on([two], 'onContactAdded', contact('subscribed', 'bob', 'alice')),
        ...on([pad, tab], 'onContactAgreed', contact('subscribed', 'bob', 'alice')),
    ]);
}

test('a request, its acceptance, and the end of it', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { ears, devices: [pad, tab, one, two] } = scene;
    await befriend(scene);
    assert.deepEqual((await tab.connection.getContacts()).data, ['bob']);
    await ears.hear(
        () => tab.connection.deleteContact('bob'),
        on([pad, one, two], 'onContactDeleted', contact('unsubscribed', 'alice', 'bob'))
    );
    assert.deepEqual((await one.connection.getContacts()).data, []);
});

test('a request that is declined', { timeout }, async (t) => {
    const { ears, devices: [pad, tab, one, two] } = await scene_of(t);
    await ears.hear(
        () => pad.connection.addContact('bob', ''),
        on([tab, one, two], 'onContactInvited', contact('subscribe', 'alice', 'bob'))
    );
    await ears.hear(
        () => two.connection.declineContactInvite('alice'),
        on([one, pad, tab], 'onContactRefuse', contact('unsubscribed', 'bob', 'alice'))
    );
    await assert.rejects(one.connection.acceptContactInvite('alice'));
});

test('blocking and remarks have no event in this SDK, on any device', { timeout }, async (t) => {
    const scene = await scene_of(t);
    const { ears, devices: [pad, tab, one] } = scene;
    await befriend(scene);
    await ears.hear(() => pad.connection.addUsersToBlocklist({ name: ['bob'] }));
    assert.deepEqual((await tab.connection.getBlocklist()).data, ['bob']);
    await ears.hear(() => pad.connection.removeUserFromBlocklist({ name: ['bob'] }));
    await ears.hear(() => pad.connection.setContactRemark({ userId: 'bob', remark: 'the tall one' }));
    const { data } = await tab.connection.getAllContacts();
    assert.deepEqual(data, [{ userId: 'bob', remark: 'the tall one' }]);
    assert.deepEqual((await one.connection.getContacts()).data, ['alice']);
});

test('who is blocked can ask, and nobody hears it', { timeout }, async (t) => {
    const { ears, devices: [pad, tab, one, two] } = await scene_of(t);
    await ears.hear(() => one.connection.addUsersToBlocklist({ name: ['alice'] }));
    await ears.hear(
        () => pad.connection.addContact('bob', 'please'),
        on([tab], 'onContactInvited', contact('subscribe', 'alice', 'bob', 'please'))
    );
    assert.deepEqual(two.all('onContactInvited'), []);
});

test('the app\'s back end adds and removes: all devices of both are told', { timeout }, async (t) => {
    const scene = await scene_of(t, { easemob: { client_id: 'back-end', client_secret: 'of the test' } });
    const { world, ears, devices: [pad, tab, one, two] } = scene;
    const app = await world.app_header();
    await ears.hear(() => world.server.rest('POST', 'users/alice/contacts/users/bob', undefined, app), [
        ...on([pad, tab], 'onContactAdded', contact('subscribed', 'alice', 'bob')),
        ...on([one, two], 'onContactAgreed', contact('subscribed', 'alice', 'bob')),
    ]);
    await ears.hear(
        () => world.server.rest('DELETE', 'users/alice/contacts/users/bob', undefined, app),
        on([pad, tab, one, two], 'onContactDeleted', contact('unsubscribed', 'alice', 'bob'))
    );
});
