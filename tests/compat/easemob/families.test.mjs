// SPDX-License-Identifier: Apache-2.0
// One account, two families: devices of wukongimjssdk and of easemob-websdk, both unmodified, in one
// process, in the same conversations (architecture 8).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { group } from '../node/support/device.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;
const chatType = 'singleChat';

/// alice has a pad and a web page of Easemob, and a phone and a computer of WuKong; bob one of each.
async function family(t, overrides) {
    const world = await World.of(t, overrides);
    const alice = {
        pad: await world.open('alice', 'pad'),
        page: await world.open('alice', 'page'),
        phone: await world.login('alice', 4),
        computer: await world.login('alice', 2),
    };
    const bob = { page: await world.open('bob', 'page'), phone: await world.login('bob', 4) };
    return { world, alice, bob };
}

const contents = (device) => device.messages.map((message) => message.content.text);

async function listed(device, peer) {
    const { data } = await device.connection.getServerConversations({ pageSize: 50 });
    return data.conversations.find((each) => each.conversationId === peer);
}

/// What both families say of the same conversation.
async function unread_of(world, device, uid, peer) {
    const [here, there] = await Promise.all([listed(device, peer), world.conversation(uid, peer)]);
    assert.equal(here.unReadCount, there.unread, `${uid}: Easemob and WuKong disagree`);
    return there.unread;
}

test('a text goes from each device to every other one, once', { timeout }, async (t) => {
    const { alice, bob } = await family(t);
    await alice.pad.send_text('from the pad', 'bob');
    await bob.phone.until_text('from the pad');
    await alice.phone.until_text('from the pad');
    await alice.phone.send_acked('from the phone', 'bob');
    await bob.page.until_text('from the phone');
    await bob.phone.send_acked('answer from the phone', 'alice');
    await alice.page.until_text('answer from the phone');
    await bob.page.send_text('answer from the page', 'alice');
    for (const device of [alice.pad, alice.page, alice.phone, alice.computer, bob.phone]) {
        await device.until_text('answer from the page');
    }
    await bob.page.until_text('answer from the phone');
    const all = ['from the pad', 'from the phone', 'answer from the phone', 'answer from the page'];
    assert.deepEqual(alice.page.texts(), all);
    assert.deepEqual(contents(alice.computer), all);
    const without = (...said) => all.filter((text) => !said.includes(text));
    assert.deepEqual(alice.pad.texts(), without('from the pad'));
    assert.deepEqual(contents(alice.phone), without('from the phone'));
    assert.deepEqual(bob.page.texts(), without('answer from the page'));
    assert.deepEqual(contents(bob.phone), without('answer from the phone'));
    const copy = alice.page.all('onTextMessage')[1];
    assert.deepEqual([copy.from, copy.to, copy.chatType], ['alice', 'bob', chatType]);
    const there = bob.phone.messages[0];
    assert.deepEqual([there.fromUID, there.channel.channelID], ['alice', 'alice']);
});

test('a group of both families reads the same', { timeout }, async (t) => {
    const { world, alice, bob } = await family(t);
    await world.make_group('81', ['alice', 'bob', 'carol']);
    const carol = await world.login('carol', 4);
    await alice.pad.send_text('one', '81', { chatType: 'groupChat' });
    await bob.page.until_text('one');
    await carol.until_text('one');
    await carol.send_acked('two', '81', group);
    await bob.page.until_text('two');
    await bob.phone.send_acked('three', '81', group);
    for (const device of [alice.pad, alice.page, alice.phone, carol]) await device.until_text('three');
    assert.deepEqual(contents(carol), ['one', 'three']);
    assert.deepEqual(alice.page.texts(), ['one', 'two', 'three']);
    assert.deepEqual(
        alice.page.all('onTextMessage').map((each) => [each.from, each.to, each.chatType]),
        ['alice', 'carol', 'bob'].map((from) => [from, '81', 'groupChat'])
    );
    const page = await bob.page.connection.getHistoryMessages({ targetId: '81', chatType: 'groupChat' });
    assert.deepEqual(page.messages.map((each) => each.msg), ['three', 'two', 'one']);
    assert.deepEqual((await world.history('carol', '81', 2)).map((each) => each.text), ['one', 'two', 'three']);
});

test('what is read on one side is read on the other', { timeout }, async (t) => {
    const { world, alice, bob } = await family(t);
    await bob.page.send_text('one', 'alice');
    await bob.phone.send_acked('two', 'alice');
    await bob.page.send_text('three', 'alice');
    assert.equal(await unread_of(world, alice.pad, 'alice', 'bob'), 3);
    assert.equal(await unread_of(world, bob.page, 'bob', 'alice'), 0);
    await alice.pad.send({ type: 'channel', to: 'bob' });
    assert.equal(await unread_of(world, alice.pad, 'alice', 'bob'), 0);
    await bob.phone.send_acked('four', 'alice');
    await bob.page.send_text('five', 'alice');
    assert.equal(await unread_of(world, alice.pad, 'alice', 'bob'), 2);
    const meant = { uid: 'alice', channel_id: 'bob', channel_type: 1 };
    await world.server.post('/conversations/setUnread', { ...meant, unread: 1 });
    assert.equal(await unread_of(world, alice.pad, 'alice', 'bob'), 1);
    await world.server.post('/conversations/clearUnread', meant);
    assert.equal(await unread_of(world, alice.pad, 'alice', 'bob'), 0);
    const told = await alice.pad.until_told('onChannelMessage');
    assert.deepEqual([told.from, told.to], ['alice', 'bob']);
    assert.equal((await listed(alice.page, 'bob')).lastMessage.msg, 'five');
    assert.equal((await world.conversation('alice', 'bob')).recents[0].text, 'five');

    await world.make_group('82', ['alice', 'bob']);
    const where = { chatType: 'groupChat' };
    for (const text of ['one', 'two']) await bob.page.send_text(text, '82', where);
    const unread = async () => {
        const here = (await listed(alice.pad, '82')).unReadCount;
        assert.equal(here, (await world.conversation('alice', '82', 2)).unread);
        return here;
    };
    assert.equal(await unread(), 2);
    await alice.pad.send({ type: 'channel', to: '82', ...where });
    assert.equal(await unread(), 0);
});

test('a picture of one family is a text that says so in the other, and whole at home', { timeout }, async (t) => {
    const { world, alice, bob } = await family(t);
    const url = 'https://files.example/cat.png';
    const made = { type: 'img', to: 'bob', url, width: 4, height: 3, ext: { why: 'because' } };
    const sent = await alice.pad.send(made);
    const seen = await bob.phone.until_text(`[Image] ${url}`);
    assert.equal(seen.messageID.toString(), sent.serverMsgId);
    assert.equal((await bob.page.until_told('onImageMessage')).url, url);
    const { messages } = await bob.page.connection.getHistoryMessages({ targetId: 'alice', chatType });
    assert.equal(messages[0].type, 'img');
    assert.equal(messages[0].url, url);
    assert.deepEqual([messages[0].width, messages[0].height], [4, 3]);
    assert.deepEqual(messages[0].ext, { why: 'because' });
    assert.equal((await world.history('bob', 'alice'))[0].text, `[Image] ${url}`);

    const payload = { type: 2, url: 'https://files.example/dog.png', width: 5, height: 6, content: 'a dog' };
    await world.api_send('bob', 'alice', '', { payload });
    const text = await alice.pad.until_text('[Image] a dog');
    assert.deepEqual(text.ext.wukong_payload, payload);
    const stored = (await world.history('alice', 'bob')).at(-1);
    assert.deepEqual(JSON.parse(Buffer.from(stored.payload, 'base64').toString('utf8')), payload);
    await alice.phone.until('the picture', () =>
        alice.phone.messages.find(({ content }) => content.contentObj?.url === payload.url)
    );
    assert.equal((await listed(alice.pad, 'bob')).lastMessage.msg, '[Image] a dog');
});

test('taken back and changed by one family, told to the other', { timeout }, async (t) => {
    const { world, alice, bob } = await family(t);
    const sent = await alice.pad.send_text('wrong', 'bob');
    await bob.phone.until_text('wrong');
    await alice.pad.connection.recallMessage({ mid: sent.serverMsgId, to: 'bob', chatType });
    const command = await bob.phone.until('the recall', () => bob.phone.commands[0]);
    assert.equal(command.content.cmd, 'messageRevoke');
    assert.equal(command.content.param.message_id, sent.serverMsgId);
    const second = await alice.phone.send_acked('of a phone', 'bob');
    await bob.page.until_text('of a phone');
    await alice.pad.connection.recallMessage({ mid: second.id, to: 'bob', chatType });
    const recalled = await bob.page.until_told('onRecallMessage', (each) => each.mid === second.id);
    assert.equal(recalled.from, 'alice');
    const { messages } = await bob.page.connection.getHistoryMessages({ targetId: 'alice', chatType });
    assert.deepEqual(messages, []);
    const kept = await world.history('bob', 'alice');
    assert.ok(!kept.some((each) => ['wrong', 'of a phone'].includes(each.text)));
});

test('the device centre lists both families, and a limit ends only whom it counts', { timeout }, async (t) => {
    const { world, alice, bob } = await family(t);
    const by_protocol = async (uid) => {
        const devices = await world.online(uid);
        const count = (protocol) => devices.filter((each) => each.protocol === protocol).length;
        return [count('msync'), count('wukong')];
    };
    assert.deepEqual(await by_protocol('alice'), [2, 2]);
    assert.deepEqual(await by_protocol('bob'), [1, 1]);
    for (const name of ['three', 'four']) alice[name] = await world.open('alice', name);
    alice.five = await world.open('alice', 'five', { info: 'the fifth page' });
    const reason = await alice.pad.until_told('onDisconnected');
    assert.equal(reason.type, 206);
    assert.deepEqual(await by_protocol('alice'), [4, 2]);
    // A main device of WuKong is alone in its own class, and ends nobody else.
    const main = await world.login('alice', 4, { level: 1 });
    await alice.phone.until('told why', () => alice.phone.socket.close_code !== undefined);
    assert.deepEqual(await by_protocol('alice'), [4, 2]);
    await bob.page.send_text('who is there?', 'alice');
    for (const device of [alice.page, alice.three, alice.four, alice.five, alice.computer, main]) {
        await device.until_text('who is there?');
    }
    for (const device of [alice.page, alice.three, alice.four, alice.five]) {
        assert.deepEqual(device.all('onDisconnected'), [], device.name);
    }
    assert.deepEqual(alice.pad.texts(), []);
    const { ended } = await world.server.post('/v1/accounts/alice/end', { class: 2 });
    assert.equal(ended.length, 1);
    await alice.computer.until('ended', () => alice.computer.socket.close_code !== undefined);
    assert.deepEqual(await by_protocol('alice'), [4, 1]);
});

test('whatever kind it is, the other family has words for it', { timeout }, async (t) => {
    const { world, alice, bob } = await family(t);
    const url = 'https://files.example/f';
    const said = [
        [{ type: 'audio', url, length: 3, filename: 'a.amr' }, `[Voice] a.amr ${url}`],
        [{ type: 'video', url, length: 3, filename: 'v.mp4' }, `[Video] v.mp4 ${url}`],
        [{ type: 'file', url, filename: 'f.pdf' }, `[File] f.pdf ${url}`],
        [{ type: 'loc', lat: 1.5, lng: -2, addr: 'here', buildingName: 'b' }, '[Location] here (1.5, -2)'],
        [{ type: 'custom', customEvent: 'gift', customExts: { a: '1' } }, '[gift]'],
    ];
    for (const [made, text] of said) {
        await alice.pad.send({ ...made, to: 'bob', ...(made.url && { body: { ...made } }) });
        await bob.phone.until_text(text);
    }
    await alice.pad.send({ type: 'cmd', action: 'shake', to: 'bob' });
    const command = await bob.phone.until('the command', () => bob.phone.commands[0]);
    assert.equal(command.content.cmd, 'shake');
    const { messages } = await bob.page.connection.getHistoryMessages({ targetId: 'alice', chatType });
    assert.deepEqual(messages.map((each) => each.type), ['cmd', ...said.map(([made]) => made.type).reverse()]);

    const payloads = [
        [{ type: 3, url }, '[GIF]'], [{ type: 4, url, timeTrad: 3 }, '[Voice]'], [{ type: 5, url }, '[Video]'],
        [{ type: 6, lat: 1, lng: 2 }, '[Location]'], [{ type: 7, uid: 'carol', name: 'Carol' }, '[Card]'],
        [{ type: 8, url, name: 'f.pdf' }, '[File]'], [{ type: 12, content: 'smile' }, '[Sticker] smile'],
        [{ type: 4711, anything: { at: ['all'] } }, '[Message]'],
    ];
    for (const [payload, text] of payloads) {
        const { message_id } = await world.api_send('bob', 'alice', '', { payload });
        const seen = await alice.pad.until_told('onTextMessage', (each) => each.id === String(message_id));
        assert.equal(seen.msg, text);
        assert.deepEqual(seen.ext.wukong_payload, payload);
    }
});

test('a new password and a WuKong logout each end their own family', { timeout }, async (t) => {
    const easemob = { client_id: 'app', client_secret: 'secret of the app' };
    const { world, alice, bob } = await family(t, { easemob });
    const granted = await world.server.rest('POST', 'token', { grant_type: 'client_credentials', ...easemob });
    const authorization = `Bearer ${granted.access_token}`;
    await world.server.rest('PUT', 'users/alice/password', { newpassword: 'another' }, { authorization });
    for (const device of [alice.pad, alice.page]) assert.equal((await device.until_told('onDisconnected')).type, 216);
    await bob.page.send_text('still there?', 'alice');
    for (const device of [alice.phone, alice.computer]) await device.until_text('still there?');
    await world.server.post('/user/device_quit', { uid: 'bob', device_flag: 4 });
    await bob.phone.until('logged out', () => bob.phone.socket.close_code !== undefined);
    await alice.computer.send_acked('and you?', 'bob');
    await bob.page.until_text('and you?');
    assert.deepEqual(bob.page.all('onDisconnected'), []);
    const online = await world.online('alice');
    assert.deepEqual(online.map((each) => each.protocol), ['wukong', 'wukong']);
});

test('who was away comes back to what the other family said', { timeout }, async (t) => {
    const { world, alice, bob } = await family(t);
    await bob.page.send_text('before', 'alice');
    await alice.pad.until_text('before');
    alice.pad.close();
    await world.until_online('alice', 3);
    await bob.phone.send_acked('from wukong', 'alice');
    await alice.phone.send_acked('own, from wukong', 'bob');
    await bob.page.send_text('from easemob', 'alice');
    const back = await world.open('alice', 'pad');
    await back.until_text('from easemob');
    assert.deepEqual(back.texts(), ['from wukong', 'own, from wukong', 'from easemob']);
    // Read by WuKong's phone: not shown as new to a device that was never there.
    const meant = { uid: 'alice', channel_id: 'bob', channel_type: 1 };
    await world.server.post('/conversations/clearUnread', meant);
    await bob.phone.send_acked('unread', 'alice');
    const fresh = await world.open('alice', 'fresh');
    await fresh.until_text('unread');
    assert.deepEqual(fresh.texts(), ['unread']);
});
