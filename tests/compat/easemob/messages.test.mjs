// SPDX-License-Identifier: Apache-2.0
// Each kind of message that the SDK can make, in a chat and in a group, with files that go through
// the server: what arrives, what history keeps, what the conversation list says (easemob-rest 3.4,
// 3.5, 3.7; msync-wire 8.3).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdk } from './support/sdk.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;

const bytes_of = (count) => Uint8Array.from({ length: count }, (_, i) => (i * 31 + 7) % 256);

function file_of(name, type, count) {
    const data = new File([bytes_of(count)], name, { type });
    return { filename: name, filetype: type, data, url: '' };
}

/// Of each kind: how it is made, which listener hears of it, what of it has to arrive.
const kinds = [
    { made: { type: 'txt', msg: '  两个\n words \u{1F600} ' }, told: 'onTextMessage', kept: ['msg'] },
    {
        made: { type: 'img', file: () => file_of('cat.png', 'image/png', 3000), width: 40, height: 30 },
        told: 'onImageMessage', kept: ['width', 'height'], file_bytes: 3000,
    },
    {
        made: { type: 'audio', file: () => file_of('said.amr', 'audio/amr', 2000), filename: 'said.amr', length: 7 },
        told: 'onAudioMessage', kept: ['length', 'filename'], file_bytes: 2000,
    },
    {
        made: { type: 'video', file: () => file_of('clip.mp4', 'video/mp4', 5000), filename: 'clip.mp4', length: 12 },
        told: 'onVideoMessage', kept: ['length', 'filename'], file_bytes: 5000,
    },
    {
        made: { type: 'file', file: () => file_of('信.pdf', 'application/pdf', 70_000), filename: '信.pdf' },
        told: 'onFileMessage', kept: ['filename'], file_bytes: 70_000,
    },
    {
        made: { type: 'loc', lat: 39.9, lng: -116.25, addr: 'Some Street 1', buildingName: 'Tower' },
        told: 'onLocationMessage', kept: ['lat', 'lng', 'addr', 'buildingName'],
    },
    { made: { type: 'cmd', action: 'do-this' }, told: 'onCmdMessage', kept: ['action'] },
    {
        made: { type: 'custom', customEvent: 'gift', customExts: { what: 'rose', many: '3' } },
        told: 'onCustomMessage', kept: ['customEvent', 'customExts'],
    },
];

const made_of = ({ made }) => ({ ...made, ...(made.file && { file: made.file() }) });

function assert_kept(message, kind, where) {
    assert.equal(message.type, kind.made.type, where);
    for (const field of kind.kept) assert.deepEqual(message[field], kind.made[field], `${where}: ${field}`);
    if (kind.file_bytes) assert.equal(message.file_length, kind.file_bytes, `${where}: file_length`);
}

async function assert_downloadable(message, count) {
    const answer = await fetch(message.url);
    assert.equal(answer.status, 200);
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes_of(count));
    const stranger = await fetch(message.url.replace(/share-secret=[^&]*/, 'share-secret=guessed'));
    assert.equal(stranger.status, 403);
}

for (const chatType of ['singleChat', 'groupChat']) {
    test(`every kind arrives, is kept and listed: ${chatType}`, { timeout }, async (t) => {
        const world = await World.of(t);
        const alice = await world.open('alice', 'pad', { uploads: true });
        const bob = await world.open('bob', 'one', { uploads: true });
        const to = chatType === 'groupChat' ? '91' : 'bob';
        const from = chatType === 'groupChat' ? '91' : 'alice';
        if (chatType === 'groupChat') await world.make_group('91', ['alice', 'bob']);
        for (const kind of kinds) {
            const sent = await alice.send({ ...made_of(kind), to, chatType });
            const message = await bob.until_told(kind.told, (each) => each.id === sent.serverMsgId);
            assert_kept(message, kind, 'received');
            assert.equal(message.chatType, chatType);
            assert.equal(message.from, 'alice');
            assert.equal(message.to, to);
            if (kind.file_bytes) await assert_downloadable(message, kind.file_bytes);

            const { data } = await bob.connection.getServerConversations({ pageSize: 10 });
            const listed = data.conversations.find((each) => each.conversationId === from);
            assert.equal(listed.lastMessage.id, sent.serverMsgId);
            assert_kept(listed.lastMessage, kind, 'listed');
            assert.equal(listed.lastMessage.chatType, chatType);
            // The SDK leaves the secret out of this one address.
            assert.equal(listed.lastMessage.url, message.url?.replace(/&share-secret=.*/, ''));
            assert.equal(listed.lastMessage.secret, message.secret);
        }
        const page = await bob.connection.getHistoryMessages({ targetId: from, chatType, pageSize: 50 });
        assert.equal(page.isLast, true);
        assert.deepEqual(page.messages.map((each) => each.type), kinds.map(({ made }) => made.type).reverse());
        page.messages.reverse().forEach((message, i) => {
            assert_kept(message, kinds[i], 'history');
            if (kinds[i].file_bytes) assert.equal(message.url, bob.all(kinds[i].told)[0].url);
        });
    });
}

test('a combined message holds others, and its file is read again', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad', { uploads: true });
    const bob = await world.open('bob', 'one', { uploads: true });
    await alice.send_text('one', 'bob');
    await alice.send_text('two', 'bob');
    const { messages } = await alice.connection.getHistoryMessages({ targetId: 'bob', chatType: 'singleChat' });
    const sent = await alice.send({
        type: 'combine', to: 'bob', title: 'what was said', summary: 'one, two', compatibleText: 'your app is old',
        messageList: messages.reverse(),
    });
    const message = await bob.until_told('onCombineMessage');
    assert.equal(message.id, sent.serverMsgId);
    assert.equal(message.title, 'what was said');
    assert.equal(message.summary, 'one, two');
    assert.equal(message.compatibleText, 'your app is old');
    const inside = await bob.connection.downloadAndParseCombineMessage({ url: message.url, secret: message.secret });
    assert.deepEqual(inside.map((each) => each.msg), ['one', 'two']);
    const { data } = await bob.connection.getServerConversations({ pageSize: 10 });
    const { lastMessage } = data.conversations[0];
    assert.equal(lastMessage.type, 'combine');
    assert.equal(lastMessage.title, 'what was said');
    assert.equal(lastMessage.compatibleText, 'your app is old');
    assert.equal(lastMessage.secret, message.secret);
});

test('extension fields come back as they were given, wherever they are read', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    const ext = {
        text: '你好 \u{1F600} "quoted" \\ \n\t end', empty: '', yes: true, no: false,
        zero: 0, negative: -42, large: 2_147_483_647, fraction: 0.1, tiny: 5e-324,
        nested: { list: [1, 'two', null, { three: [true] }], text: ' 空 ' }, list: ['a', { b: 1 }], '键': 'value',
    };
    await alice.send_text('with ext', 'bob', { ext });
    assert.deepEqual((await bob.until_text('with ext')).ext, ext);
    const { messages } = await bob.connection.getHistoryMessages({ targetId: 'alice', chatType: 'singleChat' });
    assert.deepEqual(messages[0].ext, ext);
    const { data } = await bob.connection.getServerConversations({ pageSize: 10 });
    assert.deepEqual(data.conversations[0].lastMessage.ext, ext);
});

test('an address that the app has itself is passed on as it is', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    const url = 'https://elsewhere.example/a%20picture.png?x=1&y=2';
    await alice.send({ type: 'img', to: 'bob', url, body: { type: 'img', url, filename: 'a.png' } });
    assert.equal((await bob.until_told('onImageMessage')).url, url);
});

test('only members see what is said to a few of a group, and history does not keep it', { timeout }, async (t) => {
    const world = await World.of(t);
    const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((uid) => world.open(uid, 'one')));
    const two = await world.open('alice', 'two');
    await world.make_group('92', ['alice', 'bob', 'carol']);
    const chatType = 'groupChat';
    await alice.send_text('for bob alone', '92', { chatType, receiverList: ['bob', 'mallory'] });
    await alice.send_text('for now', '92', { chatType, deliverOnlineOnly: true });
    await alice.send_text('for all', '92', { chatType });
    for (const device of [bob, carol, two]) await device.until_text('for all');
    assert.deepEqual(bob.texts(), ['for bob alone', 'for now', 'for all']);
    assert.deepEqual(two.texts(), ['for bob alone', 'for now', 'for all']);
    assert.deepEqual(carol.texts(), ['for now', 'for all']);
    const { messages } = await bob.connection.getHistoryMessages({ targetId: '92', chatType });
    assert.deepEqual(messages.map((each) => each.msg), ['for all']);
    const { data } = await bob.connection.getServerConversations({ pageSize: 10 });
    assert.equal(data.conversations[0].unReadCount, 1);
});

test('what is said to one device is in nobody\'s history', { timeout }, async (t) => {
    const world = await World.of(t);
    const pad = await world.open('alice', 'pad');
    const tab = await world.open('alice', 'tab');
    const bob = await world.open('bob', 'one');
    await pad.send_text('only you', `alice/${tab.resource}`);
    await tab.until_text('only you');
    await pad.send_text('only your page', `bob/${bob.resource}`);
    assert.equal((await bob.until_text('only your page')).to, `bob/${bob.resource}`);
    await pad.send_text('for all', 'bob');
    await bob.until_text('for all');
    await tab.until_text('for all');
    for (const [device, targetId, expected] of [[tab, 'alice', []], [bob, 'alice', ['for all']]]) {
        const page = await device.connection.getHistoryMessages({ targetId, chatType: 'singleChat' });
        assert.deepEqual(page.messages.map((each) => each.msg), expected);
    }
    assert.deepEqual(tab.texts(), ['only you', 'for all']);
});

test('what cannot be sent is refused as the SDK understands it', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    await world.user('bob');
    await assert.rejects(alice.send_text('x', '404404', { chatType: 'groupChat' }), { type: 602 });
    const sent = await alice.send_text('x', 'bob');
    const nothing = { mid: '1', to: 'bob', chatType: 'singleChat' };
    await assert.rejects(alice.connection.recallMessage(nothing), (error) => error.type > 0);
    const change = (messageId, msg) =>
        alice.connection.modifyMessage({
            messageId,
            modifiedMessage: sdk.message.create({ type: 'txt', chatType: 'singleChat', to: 'bob', msg }),
        });
    await assert.rejects(change('1', 'y'), { type: 1302 });
    for (let i = 1; i <= 10; ++i) await change(sent.serverMsgId, `y${i}`);
    await assert.rejects(change(sent.serverMsgId, 'once too often'), { type: 50 });
});

test('a change that is said twice counts once', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    const { serverMsgId: messageId } = await alice.send_text('helo', 'bob');
    const modifiedMessage = sdk.message.create({ type: 'txt', chatType: 'singleChat', to: 'bob', msg: 'hello' });
    for (let i = 0; i < 2; ++i) {
        const changed = await alice.connection.modifyMessage({ messageId, modifiedMessage });
        assert.equal(changed.message.modifiedInfo.operationCount, 1);
    }
    await alice.send_text('end', 'bob');
    await bob.until_text('end');
    assert.equal(bob.all('onModifiedMessage').length, 1);
});
