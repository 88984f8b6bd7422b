// SPDX-License-Identifier: Apache-2.0
// What was said is read again from the server: page by page, without what was taken back or deleted,
// with what was changed; the conversation list, unread counts, pinned messages (easemob-rest 3.4,
// 3.5; easemob-multidevice 4, 5.4).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdk } from './support/sdk.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;
const chatType = 'singleChat';
const numbers = (count) => Array.from({ length: count }, (_, i) => `n${i}`);

/// All pages, put together in the order in which they came.
async function read_all(device, options) {
    const texts = [];
    for (let cursor = -1; ; ) {
        const page = await device.connection.getHistoryMessages({ chatType, cursor, ...options });
        texts.push(...page.messages.map((each) => each.msg));
        if (page.isLast) return texts;
        assert.equal(page.messages.length, options.pageSize);
        cursor = page.cursor;
    }
}

async function listed(device, peer) {
    const { data } = await device.connection.getServerConversations({ pageSize: 50 });
    return data.conversations.find((each) => each.conversationId === peer);
}

async function two(t) {
    const world = await World.of(t);
    return { world, alice: await world.open('alice', 'pad'), bob: await world.open('bob', 'one') };
}

test('pages of any size, both ways', { timeout }, async (t) => {
    const { alice, bob } = await two(t);
    for (const text of numbers(23)) await alice.send_text(text, 'bob');
    for (const pageSize of [1, 7, 22, 23, 50]) {
        const options = { targetId: 'alice', pageSize };
        assert.deepEqual(await read_all(bob, { ...options, searchDirection: 'down' }), numbers(23));
        assert.deepEqual(await read_all(bob, { ...options, searchDirection: 'up' }), numbers(23).reverse());
    }
});

test('the page behind a message that the app has', { timeout }, async (t) => {
    const { alice, bob } = await two(t);
    const sent = [];
    for (const text of numbers(5)) sent.push(await alice.send_text(text, 'bob'));
    const from = { targetId: 'alice', chatType, cursor: sent[2].serverMsgId };
    const older = await bob.connection.getHistoryMessages(from);
    assert.deepEqual(older.messages.map((each) => each.msg), ['n1', 'n0']);
    const newer = await bob.connection.getHistoryMessages({ ...from, searchDirection: 'down' });
    assert.deepEqual(newer.messages.map((each) => each.msg), ['n3', 'n4']);
});

test('only the kinds, times and senders that are asked for', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    await world.make_group('93', ['alice', 'bob']);
    const group = { chatType: 'groupChat' };
    await alice.send_text('by alice', '93', group);
    await bob.send({ type: 'custom', customEvent: 'e', customExts: {}, to: '93', ...group });
    const third = await bob.send_text('by bob', '93', group);
    const search = async (searchOptions) => {
        const found = await alice.connection.getHistoryMessages({ targetId: '93', ...group, searchOptions });
        assert.equal(found.isLast, true);
        return found.messages.map((each) => each.msg ?? each.customEvent);
    };
    assert.deepEqual(await search({}), ['by bob', 'e', 'by alice']);
    assert.deepEqual(await search({ msgTypes: ['txt'] }), ['by bob', 'by alice']);
    assert.deepEqual(await search({ msgTypes: ['custom', 'img'] }), ['e']);
    assert.deepEqual(await search({ from: 'bob' }), ['by bob', 'e']);
    assert.deepEqual(await search({ from: 'alice', msgTypes: ['txt'] }), ['by alice']);
    const far = third.message.time + 1000;
    assert.deepEqual(await search({ startTime: far, endTime: far + 1000 }), []);
    assert.deepEqual(await search({ startTime: 1000, endTime: far, msgTypes: ['txt'] }), ['by bob', 'by alice']);
});

test('what was taken back is gone, what was changed is as it is now', { timeout }, async (t) => {
    const { alice, bob } = await two(t);
    const first = await alice.send_text('helo', 'bob', { ext: { kept: true } });
    const second = await alice.send_text('wrong', 'bob');
    assert.equal((await listed(bob, 'alice')).lastMessage.msg, 'wrong');
    await alice.connection.recallMessage({ mid: second.serverMsgId, to: 'bob', chatType });
    await bob.until_told('onRecallMessage');
    assert.equal((await listed(bob, 'alice')).lastMessage.msg, 'helo');
    const modifiedMessage = sdk.message.create({ type: 'txt', chatType, to: 'bob', msg: 'hello' });
    await alice.connection.modifyMessage({ messageId: first.serverMsgId, modifiedMessage });
    await bob.until_told('onModifiedMessage');
    const { messages } = await bob.connection.getHistoryMessages({ targetId: 'alice', chatType });
    assert.deepEqual(messages.map((each) => each.msg), ['hello']);
    assert.equal(messages[0].modifiedInfo.operationCount, 1);
    assert.equal(messages[0].modifiedInfo.operatorId, 'alice');
    assert.deepEqual(messages[0].ext, { kept: true });
    const last = (await listed(bob, 'alice')).lastMessage;
    assert.equal(last.msg, 'hello');
    assert.equal(last.modifiedInfo.operationCount, 1);
});

test('taken back before the other was there: never shown to it', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    await world.user('bob');
    const sent = await alice.send_text('never mind', 'bob');
    await alice.send_text('this one', 'bob');
    await alice.connection.recallMessage({ mid: sent.serverMsgId, to: 'bob', chatType });
    const bob = await world.open('bob', 'one');
    await bob.until_text('this one');
    await bob.until_told('onOfflineMessageSyncFinish');
    assert.deepEqual(bob.texts(), ['this one']);
});

test('taken back and changed in a group while a member is away', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    await world.make_group('97', ['alice', 'bob']);
    const group = { chatType: 'groupChat' };
    const first = await alice.send_text('wrong', '97', group);
    const second = await alice.send_text('helo', '97', group);
    await bob.until_text('helo');
    bob.close();
    await world.until_offline('bob');
    await alice.connection.recallMessage({ mid: first.serverMsgId, to: '97', ...group });
    const modifiedMessage = sdk.message.create({ type: 'txt', ...group, to: '97', msg: 'hello' });
    await alice.connection.modifyMessage({ messageId: second.serverMsgId, modifiedMessage });
    const back = await world.open('bob', 'one');
    await back.until_told('onRecallMessage', (each) => each.mid === first.serverMsgId);
    const changed = await back.until_told('onModifiedMessage', (each) => each.id === second.serverMsgId);
    assert.equal(changed.msg, 'hello');
    assert.equal(changed.chatType, 'groupChat');
    assert.deepEqual(back.texts(), []);
});

test('the app itself takes back and changes what was said', { timeout }, async (t) => {
    const easemob = { client_id: 'app', client_secret: 'secret of the app' };
    const world = await World.of(t, { easemob });
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    const granted = await world.server.rest('POST', 'token', { grant_type: 'client_credentials', ...easemob });
    const as_app = { authorization: `Bearer ${granted.access_token}` };
    const first = await alice.send_text('wrong', 'bob');
    const second = await alice.send_text('helo', 'bob');
    const recall = { msg_id: first.serverMsgId, to: 'bob', chat_type: 'chat', recallMessageExtensionInfo: 'why' };
    await world.server.rest('POST', 'messages/msg_recall', recall, as_app);
    const changed = { user: 'bob', new_msg: { type: 'txt', msg: 'hello' } };
    await world.server.rest('PUT', `messages/rewrite/${second.serverMsgId}`, changed, as_app);
    for (const device of [alice, bob]) {
        const recalled = await device.until_told('onRecallMessage');
        assert.deepEqual([recalled.mid, recalled.from, recalled.ext], [first.serverMsgId, 'admin', 'why']);
        const modified = await device.until_told('onModifiedMessage');
        assert.deepEqual([modified.id, modified.msg, modified.from], [second.serverMsgId, 'hello', 'alice']);
        assert.equal(modified.modifiedInfo.operatorId, 'bob');
    }
    const { messages } = await bob.connection.getHistoryMessages({ targetId: 'alice', chatType });
    assert.deepEqual(messages.map((each) => each.msg), ['hello']);
});

test('the older call for history', { timeout }, async (t) => {
    const { alice, bob } = await two(t);
    for (const text of numbers(5)) await alice.send_text(text, 'bob');
    const read = { queue: 'alice', isGroup: false, count: 2 };
    const texts = async () => (await bob.connection.fetchHistoryMessages(read)).map((each) => each.data);
    assert.deepEqual(await texts(), ['n3', 'n4']);
    assert.deepEqual(await texts(), ['n1', 'n2']);
    assert.deepEqual(await texts(), ['n0']);
});

test('a server that is killed has it all when it is back', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad', { reconnects: 50 });
    const bob = await world.open('bob', 'one', { reconnects: 50 });
    const sent = [];
    for (const text of numbers(4)) sent.push((await alice.send_text(text, 'bob')).serverMsgId);
    await alice.connection.recallMessage({ mid: sent[0], to: 'bob', chatType });
    await bob.connection.addReaction({ messageId: sent[1], reaction: 'smile' });
    await bob.connection.pinMessage({ conversationId: 'alice', conversationType: chatType, messageId: sent[2] });
    await bob.connection.removeHistoryMessages({ targetId: 'alice', chatType, messageIds: [sent[3]] });
    await world.server.end('SIGKILL');
    await world.server.start();
    await bob.until('back', () => bob.all('onConnected').length >= 2);
    const { messages } = await bob.connection.getHistoryMessages({ targetId: 'alice', chatType });
    assert.deepEqual(messages.map((each) => each.msg), ['n2', 'n1']);
    assert.deepEqual(messages[1].reactions[0].userList, ['bob']);
    const last = await listed(bob, 'alice');
    assert.equal(last.lastMessage.msg, 'n2');
    assert.equal(last.unReadCount, 4);
    const pins = await bob.connection.getServerPinnedMessages({ conversationId: 'alice', conversationType: chatType });
    assert.deepEqual(pins.data.list.map((each) => each.message.msg), ['n2']);
});

test('deleted by one, kept by the other', { timeout }, async (t) => {
    const { world, alice, bob } = await two(t);
    const other = await world.open('bob', 'two');
    const sent = [];
    for (const text of numbers(4)) sent.push(await alice.send_text(text, 'bob'));
    await other.until_text('n3');
    const of_bob = { targetId: 'alice', pageSize: 10 };
    await bob.connection.removeHistoryMessages({ targetId: 'alice', chatType, messageIds: [sent[3].serverMsgId] });
    const told = await other.until_told('onMultiDeviceEvent', (event) => event.operation === 'deleteRoaming');
    assert.equal(told.conversationId, 'alice');
    assert.deepEqual(await read_all(bob, of_bob), ['n2', 'n1', 'n0']);
    assert.equal((await listed(bob, 'alice')).lastMessage.msg, 'n2');
    await bob.connection.removeHistoryMessages({
        targetId: 'alice', chatType, beforeTimeStamp: sent[0].message.time,
    });
    const left = await read_all(bob, of_bob);
    assert.ok(!left.includes('n0') && !left.includes('n3'));
    assert.deepEqual(await read_all(alice, { targetId: 'bob', pageSize: 10 }), numbers(4).reverse());
    await bob.connection.deleteConversation({ channel: 'alice', chatType, deleteRoam: true });
    assert.equal(await listed(bob, 'alice'), undefined);
    assert.deepEqual(await read_all(bob, of_bob), []);
    assert.equal((await listed(alice, 'bob')).lastMessage.msg, 'n3');
});

test('unread counts go up with each message, and to nothing when it is read', { timeout }, async (t) => {
    const { world, alice, bob } = await two(t);
    await world.make_group('94', ['alice', 'bob']);
    const group = { chatType: 'groupChat' };
    for (const text of numbers(3)) await alice.send_text(text, 'bob');
    for (const text of numbers(2)) await alice.send_text(text, '94', group);
    assert.equal((await listed(bob, 'alice')).unReadCount, 3);
    assert.equal((await listed(bob, '94')).unReadCount, 2);
    assert.equal((await listed(alice, 'bob')).unReadCount, 0);
    await bob.send({ type: 'channel', to: 'alice' });
    assert.equal((await listed(bob, 'alice')).unReadCount, 0);
    assert.equal((await listed(bob, '94')).unReadCount, 2);
    await bob.send({ type: 'channel', to: '94', ...group });
    assert.equal((await listed(bob, '94')).unReadCount, 0);
    await bob.send_text('answer', '94', group);
    assert.equal((await listed(alice, '94')).unReadCount, 1);
    const { data } = await bob.connection.getConversationlist({ pageNum: 1, pageSize: 10 });
    assert.deepEqual(
        data.channel_infos.map((each) => [each.channel_id, each.unread_num, each.lastMessage.msg]),
        [['fenshen#demo_94@conference.easemob.com', 0, 'answer'], ['fenshen#demo_alice@easemob.com', 0, 'n2']]
    );
});

test('pinned messages are there for both', { timeout }, async (t) => {
    const { alice, bob } = await two(t);
    const sent = [];
    for (const text of numbers(3)) sent.push(await alice.send_text(text, 'bob'));
    const pins = async (device, conversationId) => {
        const { data } = await device.connection.getServerPinnedMessages({
            conversationId, conversationType: chatType, pageSize: 2,
        });
        return data;
    };
    const target = { conversationType: chatType, conversationId: 'bob' };
    for (const { serverMsgId } of sent) await alice.connection.pinMessage({ ...target, messageId: serverMsgId });
    const told = await bob.until_told('onMessagePinEvent', (event) => event.messageId === sent[2].serverMsgId);
    assert.equal(told.operation, 'pin');
    assert.equal(told.operatorId, 'alice');
    const page = await pins(bob, 'alice');
    assert.deepEqual(page.list.map((each) => [each.message.msg, each.operatorId]), [['n2', 'alice'], ['n1', 'alice']]);
    assert.notEqual(page.cursor, '');
    await bob.connection.unpinMessage({ ...target, conversationId: 'alice', messageId: sent[2].serverMsgId });
    await alice.until_told('onMessagePinEvent', (event) => event.operation === 'unpin');
    assert.deepEqual((await pins(alice, 'bob')).list.map((each) => each.message.msg), ['n1', 'n0']);
});

test('a thread has a history of its own, and is in no list', { timeout }, async (t) => {
    const world = await World.of(t);
    const alice = await world.open('alice', 'pad');
    const bob = await world.open('bob', 'one');
    const group = { chatType: 'groupChat' };
    const { data } = await alice.connection.createGroupVNext({ groupName: 'tea', members: ['bob'] });
    const parentId = data.groupId;
    const sent = await alice.send_text('shall we?', parentId, group);
    const made = await alice.connection.createChatThread({ parentId, name: 'when', messageId: sent.serverMsgId });
    const { chatThreadId } = made.data;
    await bob.connection.joinChatThread({ chatThreadId });
    const last = async (device) =>
        (await device.connection.getChatThreadLastMessage({ chatThreadIds: [chatThreadId] })).entities[0];
    assert.deepEqual((await last(bob)).lastMessage, {});
    for (const text of ['at four', 'at five']) await alice.send_text(text, chatThreadId, { ...group, isChatThread: true });
    const received = await bob.until_text('at five');
    assert.equal(received.to, chatThreadId);
    const chatThread = { messageId: sent.serverMsgId, parentId, chatThreadName: 'when' };
    assert.deepEqual(received.chatThread, chatThread);
    const { lastMessage } = await last(bob);
    assert.deepEqual([lastMessage.msg, lastMessage.from, lastMessage.to], ['at five', 'alice', chatThreadId]);
    const { messages } = await bob.connection.getHistoryMessages({ targetId: chatThreadId, ...group });
    assert.deepEqual(messages.map((each) => each.msg), ['at five', 'at four']);
    assert.deepEqual(messages[1].chatThread, chatThread);
    assert.deepEqual(bob.texts(), ['shall we?', 'at four', 'at five']);
    assert.equal(await listed(bob, chatThreadId), undefined);
    assert.equal((await listed(bob, parentId)).lastMessage.msg, 'shall we?');
});

test('reactions are told, listed, and come with the history', { timeout }, async (t) => {
    const { world, alice, bob } = await two(t);
    await world.make_group('95', ['alice', 'bob']);
    for (const where of [{ chatType, to: 'bob', from: 'alice' }, { chatType: 'groupChat', to: '95', from: '95' }]) {
        const { serverMsgId: messageId } = await alice.send_text('hello', where.to, { chatType: where.chatType });
        const reaction = '\u{1F600}';
        await bob.connection.addReaction({ messageId, reaction });
        const told = await alice.until_told('onReactionChange', (each) => each.messageId === messageId);
        assert.equal(told.from, 'bob');
        assert.equal(told.chatType, where.chatType);
        assert.deepEqual(told.reactions, [
            { reaction, count: 1, userList: ['bob'], op: [{ operator: 'bob', reactionType: 'create' }] },
        ]);
        await assert.rejects(bob.connection.addReaction({ messageId, reaction }), { type: 1101 });
        await assert.rejects(alice.connection.deleteReaction({ messageId, reaction }), { type: 1103 });
        await alice.connection.addReaction({ messageId, reaction });
        const ask = { chatType: where.chatType, messageId, groupId: where.to };
        const { data } = await alice.connection.getReactionList(ask);
        assert.equal(data[0].reactionList[0].count, 2);
        assert.equal(data[0].reactionList[0].isAddedBySelf, true);
        const detail = await bob.connection.getReactionDetail({ messageId, reaction });
        assert.deepEqual(detail.data.userList, ['bob', 'alice']);
        const read = { targetId: where.from, chatType: where.chatType };
        const page = await bob.connection.getHistoryMessages(read);
        assert.deepEqual(page.messages[0].reactions[0].userList, ['bob', 'alice']);
        assert.equal(page.messages[0].reactions[0].isAddedBySelf, true);
        await bob.connection.deleteReaction({ messageId, reaction });
        const gone = (each) => each.messageId === messageId && each.reactions[0].op[0]?.reactionType === 'delete';
        assert.equal((await alice.until_told('onReactionChange', gone)).reactions[0].count, 1);
    }
});

test('who has read a message of a group', { timeout }, async (t) => {
    const world = await World.of(t);
    const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((uid) => world.open(uid, 'one')));
    await world.make_group('96', ['alice', 'bob', 'carol']);
    const group = { chatType: 'groupChat' };
    const sent = await alice.send_text('read this', '96', { ...group, msgConfig: { allowGroupAck: true } });
    const read = (device, ackContent) =>
        device.send({
            type: 'read', to: '96', id: sent.serverMsgId, ...group, ackContent, msgConfig: { allowGroupAck: true },
        });
    await bob.until_text('read this');
    await read(bob, '{"seen":1}');
    const first = await alice.until_told('onReadMessage');
    assert.equal(first.mid, sent.serverMsgId);
    assert.equal(first.from, 'bob');
    assert.deepEqual(first.groupReadCount, { [sent.serverMsgId]: 1 });
    assert.equal(first.ackContent, '{"seen":1}');
    await carol.until_text('read this');
    await read(carol);
    await read(carol);
    const second = await alice.until_told('onReadMessage', (each) => each.from === 'carol');
    assert.deepEqual(second.groupReadCount, { [sent.serverMsgId]: 2 });
    const { data } = await alice.connection.getGroupMsgReadUser({ groupId: '96', msgId: sent.serverMsgId });
    assert.deepEqual([data.total, data.is_last, data.userlist], [2, true, ['bob', 'carol']]);
    // Nobody else is told.
    await alice.send_text('end', '96', group);
    await bob.until_text('end');
    assert.deepEqual(bob.all('onReadMessage'), []);
});
