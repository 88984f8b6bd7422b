// SPDX-License-Identifier: Apache-2.0
// The code of the public page on logging in on several devices, as it stands there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdk as WebIM } from './support/sdk.mjs';
import { World } from './support/world.mjs';

const timeout = 180_000;

test('a message to the first of the other devices reaches it', { timeout }, async (t) => {
    const world = await World.of(t);
    const here = await world.open('alice', 'here');
    const there = await world.open('alice', 'there');
    const conn = here.connection;
    const console = { log: (...said) => here.told.push(['said', said]) };
    conn.addEventHandler('sent', {
        onReceivedMessage: () => {
            here.told.push(['sent']);
            here.changed();
        },
    });

    conn.getSelfIdsOnOtherPlatform().then((res) => {
        console.log(res, '获取当前用户其他登录设备的登录 Id 列表成功');
        // 选择一个登录 ID 作为消息接收方。
        const toUserId = res.data[0];
        // toUserId 作为消息接收方。
        let option = {
            type: "txt",
            msg: "message content",
            to: toUserId,
            chatType: "singleChat",
        };
        // 创建消息。
        const msg = WebIM.message.create(option);
        // 发送消息。
        conn.send(msg);
    })

    const message = await there.until_text('message content');
    assert.equal(message.from, `alice/${here.resource}`);
    await here.until_told('sent');
    assert.deepEqual(here.all('said')[0][0].data, [`alice/${there.resource}`]);
});

test('the handlers of the page hear all that it names', { timeout }, async (t) => {
    const world = await World.of(t);
    for (const uid of ['bob', 'carol']) await world.user(uid);
    const here = await world.open('alice', 'here');
    const there = await world.open('alice', 'there');
    const bob = await world.open('bob', 'one');
    const conn = here.connection;
    const heard = [];
    const agreed = [];
    const group_events = [];
    const note = (operation) => {
        heard.push(operation);
        here.changed();
    };

    conn.addEventHandler("handlerId", {
        onContactAgreed: (event) => { agreed.push(event); here.changed(); },
        onGroupEvent: (event) => { group_events.push(event); here.changed(); },
        onMultiDeviceEvent: (event) => {
            switch (event.operation) {
                case "chatThreadCreate":
                    //当前用户在其他设备上创建子区。
                    note('created');
                    break;
                case "chatThreadDestroy":
                    //当前用户在其他设备上销毁子区。
                    note('destroyed');
                    break;
                case "chatThreadJoin":
                    //当前用户在其他设备上加入子区。
                    note('joined');
                    break;
                case "chatThreadLeave":
                    //当前用户在其他设备上离开子区。
                    note('left');
                    break;
                case "chatThreadNameUpdate":
                    //当前用户在其他设备上更新子区。
                    note('renamed');
                    break;
                case "deleteRoaming":
                    //当前用户在其他设备上删除历史消息。
                    note('history deleted');
                    break;
                case "memberAttributesUpdate":
                    //当前用户在其他设备上更新了群成员属性。
                    note('attributes');
                    break;
                case "deleteConversation":
                    //当前用户在其他设备上删除会话。
                    note('conversation deleted');
                    break;
                case "pinnedConversation":
                    //当前用户在其他设备上置顶会话。
                    note('pinned');
                    break;
                case "unpinnedConversation":
                    //当前用户在其他设备上取消置顶会话。
                    note('unpinned');
                    break;
                case "markConversation":
                    //当前用户在其他设备上标记会话。
                    note('marked');
                    break;
                case "unMarkConversation":
                    //当前用户在其他设备上取消标记会话。
                    note('unmarked');
                    break;
                default:
                    note(`not on the page: ${event.operation}`);
                    break;
            }
        },
    });

    const other = there.connection;
    const { data: { groupId } } = await other.createGroupVNext({ groupName: 'tea', members: ['bob'] });
    const topic = await there.send_text('a topic', groupId, { chatType: 'groupChat' });
    const second = await bob.send_text('another', groupId, { chatType: 'groupChat' });
    const text = await there.send_text('hello', 'bob');
    const single = { conversationId: 'bob', conversationType: 'singleChat' };
    const marked = { conversations: [single], mark: 1 };
    const steps = [];
    /// One after the other: what is done to different things may be told in another order.
    const step = async (what, done) => {
        const answer = await done;
        steps.push(what);
        await here.until(what, () => heard.includes(what));
        return answer?.data;
    };
    const thread_on = (message, name) => ({ name, messageId: message.serverMsgId, parentId: groupId });
    const own = await step('created', other.createChatThread(thread_on(topic, 'x')));
    await step('renamed', other.changeChatThreadName({ chatThreadId: own.chatThreadId, name: 'y' }));
    await step('destroyed', other.destroyChatThread({ chatThreadId: own.chatThreadId }));
    const { data: of_bob } = await bob.connection.createChatThread(thread_on(second, 'z'));
    await step('joined', other.joinChatThread({ chatThreadId: of_bob.chatThreadId }));
    await step('left', other.leaveChatThread({ chatThreadId: of_bob.chatThreadId }));
    const memberAttributes = { nick: 'n' };
    await step('attributes', other.setGroupMemberAttributes({ groupId, userId: 'alice', memberAttributes }));
    await step('pinned', other.pinConversation({ ...single, isPinned: true }));
    await step('unpinned', other.pinConversation({ ...single, isPinned: false }));
    await step('marked', other.addConversationMark(marked));
    await step('unmarked', other.removeConversationMark(marked));
    const messages = { targetId: 'bob', chatType: 'singleChat', messageIds: [text.serverMsgId] };
    await step('history deleted', other.removeHistoryMessages(messages));
    const conversation = { channel: 'bob', chatType: 'singleChat', deleteRoam: true };
    await step('conversation deleted', other.deleteConversation(conversation));
    await other.addContact('bob', 'it is me');
    await bob.until_told('onContactInvited');
    await bob.connection.acceptContactInvite('alice');
    await here.until('the contact', () => agreed.length === 1);
    assert.deepEqual(agreed[0], { type: 'subscribed', from: 'bob', to: 'alice', status: '' });
    assert.deepEqual(group_events[0], { operation: 'create', id: groupId, from: 'alice' });
    assert.deepEqual(heard, steps);
});
